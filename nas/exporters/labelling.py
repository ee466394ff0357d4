"""What exported sources do with the probabilities of several labels: which of them hold."""

import math

from nas.study.archive import Archive


def label_constants(archive: Archive) -> dict[str, str]:
    """Return the macro of the thresholds, without the prefix, as C text; none of other models.

    A threshold is the least int8 output with at least its probability, so that the device decides as Python does; 128
    is above all outputs.
    """
    if archive.labelling is None:
        return {}
    scale, zero = archive.output.scale, archive.output.zero_point
    steps = (math.ceil(threshold / scale) + zero for threshold in archive.labelling.thresholds)
    return {"THRESHOLDS": "{ " + ", ".join(map(str, steps)) + " }"}


def labelling(archive: Archive, prefix: str) -> str:
    """Return the functions that tell the probability of a label, and whether it holds; nothing for other models."""
    if archive.labelling is None:
        return ""
    upper = prefix.upper()
    return f"""\
// Turns an output of the model into the probability of its label.
static inline float {prefix}_probability(int8_t output) {{
  return (float)(output - {upper}_OUTPUT_ZERO_POINT) * {upper}_OUTPUT_SCALE;
}}

// Returns 1 if a label holds by its probability, else 0. {upper}_THRESHOLDS are the int8 outputs from which on labels
// hold: those with the greatest F1 on validation rows.
static inline int {prefix}_holds(float probability, size_t label) {{
  static const int16_t from[{upper}_LABELS] = {upper}_THRESHOLDS;
  return probability >= (float)(from[label] - {upper}_OUTPUT_ZERO_POINT) * {upper}_OUTPUT_SCALE;
}}

// Returns 1 if a label holds by all outputs of the model, else 0.
static inline int {prefix}_has(const int8_t *output, size_t label) {{
  return {prefix}_holds({prefix}_probability(output[label]), label);
}}

"""


def reading_labels(prefix: str) -> str:
    """Return the lines of C++ that fill `probabilities` from `output`, and return how many labels hold."""
    return f"""\
  int holding = 0;
  for (size_t i = 0; i < {prefix.upper()}_LABELS; ++i) {{
    probabilities[i] = {prefix}_probability(output[i]);
    holding += {prefix}_has(output, i);
  }}
  return holding;
"""
