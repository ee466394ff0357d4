"""What turns a value into the model's int8 input: a factor and a summand for each channel, and C that applies them."""

from typing import Any

from nas.exporters.answers.answers import Answers
from nas.study.archive import Archive

UNSCALED = """\
// The model came without its scaling. Give values that are scaled already, as those that it was trained
// with; what follows only quantizes them."""
"""What headers say of a scaling that is not known."""


def raw_values(archive: Archive) -> str:
    """Return what comments say of raw values behind their number."""
    return "in the units of the training data" if archive.is_scaled else "scaled as in training"


def input_factors(archive: Archive) -> tuple[list[float], list[float]]:
    """Return `mul` and `add` of each channel for scaling and quantizing in one step: int8 = round(raw * mul + add)."""
    mul = [1 / (std * archive.input.scale) for std in archive.scaling.std]
    add = [archive.input.zero_point - mean * m for mean, m in zip(archive.scaling.mean, mul, strict=True)]
    return mul, add


def quantizing(archive: Archive, prefix: str, read: str = "{}", row: str = "INPUT_BYTES") -> str:
    """Return the functions that scale and quantize raw values, over the arrays `<prefix>_input_mul` and `_input_add`.

    Args:
        archive: the model.
        prefix: what names begin with.
        read: the expression that reads an entry of these arrays, with `{}` in its place.
        row: the macro of the number of values that a row has, without its prefix.
    """
    upper = prefix.upper()
    mul, add = (read.format(f"{prefix}_input_{which}[channel]") for which in ("mul", "add"))
    return f"""\
// Turns one raw value, {raw_values(archive)}, into the model's input.
static inline int8_t {prefix}_quantize(float raw, size_t channel) {{
  const float q = raw * {mul} + {add};
  if (!(q > -128.0f)) return -128;
  return q < 127.0f ? (int8_t)lrintf(q) : (int8_t)127;
}}

// Fills {"the input tensor" if row == "INPUT_BYTES" else "a row"} from {upper}_{row} raw values, channels last.
static inline void {prefix}_quantize_all(const float* raw, int8_t* input) {{
  for (size_t i = 0; i < {upper}_{row}; ++i) input[i] = {prefix}_quantize(raw[i], i % {upper}_CHANNELS);
}}"""


def filling(answers: Answers[Any], prefix: str, tensor: str, indent: str) -> str:
    """Return the lines of C++ that fill the input tensor of TFLM's interpreter from `raw`.

    Where answers need the row behind the run too, a copy of it, `kept`, stays, since TFLM may put other tensors where
    the input was.

    Args:
        answers: the model's.
        prefix: what names begin with.
        tensor: an expression for the tensor.
        indent: of the lines.
    """
    read = "sizeof kept" if answers.row == "INPUT_BYTES" else f"{prefix.upper()}_INPUT_BYTES"
    if not answers.keeps_input:
        return f"{indent}{prefix}_quantize_all(raw, {tensor}->data.int8);\n"
    return (
        f"{indent}static int8_t kept[{prefix.upper()}_{answers.row}];  // TFLM may write over its input\n"
        f"{indent}{prefix}_quantize_all(raw, kept);\n"
        f"{indent}memcpy({tensor}->data.int8, kept, {read});\n"
    )
