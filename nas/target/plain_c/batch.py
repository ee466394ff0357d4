"""A program of plain C on many rows at once, in NumPy: the answers of the device, to the bit, for evaluation.

Each step computes what its kernel in `native/device/kernels` does. Values lie as [channels, rows, pixels], as float32:
products of int8 are whole numbers, and so are their sums, which float32 holds exactly up to 2^24.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np

from nas.arrays import Array
from nas.errors import InputError
from nas.target.plain_c.arithmetic import HIGH, LOW
from nas.target.plain_c.batch_arithmetic import Requantizer, exponentials_of, probabilities, requantized
from nas.target.plain_c.convolutions import fours, pairs
from nas.target.plain_c.model import Network, read_network
from nas.target.plain_c.program import Program, try_to_compile
from nas.target.plain_c.step import Numbers, Step, Struct

Values: TypeAlias = Array
"""[channels, rows, pixels], float32."""

_Kernel: TypeAlias = Callable[[Values], Values]

_VALUES = 2**17
"""Values of the largest tensor at a time: they stay in the processor's cache."""

_MOST_TAPS = 2**24 // 2**14
"""Products of int8 that float32 adds up exactly."""


class Batch:
    """A network on batches of rows; made by `batch_of`.

    Args:
        network: with one input and one output.
        program: of the network, whose kernels are all in `_KERNELS`.
    """

    def __init__(self, network: Network, program: Program) -> None:
        self._steps = [(step, _kernel(step), _channels(step)) for step in program.steps]
        self._places = program.places
        self._size = network.outputs[0].size
        most = max(tensor.size for step in program.steps for tensor in (*step.inputs, step.output))
        self._rows = max(16, min(1024, _VALUES // most))

    def run(self, q: Array) -> Array:
        """Return the outputs [rows, outputs] for inputs [rows, values], both int8."""
        parts = [self._run(q[start : start + self._rows]) for start in range(0, len(q), self._rows)]
        return np.concatenate(parts) if parts else np.empty((0, self._size), np.int8)

    def _run(self, q: Array) -> Array:
        rows = len(q)
        values = {"input": q.reshape(rows, 1, -1).transpose(2, 0, 1).astype(np.float32)}
        for step, kernel, channels in self._steps:
            given = _with_channels(values[self._places[step.inputs[0].index]], channels)
            values[self._places[step.output.index]] = kernel(given)
        return _flat(values["output"]).reshape(rows, self._size).astype(np.int8)


def batch_of(tflite: bytes) -> Batch | None:
    """Return a `.tflite` for batches of rows; None if it has parts that are not known here."""
    try:
        network = read_network(tflite, "model")
    except InputError:
        return None
    program, _ = try_to_compile(network)
    if program is None or program.copies or len(network.inputs) != 1 or len(network.outputs) != 1:
        return None
    known = all(step.kernels[0] in _KERNELS and len(step.inputs) == 1 and _is_exact(step) for step in program.steps)
    made = "output" in program.places.values() and program.steps
    return Batch(network, program) if known and made else None


def _is_exact(step: Step) -> bool:
    """Say whether float32 holds all sums of a step."""
    shape = _shape(step)
    channels = 1 if step.kernels[0] == "depthwise" else shape.get("in_channels", 1)
    return bool(shape.get("kernel_height", 1) * shape.get("kernel_width", 1) * channels < _MOST_TAPS)


def _kernel(step: Step) -> _Kernel:
    compute = _KERNELS[step.kernels[0]](step)
    if step.bounds is None:
        return compute
    low, high = step.bounds
    return lambda values: np.clip(compute(values), low, high)


def _channels(step: Step) -> int:
    """Return the channels that a kernel's inputs have; 0 where it does not matter."""
    shape = _shape(step)
    return shape.get("in_channels") or shape.get("channels") or shape.get("classes") or shape.get("inner") or 0


def _shape(step: Step) -> Mapping[str, Any]:
    for constant in step.constants:
        if isinstance(constant, Struct) and constant.ctype.endswith("_shape"):
            return constant.values
    return {}


def _numbers(step: Step, what: str) -> Array:
    """Return the constant array whose name ends so."""
    return next(c.values for c in step.constants if isinstance(c, Numbers) and c.name.endswith(f"_{what}"))


def _flat(values: Values) -> Array:
    """Return values as [rows, bytes], in the order in which they lie in a tensor."""
    return values.transpose(1, 2, 0).reshape(values.shape[1], -1)


def _with_channels(values: Values, channels: int) -> Values:
    """Return values with another number of channels, as a change of shape gives them."""
    if channels in (0, len(values)):
        return values
    return np.ascontiguousarray(_flat(values).reshape(values.shape[1], -1, channels).transpose(2, 0, 1))


def _unordered(values: Array, shape: tuple[int, ...], ordered: Callable[[Array], Array]) -> Array:
    """Return weights in their own order, given in the order in which a kernel reads them."""
    places = ordered(np.arange(values.size).reshape(shape))
    found = np.empty(values.size, np.float32)
    found[places] = values.ravel()
    return found.reshape(shape)


def _requantizer(step: Step) -> Requantizer:
    shape = _shape(step)
    return Requantizer.of(
        _numbers(step, "bias"), _numbers(step, "multiplier"), _numbers(step, "shift"),
        (shape["out_zero_point"], shape["low"], shape["high"]),
    )  # fmt: skip


class _Windows:
    """The inputs below each place of a kernel that moves over [channels, rows, height, width]."""

    def __init__(self, shape: Mapping[str, int], taps: tuple[int, int], fill: float) -> None:
        self._s, self._taps, self._fill = shape, taps, fill
        self.height, self.width = shape["out_height"], shape["out_width"]
        self._dilation = shape.get("dilation_height", 1), shape.get("dilation_width", 1)

    def of(self, values: Values) -> list[Array]:
        """Return, for each place of the kernel, its inputs [channels, rows, out height, out width]."""
        s, (tall, wide), (down, right) = self._s, self._taps, self._dilation
        image = values.reshape(len(values), values.shape[1], s["in_height"], s["in_width"])
        reach_y = (self.height - 1) * s["stride_height"] + (tall - 1) * down + 1
        reach_x = (self.width - 1) * s["stride_width"] + (wide - 1) * right + 1
        below = max(0, reach_y - s["pad_top"] - s["in_height"])
        behind = max(0, reach_x - s["pad_left"] - s["in_width"])
        if s["pad_top"] or s["pad_left"] or below or behind:
            widths = ((0, 0), (0, 0), (s["pad_top"], below), (s["pad_left"], behind))
            image = np.pad(image, widths, constant_values=self._fill)
        return [
            image[
                :,
                :,
                y * down : y * down + (self.height - 1) * s["stride_height"] + 1 : s["stride_height"],
                x * right : x * right + (self.width - 1) * s["stride_width"] + 1 : s["stride_width"],
            ]
            for y in range(tall)
            for x in range(wide)
        ]


def _conv(step: Step) -> _Kernel:
    s, requantize = _shape(step), _requantizer(step)
    taps, channels, outputs = (s["kernel_height"], s["kernel_width"]), s["in_channels"], s["out_channels"]
    weights = _unordered(_numbers(step, "weights"), (outputs, taps[0], taps[1] * channels), pairs)
    # The inputs are gathered place by place, all channels of each.
    matrix = np.ascontiguousarray(weights.reshape(outputs, -1))
    windows = _Windows(s, taps, s["in_zero_point"])

    def compute(values: Values) -> Values:
        rows = values.shape[1]
        gathered = np.concatenate([part.reshape(channels, -1) for part in windows.of(values)])
        return requantize(matrix @ gathered).reshape(outputs, rows, -1)

    return compute


def _dense(step: Step) -> _Kernel:
    s, requantize = _shape(step), _requantizer(step)
    outputs, inputs = s["out_channels"], s["kernel_height"] * s["kernel_width"] * s["in_channels"]
    matrix = _unordered(_numbers(step, "weights"), (outputs, 1, inputs), pairs).reshape(outputs, inputs)
    return lambda values: requantize(matrix @ values.reshape(inputs, -1)).reshape(outputs, values.shape[1], -1)


def _depthwise(step: Step) -> _Kernel:
    s, requantize = _shape(step), _requantizer(step)
    taps, channels = (s["kernel_height"], s["kernel_width"]), s["in_channels"]
    weights = _unordered(_numbers(step, "weights"), (channels, taps[0] * taps[1]), fours)
    windows = _Windows(s, taps, s["in_zero_point"])

    def compute(values: Values) -> Values:
        sums = None
        for part, weight in zip(windows.of(values), weights.T, strict=True):
            product = part * weight[:, None, None, None]
            sums = product if sums is None else np.add(sums, product, out=sums)
        assert sums is not None
        return requantize(sums.reshape(channels, -1)).reshape(channels, values.shape[1], -1)

    return compute


def _max_pool(step: Step) -> _Kernel:
    s = _shape(step)
    windows = _Windows(s, (s["height"], s["width"]), float(LOW))

    def compute(values: Values) -> Values:
        found, *others = windows.of(values)
        for part in others:
            found = np.maximum(found, part)
        return found.reshape(len(values), values.shape[1], -1)

    return compute


def _average_pool(step: Step) -> _Kernel:
    s = _shape(step)
    windows = _Windows(s, (s["height"], s["width"]), 0.0)
    inside = np.ones((1, 1, s["in_height"] * s["in_width"]), np.float32)
    counts = np.sum(windows.of(inside), axis=0)  # places of each window that are not beyond the border

    def compute(values: Values) -> Values:
        sums = np.add.reduce(windows.of(values))
        halves = np.copysign(counts // 2, sums)
        return np.asarray(np.trunc((sums + halves) / counts)).reshape(len(values), values.shape[1], -1)

    return compute


def _mean(step: Step) -> _Kernel:
    s = _shape(step)

    def compute(values: Values) -> Values:
        rows = values.shape[1]
        sums = _flat(values).reshape(rows, s["outer"], s["reduced"], s["inner"]).sum(axis=2).astype(np.int64)
        found = requantized(sums + s["offset"], s["multiplier"], s["shift"]) + s["out_zero_point"]
        return np.asarray(np.clip(found, LOW, HIGH), np.float32).transpose(2, 0, 1)

    return compute


def _softmax(step: Step) -> _Kernel:
    s = _shape(step)
    table = exponentials_of(s["multiplier"], s["shift"], s["least"])
    return lambda values: probabilities(values, table)


def _look_up(step: Step) -> _Kernel:
    table = _numbers(step, "table").astype(np.float32)
    return lambda values: table[values.astype(np.intp) - LOW]


_KERNELS: Mapping[str, Callable[[Step], _Kernel]] = {
    "conv": _conv,
    "dense": _dense,
    "depthwise": _depthwise,
    "max_pool": _max_pool,
    "average_pool": _average_pool,
    "mean": _mean,
    "softmax": _softmax,
    "look_up": _look_up,
    "clamp": lambda step: lambda values: values,  # `_kernel` bounds them
}
