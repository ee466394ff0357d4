"""What the calls of a program do, as the numbers by which their instructions are estimated."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from nas.target.plain_c.program import Program
from nas.target.plain_c.step import Numbers, Step, Struct

Terms: TypeAlias = dict[str, float]


@dataclass(frozen=True)
class Call:
    """A call of a kernel.

    Attributes:
        kernel: the one that does the work.
        shape: the integers of its shape, by name; the values that it reads and writes where a kernel has no shape.
        constant_bytes: of the arrays that the call reads from flash.
    """

    kernel: str
    shape: Mapping[str, int]
    constant_bytes: int = 0


_SHAPES = frozenset({"conv_layer", "pool_shape", "mean_shape", "softmax_shape", "lstm_shape"})
"""The structures whose integers say what a call costs."""


def calls_of(program: Program) -> list[Call]:
    """Return the calls of a program in order."""
    return [_call(step) for step in program.steps]


def _call(step: Step) -> Call:
    shape = {"values": step.output.size, "read": sum(tensor.size for tensor in step.inputs)}
    for constant in step.constants:
        if isinstance(constant, Struct) and constant.ctype in _SHAPES:
            shape = {key: value for key, value in constant.values.items() if isinstance(value, int)}
    arrays = sum(constant.bytes for constant in step.constants if isinstance(constant, Numbers))
    return Call(step.kernels[0], {**shape, "padded": int(step.padded)}, arrays)


def variant(call: Call, kernels: Sequence[str], by_pixel: bool) -> str:
    """Return under which circumstances a compiler translates a kernel: it adapts one that is called once to its shape.

    Args:
        call: of the kernel.
        kernels: those of all calls of the program.
        by_pixel: whether convolutions compute one pixel at a time, as on AVR, and not two.
    """
    shared = kernels.count(call.kernel) > 1
    other = "conv" in kernels if call.kernel == "dense" else by_pixel and call.kernel == "conv" and "dense" in kernels
    if shared or other:
        return ("shared" if shared else "alone") + (" beside" if other else "")
    return "alone, one row" if call.shape.get("kernel_height", call.shape.get("height")) == 1 else "alone"


def terms(call: Call, by_pixel: bool) -> Terms:
    """Return how often each part of a kernel runs, by a name of the part; instructions are a weighted sum of these."""
    return {"call": 1.0, **_TERMS.get(call.kernel, _values)(call.shape, by_pixel)}


def _values(s: Mapping[str, int], by_pixel: bool) -> Terms:
    return {"value": float(s["values"]), "read": float(s["read"])}


def _conv(s: Mapping[str, int], by_pixel: bool) -> Terms:
    rows, width = s["out_height"], s["out_width"]
    doubles = 0 if by_pixel else width // 2 * rows
    singles = rows * width - 2 * doubles
    return {
        "row": float(rows),
        **_pixels(s, doubles, "two"),
        **_pixels(s, singles, "one"),
        **_border(s),
    }


def _dense(s: Mapping[str, int], by_pixel: bool) -> Terms:
    return _pixels(s, s["out_width"], "one")


def _pixels(s: Mapping[str, int], pixels: int, name: str) -> Terms:
    """Return the parts of the products below so many pixels, or pairs of them; see native/device/kernels/dot.h."""
    pairs, odd = divmod(s["out_channels"], 2)
    height, run = s["kernel_height"], s["kernel_width"] * s["in_channels"]
    blocks, rest = divmod(run, 4)
    pair_rows, last_rows = pixels * pairs * height, pixels * odd * height
    parts = {
        "": pixels,
        " pair": pixels * pairs,
        " pair row": pair_rows,
        " pair block": pair_rows * blocks,
        " pair rest": pair_rows * rest,
        " last": pixels * odd,
        " last row": last_rows,
        " last value": last_rows * run,
    }
    return {f"{name}{part}": float(count) for part, count in parts.items()}


def _border(s: Mapping[str, int]) -> Terms:
    """Return the parts of copying the inputs below those pixels whose kernel reaches beyond the border."""
    pixels = s["out_height"] * s["out_width"]
    if not s["padded"]:
        return {}
    inside = 0
    if s["dilation_height"] == s["dilation_width"] == 1:
        inside = _inside(s, "height", s["pad_top"]) * _inside(s, "width", s["pad_left"])
    rows = (pixels - inside) * s["kernel_height"]
    taps = rows * s["kernel_width"]
    return {
        "tested": float(pixels),
        "copied": float(pixels - inside),
        "copied row": float(rows),
        "copied tap": float(taps),
        "copied value": float(taps * s["in_channels"]),
    }


def _inside(s: Mapping[str, int], axis: str, pad: int) -> int:
    stride, taps, size = s[f"stride_{axis}"], s[f"kernel_{axis}"], s[f"in_{axis}"]
    return sum(0 <= o * stride - pad <= size - taps for o in range(s[f"out_{axis}"]))


def _depthwise(s: Mapping[str, int], by_pixel: bool) -> Terms:
    pixels, (fours, rest) = s["out_height"] * s["out_width"], divmod(s["in_channels"], 4)
    height, places = s["kernel_height"], s["kernel_height"] * s["kernel_width"]
    parts = {"row": s["out_height"], "pixel": pixels}
    for name, channels in (("four", fours), ("one", rest)):
        all_channels = pixels * channels
        parts |= {name: all_channels, f"{name} row": all_channels * height, f"{name} place": all_channels * places}
    return {**{part: float(count) for part, count in parts.items()}, **_border(s)}


def _every_channel(s: Mapping[str, int], by_pixel: bool) -> Terms:
    values = float(s["out_height"] * s["out_width"] * s["out_channels"])
    places = values * s["kernel_height"] * s["kernel_width"]
    return {
        "row": float(s["out_height"]),
        "value": values,
        "place": places,
        "product": places * s["in_channels"] / (s["stride_height"] * s["stride_width"]),
        **_border(s),
    }


def _pool(s: Mapping[str, int], by_pixel: bool) -> Terms:
    # Windows are cut off at the border, which is seldom: they count as whole ones.
    windows, channels, places = s["out_height"] * s["out_width"], s["channels"], s["height"] * s["width"]
    return {
        "row": float(s["out_height"]),
        "window": float(windows),
        "window row": float(windows * s["height"]),
        "place": float(windows * (places - 1)),
        "value": float(windows * channels),
        "value row": float(windows * channels * s["height"]),
        "value place": float(windows * channels * (places - 1)),
        "block place": float(windows * (channels // 4) * (places - 1)),
        "rest place": float(windows * (channels % 4) * (places - 1)),
    }


def _softmax(s: Mapping[str, int], by_pixel: bool) -> Terms:
    return {"row": float(s["rows"]), "class": float(s["rows"] * s["classes"])}


def _mean(s: Mapping[str, int], by_pixel: bool) -> Terms:
    values = s["outer"] * s["inner"]
    return {"outer": float(s["outer"]), "value": float(values), "read": float(values * s["reduced"])}


def _lstm(s: Mapping[str, int], by_pixel: bool) -> Terms:
    gates = 4 * s["steps"] * s["units"]
    return {"step": float(s["steps"]), "gate": float(gates), "product": float(gates * (s["inputs"] + s["units"]))}


_TERMS: Mapping[str, Callable[[Mapping[str, int], bool], Terms]] = {
    "conv": _conv,
    "dense": _dense,
    "depthwise": _depthwise,
    "depthwise_multiplied": _every_channel,
    "transpose_conv": _every_channel,
    "max_pool": _pool,
    "average_pool": _pool,
    "softmax": _softmax,
    "mean": _mean,
    "lstm": _lstm,
}
