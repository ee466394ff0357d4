"""What exported sources do with a reconstruction: its score, and whether the row is an anomaly."""

import math

from nas.errors import InputError
from nas.exporters.c_text import number
from nas.study.archive import Archive

MOST_VALUES = 66_000
"""Squared steps of so many int8 values fit into 32 bits."""


def detection_constants(archive: Archive) -> dict[str, str]:
    """Return the macros of a detector, without the prefix, as C text; none of other models.

    A score is a whole number of squared steps times `SCORE_SCALE`, so that the device decides as Python does.

    Raises:
        InputError: the input is too long for sums of 32 bits, or the model has no threshold.
    """
    if archive.detector is None:
        return {}
    values, threshold = math.prod(archive.input_shape), archive.detector.threshold
    if values > MOST_VALUES:
        raise InputError(archive.name, f"an anomaly's score must be of at most {MOST_VALUES:,} values", got=values)
    if threshold is None:
        raise InputError(archive.name, "must have a threshold", hint="train it with normal rows for validation")
    scale = archive.input.scale**2 / values
    return {
        "OUTPUT_BYTES": str(values),
        "SCORE_SCALE": number(scale),
        "THRESHOLD": f"{math.floor(threshold / scale)}u",
    }


def detecting(archive: Archive, prefix: str) -> str:
    """Return the functions that compute a row's score and compare it with the threshold; nothing for other models."""
    if archive.detector is None:
        return ""
    upper, share = prefix.upper(), 100 * archive.detector.false_alarm_rate
    return f"""\
// Sums the squared steps by which an output differs from its input, which must still be as it was before. The score,
// the mean squared error of the scaled values, is this sum * {upper}_SCORE_SCALE.
static inline uint32_t {prefix}_steps(const int8_t *input, const int8_t *output) {{
  uint32_t sum = 0;
  for (size_t i = 0; i < {upper}_OUTPUT_BYTES; ++i) {{
    const int32_t step = (output[i] - {upper}_OUTPUT_ZERO_POINT) - (input[i] - {upper}_INPUT_ZERO_POINT);
    sum += (uint32_t)(step * step);
  }}
  return sum;
}}

// Returns the score of an input and its output: the higher, the less like the normal training rows.
static inline float {prefix}_score(const int8_t *input, const int8_t *output) {{
  return (float){prefix}_steps(input, output) * {upper}_SCORE_SCALE;
}}

// Returns 1 if an input is an anomaly by its output, else 0. By the threshold, {share:g} % of normal ones are one.
static inline int {prefix}_is_anomaly(const int8_t *input, const int8_t *output) {{
  return {prefix}_steps(input, output) > {upper}_THRESHOLD;
}}

"""


def filling(archive: Archive, prefix: str, tensor: str, indent: str) -> str:
    """Return the lines of C++ that fill the input tensor of TFLM's interpreter from `raw`.

    A detector keeps a copy, `kept`, since TFLM may put other tensors where the input was.
    """
    if archive.detector is None:
        return f"{indent}{prefix}_quantize_all(raw, {tensor}->data.int8);\n"
    return (
        f"{indent}static int8_t kept[{prefix.upper()}_INPUT_BYTES];  // TFLM may write over its input\n"
        f"{indent}{prefix}_quantize_all(raw, kept);\n"
        f"{indent}memcpy({tensor}->data.int8, kept, sizeof kept);\n"
    )
