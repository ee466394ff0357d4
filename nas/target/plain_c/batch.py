"""A program of plain C on many rows at once: the answers of the device, to the bit, for evaluation.

The kernels are in `native/batch`; they compute what those in `native/device/kernels` do, for sixteen rows side by side.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from nas import _native
from nas.arrays import Array
from nas.errors import InputError
from nas.target.plain_c.convolutions import fours, pairs
from nas.target.plain_c.elementwise import repeats
from nas.target.plain_c.model import Network, Tensor, read_network
from nas.target.plain_c.program import Program, try_to_compile
from nas.target.plain_c.step import Numbers, Step, Struct

_MOST_VALUES = 2**22
"""Values of all tensors together; sixteen rows of them take 256 MB."""


def batch_of(tflite: bytes, level: int = -1) -> _native.Batch | None:
    """Return a `.tflite` for batches of rows; None if it has parts that are not known here.

    Args:
        tflite: the content of the file.
        level: which of the `_native.BATCH_LEVELS` compilations to use, the slowest first; the fastest by default.
    """
    try:
        network = read_network(tflite, "model")
    except InputError:
        return None
    program, _ = try_to_compile(network)
    if program is None or program.copies or len(network.inputs) != 1 or len(network.outputs) != 1:
        return None
    if not _native.BATCH_LEVELS or not all(map(_is_known, program.steps)):
        return None
    if sum(tensor.size for step in program.steps for tensor in (*step.inputs, step.output)) > _MOST_VALUES:
        return None
    if not program.steps or program.places[program.steps[-1].output.index] != "output":
        return None
    return _Builder(network, program, range(_native.BATCH_LEVELS)[level]).batch


def _is_known(step: Step) -> bool:
    """Say whether a step can be added; of the kernels that requantize one by one, none has a factor above 1."""
    kernel, *others = step.kernels
    return kernel in _ADDED and not set(others) - {"clamp"} and not (step.scales_up and kernel in _BY_ITSELF)


class _Builder:
    """Adds the steps of a program to a batch, one by one."""

    def __init__(self, network: Network, program: Program, level: int) -> None:
        self.batch = _native.Batch(network.inputs[0].size, level)
        self._places = program.places
        # The number of the batch's tensor that lies at each place now.
        self._made = {"input": 0}
        for step in program.steps:
            made = _ADDED[step.kernels[0]](self, step)
            if step.bounds is not None and step.kernels[0] != "clamp":
                made = self.batch.clamp(made, *step.bounds)
            self._made[self._places[step.output.index]] = made

    def at(self, tensor: Tensor) -> int:
        """Return the number of a tensor."""
        if tensor.is_constant:
            assert tensor.data is not None
            return self.batch.constant(tensor.data)
        return self._made[self._places[tensor.index]]

    def convolve(self, step: Step) -> int:
        kernel, s, weights = step.kernels[0], _values(step, "_layer"), _numbers(step, "weights")
        places, outputs = s["kernel_height"] * s["kernel_width"], s["out_channels"]
        if kernel == "depthwise":
            weights = _unordered(weights, (outputs, places), fours)
        elif kernel == "depthwise_multiplied":
            weights = weights.reshape(outputs, places)
        else:
            weights = _unordered(weights, (outputs, s["kernel_height"], s["kernel_width"] * s["in_channels"]), pairs)
        depthwise = kernel.startswith("depthwise")
        return self.batch.convolve(
            self.at(step.inputs[0]),
            _window(s),
            weights.T if depthwise else weights,
            _numbers(step, "bias"),
            _numbers(step, "multiplier"),
            _numbers(step, "shift"),
            (s["out_zero_point"], s["low"], s["high"]),
            s["in_zero_point"],
            depthwise,
        )

    def max_pool(self, step: Step) -> int:
        return self.batch.max_pool(self.at(step.inputs[0]), _pool_window(step))

    def average_pool(self, step: Step) -> int:
        return self.batch.average_pool(self.at(step.inputs[0]), _pool_window(step))

    def mean(self, step: Step) -> int:
        return self.batch.mean(self.at(step.inputs[0]), tuple(_values(step, "_shape").values()))

    def copy(self, step: Step) -> int:
        sources = [self.at(tensor) for tensor in step.inputs]
        # What no input gives is a constant behind all inputs.
        places = np.full(step.output.size, sum(tensor.size for tensor in step.inputs))
        start = 0
        for tensor, move in zip(step.inputs, step.moves, strict=True):
            taken, put = move.places()
            places[put] = start + taken
            start += tensor.size
        return self.batch.gather([*sources, self.batch.constant(np.array([step.filled]))], places)

    def softmax(self, step: Step) -> int:
        return self.batch.softmax(self.at(step.inputs[0]), tuple(_values(step, "_shape").values()))

    def look_up(self, step: Step) -> int:
        return self.batch.look_up(self.at(step.inputs[0]), _numbers(step, "table"))

    def clamp(self, step: Step) -> int:
        assert step.bounds is not None
        return self.batch.clamp(self.at(step.inputs[0]), *step.bounds)

    def add(self, step: Step) -> int:
        return self.batch.add(*self._pair(step), tuple(_values(step, "_constants").values()))

    def multiply(self, step: Step) -> int:
        return self.batch.multiply(*self._pair(step), tuple(_values(step, "_constants").values()))

    def lstm(self, step: Step) -> int:
        weights, bias = (_numbers(step, what) for what in ("weights", "bias"))
        fields = _values(step, "_shape")
        multipliers, shifts = fields["multipliers"], fields["shifts"]
        sizes = [value for value in fields.values() if isinstance(value, int)]
        return self.batch.lstm(self.at(step.inputs[0]), sizes, multipliers, shifts, weights, bias)

    def _pair(self, step: Step) -> tuple[int, int, list[tuple[int, int, int]]]:
        """Return the two inputs, and the loops in which they are walked."""
        a, b = step.inputs
        return self.at(a), self.at(b), repeats(a, b, step.output)


_ADDED: Mapping[str, Callable[[_Builder, Step], int]] = {
    "conv": _Builder.convolve,
    "dense": _Builder.convolve,
    "depthwise": _Builder.convolve,
    "depthwise_multiplied": _Builder.convolve,
    "max_pool": _Builder.max_pool,
    "average_pool": _Builder.average_pool,
    "mean": _Builder.mean,
    "softmax": _Builder.softmax,
    "look_up": _Builder.look_up,
    "clamp": _Builder.clamp,
    "copy": _Builder.copy,
    "add": _Builder.add,
    "multiply": _Builder.multiply,
    "lstm": _Builder.lstm,
}
"""How a step is added, by its first kernel."""

_BY_ITSELF = frozenset({"mean", "add", "multiply"})


def _values(step: Step, ending: str) -> Mapping[str, Any]:
    """Return the values of the structure whose type ends so."""
    return next(c.values for c in step.constants if isinstance(c, Struct) and c.ctype.endswith(ending))


def _numbers(step: Step, what: str) -> Array:
    """Return the constant array whose name ends so."""
    return next(c.values for c in step.constants if isinstance(c, Numbers) and c.name.endswith(f"_{what}"))


def _window(s: Mapping[str, int]) -> tuple[int, ...]:
    """Return the fields of `Window` in `native/batch/kernels.h`."""
    sides = ("height", "width")
    return (
        s["in_height"], s["in_width"], s["in_channels"], s["out_height"], s["out_width"],
        *(s[f"kernel_{side}"] for side in sides), *(s[f"stride_{side}"] for side in sides),
        *(s[f"dilation_{side}"] for side in sides), s["pad_top"], s["pad_left"],
    )  # fmt: skip


def _pool_window(step: Step) -> tuple[int, ...]:
    s = _values(step, "_shape")
    named = {"in_channels": s["channels"], "kernel_height": s["height"], "kernel_width": s["width"]}
    return _window({**s, **named, "dilation_height": 1, "dilation_width": 1})


def _unordered(values: Array, shape: tuple[int, ...], ordered: Callable[[Array], Array]) -> Array:
    """Return weights in their own order, given in the order in which a kernel reads them."""
    places = ordered(np.arange(values.size).reshape(shape))
    found = np.empty(values.size, np.float32)
    found[places] = values.ravel()
    return found.reshape(shape)
