"""Builds a graph, one operator after the other; the `lower` of each block consists of these calls."""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from nas.errors import InputError
from nas.graph.edit import Draft
from nas.graph.graph import LSTM, Graph, Op, Tensor


def _outputs(size: int, reach: int, stride: int, padding: str) -> int:
    """Return how many positions a kernel that reaches over `reach` places of an axis has on it."""
    return math.ceil((size if padding == "SAME" else size - reach + 1) / stride)


def _needs_padding(size: int, reach: int, stride: int) -> bool:
    """Return whether SAME padding differs from VALID on an axis: in the number of positions, or in what they see."""
    return (_outputs(size, reach, stride, "SAME") - 1) * stride + reach > size


def _stacked(size: int, count: int) -> int:
    """Return the window of one pooling in place of `count` poolings of 2: the largest 2**n <= `size`, n <= `count`."""
    return 1 << min(count, size.bit_length() - 1)


def _require(fits: bool, rule: str, shapes: tuple[tuple[int, ...], ...]) -> None:
    if not fits:
        raise InputError("architecture", rule, got=f"shapes {', '.join(map(str, shapes))}")


class GraphBuilder:
    """Builds a graph.

    Life cycle: made for an input shape without the batch; each call appends one operator, which reads the current
    tensor and gives the next one; `graph()` returns the result, whose output is the current tensor. `shape` is that of
    the current tensor.

    A branch begins with `continue_from` an earlier `tensor`, and ends with `add`, `multiply` or `concatenate`, which
    read the current tensor and others:

        start = g.tensor
        g.conv2d(8, 3, activation="NONE")
        g.add(start, activation="RELU")

    An `activation` is fused into its operator. HARD_SWISH, which TFLite fuses into none, becomes an operator of its
    own, and so takes RAM for the values before it.

    Pooling windows and kernels are cut to the size of the feature map, so the same calls serve images and windows of
    sensor data, which have the shape (1, time, channels).
    """

    def __init__(self, input_shape: tuple[int, ...]) -> None:
        self._tensors = [Tensor("input", (1, *input_shape))]
        self._ops: list[Op] = []
        self._last = 0
        self._flat = False
        self._paddings: dict[tuple[int, int], int] = {}
        self._sequences: dict[int, int] = {}  # by the map that has the same values

    @property
    def tensor(self) -> int:
        """The current tensor, to continue from or to join later: its index in the graph."""
        return self._last

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the current tensor without the batch; one axis after `flatten`."""
        current = self._tensors[self._last]
        return (current.elements,) if self._flat else current.shape[1:]

    def continue_from(self, tensor: int) -> None:
        """Make an earlier `tensor` the current one."""
        self._last, self._flat = tensor, False

    def conv2d(
        self,
        filters: int,
        kernel: int,
        *,
        stride: int = 1,
        dilation: int = 1,
        padding: str = "SAME",
        activation: str = "RELU",
        **training: Any,
    ) -> None:
        """Add a CONV_2D; with SAME padding, (h, w, c) becomes (ceil(h / stride), ceil(w / stride), filters).

        With VALID padding, only positions count where the kernel lies within the map; it is written as SAME where both
        are one. CAUSAL padding adds zeros before the map only, by a PAD of its own, so that no output depends on what
        comes after it; the shape is that of SAME. Of a kernel that reaches beyond the map with its `dilation`, as many
        taps are kept as reach within it.
        """
        h, w, c = self._map()
        taps = [min(kernel, (size - 1) // dilation + 1) for size in (h, w)]
        weights = Tensor("weights", (filters, *taps, c), constant=True, scales=filters)
        self._sliding("CONV_2D", weights, (stride, padding, activation), training, dilation)

    def depthwise_conv2d(
        self,
        kernel: int,
        *,
        multiplier: int = 1,
        stride: int = 1,
        padding: str = "SAME",
        activation: str = "RELU",
        **training: Any,
    ) -> None:
        """Add a DEPTHWISE_CONV_2D, padded as in `conv2d`; each channel becomes `multiplier` of them, side by side."""
        h, w, c = self._map()
        filters = c * multiplier
        weights = Tensor("weights", (1, min(kernel, h), min(kernel, w), filters), constant=True, scales=filters)
        self._sliding("DEPTHWISE_CONV_2D", weights, (stride, padding, activation), training)

    def pool2d(self, kind: str, count: int = 1) -> None:
        """Add one MAX_POOL_2D or AVERAGE_POOL_2D with VALID padding that computes `count` successive poolings of 2.

        Each of those would halve every axis longer than 1, so the window is 2**count, or less on a shorter axis;
        nothing is added if no axis is longer than 1. One operator in place of `count` needs no tensors in between. The
        maximum is the same; the average is rounded to int8 once, not `count` times.
        """
        h, w, _ = self._map()
        self._pool({"max": "MAX_POOL_2D", "average": "AVERAGE_POOL_2D"}[kind], (_stacked(h, count), _stacked(w, count)))

    def mean(self) -> None:
        """Average over height and width: (h, w, c) becomes (1, 1, c).

        The operator is an AVERAGE_POOL_2D over the whole map, not a MEAN: its code is smaller, it needs no tensor of
        axes, and CMSIS-NN has a kernel for it. Its output has the scale of its input, where MEAN has a finer one; this
        changed the accuracy of nine networks for UCI HAR by at most 0.06 points.
        """
        h, w, _ = self._map()
        self._pool("AVERAGE_POOL_2D", (h, w))

    def lstm(self, units: int) -> None:
        """Add a UNIDIRECTIONAL_SEQUENCE_LSTM over the positions of the map in order: (h, w, c) becomes (h, w, units).

        Its kernel takes sequences (steps, channels): a RESHAPE, which copies, comes before it, and behind it where a
        map is read. Its inputs are those of TFLM's lstm_shared.h: without peepholes, projection or normalization. The
        tensor behind its output is its intermediate one.
        """
        h, w, c = self._map()
        if self._last not in self._sequences:
            self._add("RESHAPE", [], (h * w, c), {"shape": (h * w, c)})
        gates = [Tensor("weights", (units, inputs), constant=True) for inputs in (c, units) for _ in range(4)]
        biases = [Tensor("bias", (units,), "int32", constant=True, scales=0)] * 4
        states = [Tensor("state", (1, units), dtype, variable=True) for dtype in ("int8", "int16")]
        source = self._as_sequence()
        self._add(LSTM, [*gates, *biases, *states], (h * w, units), {}, inputs=(source,))
        (data, *own), sequence = self._ops[-1].inputs, self._last
        placed = (data, *own[:8], -1, -1, -1, *own[8:12], -1, -1, *own[12:], -1, -1, -1, -1)
        self._ops[-1] = replace(self._ops[-1], inputs=placed)
        # TFLM reads no intermediate tensors and wants them to be empty; LiteRT reads the scale of the state there.
        self._tensors.append(Tensor("intermediate", (0,)))
        self._add("RESHAPE", [], (h, w, units), {"shape": (h, w, units)})
        self._sequences[self._last] = sequence

    def last(self) -> None:
        """Add a SLICE of the last position: (h, w, c) becomes (1, 1, c), or (1, c) of a sequence."""
        h, w, c = self._map()
        if (h, w) == (1, 1):
            return
        source = self._as_sequence()
        *sides, _ = self._shape_of(source)
        begin = (0, *(side - 1 for side in sides), 0)
        numbers = [Tensor(name, (len(begin),), "int32", constant=True, scales=0) for name in ("begin", "size")]
        self._add("SLICE", numbers, (*(1 for _ in sides), c), {"begin": begin}, inputs=(source,))

    def flatten(self) -> None:
        """Treat the current tensor as one axis; takes no operator, since FULLY_CONNECTED flattens its input itself."""
        self._flat = True

    def fully_connected(self, units: int, *, activation: str = "RELU", **training: Any) -> None:
        """Add a FULLY_CONNECTED of all values of the current tensor in row-major order; the new shape is (units,)."""
        n = math.prod(self.shape)
        weights = Tensor("weights", (units, n), constant=True, scales=units)
        # The scales of a bias are not in the file, but where there is one: TFLM compares it with that of the weights.
        bias = Tensor("bias", (units,), "int32", constant=True, scales=1 if units == 1 else 0)
        source = self._as_sequence()
        self._add("FULLY_CONNECTED", [weights, bias], (units,), {"activation": activation}, training, (source,))

    def add(self, other: int, *, activation: str = "NONE") -> None:
        """Add an ADD of the current tensor and `other`, which has the same shape."""
        shapes = self._shape_of(other), self.shape
        _require(shapes[0] == shapes[1], "the tensors of a sum must have the same shape", shapes)
        self._add("ADD", [], shapes[0], {"activation": activation}, inputs=(other, self._last))

    def multiply(self, other: int, *, activation: str = "NONE") -> None:
        """Add a MUL of `other` and the current tensor, whose axes of length 1 are repeated."""
        shapes = self._shape_of(other), self.shape
        fits = len(shapes[0]) == len(shapes[1]) and all(b in (1, a) for a, b in zip(*shapes, strict=True))
        _require(fits, "a factor must have the shape of what it multiplies, or axes of length 1", shapes)
        self._add("MUL", [], shapes[0], {"activation": activation}, inputs=(other, self._last))

    def concatenate(self, *others: int) -> None:
        """Add a CONCATENATION of `others`, in this order, and the current tensor, along their last axis."""
        shapes = *(self._shape_of(other) for other in others), self.shape
        _require(len({shape[:-1] for shape in shapes}) == 1, "concatenated tensors may differ in channels only", shapes)
        out = (*self.shape[:-1], sum(shape[-1] for shape in shapes))
        self._add("CONCATENATION", [], out, {"axis": -1}, inputs=(*others, self._last))

    def hard_swish(self) -> None:
        """Add a HARD_SWISH: each value x becomes x * min(max(x + 3, 0), 6) / 6."""
        self._add("HARD_SWISH", [], self.shape, {})

    def logistic(self) -> None:
        """Add a LOGISTIC: each value x becomes 1 / (1 + exp(-x))."""
        self._add("LOGISTIC", [], self.shape, {})

    def softmax(self) -> None:
        self._add("SOFTMAX", [], self.shape, {})

    def graph(self) -> Graph:
        built = Graph(tuple(self._tensors), tuple(self._ops), inputs=(0,), outputs=(self._last,))
        # Where nothing reads the map of a sequence, there is no RESHAPE to it.
        return Draft(built).graph() if self._sequences else built

    def _as_sequence(self) -> int:
        """Return the sequence that the current tensor is the map of, if there is one, else the current tensor."""
        return self._sequences.get(self._last, self._last)

    def _shape_of(self, tensor: int) -> tuple[int, ...]:
        return self._tensors[tensor].shape[1:]

    def _map(self) -> tuple[int, int, int]:
        """Return the shape of the current tensor; InputError if it is no feature map, as the user's space decides."""
        if len(self.shape) != 3:
            raise InputError(
                "architecture",
                "a convolution or pooling must have height, width and channels before it",
                got=f"shape {self.shape}",
                hint="put it before the head and the dense blocks",
            )
        h, w, c = self.shape
        return h, w, c

    def _pool(self, kind: str, window: tuple[int, int]) -> None:
        h, w, c = self._map()
        if window != (1, 1):
            options = {"padding": "VALID", "stride": window, "filter": window, "activation": "NONE"}
            self._add(kind, [], (h // window[0], w // window[1], c), options)

    def _pad(self, before: tuple[int, int]) -> None:
        """Add a PAD of so many rows and columns of zeros before the map."""
        h, w, c = self._map()
        if before == (0, 0):
            return
        out, known = (h + before[0], w + before[1], c), self._paddings.get(before)
        if known is None:
            self._add("PAD", [Tensor("paddings", (4, 2), "int32", constant=True, scales=0)], out, {"before": before})
            self._paddings[before] = self._last - 1
        else:  # the converter writes equal numbers once
            self._add("PAD", [], out, {"before": before}, inputs=(self._last, known))

    def _sliding(
        self,
        kind: str,
        weights: Tensor,
        how: tuple[int, str, str],
        training: Mapping[str, Any],
        dilation: int = 1,
    ) -> None:
        """Append a convolution; `how` is its stride, its padding and its activation."""
        stride, padding, activation = how
        # On an axis with a single tap, no dilation changes anything.
        dilations = tuple(1 if size == 1 else dilation for size in weights.shape[1:3])
        reaches = [(taps - 1) * step + 1 for taps, step in zip(weights.shape[1:3], dilations, strict=True)]
        if padding == "CAUSAL":
            self._pad((reaches[0] - 1, reaches[1] - 1))
            padding = "VALID"
        sizes = self._map()[:2]
        if not any(_needs_padding(size, reach, stride) for size, reach in zip(sizes, reaches, strict=True)):
            padding = "SAME"
        bias = Tensor("bias", (weights.scales,), "int32", constant=True, scales=0)
        options = {"padding": padding, "stride": (stride, stride), "dilation": dilations, "activation": activation}
        out = (_outputs(size, reach, stride, padding) for size, reach in zip(sizes, reaches, strict=True))
        self._add(kind, [weights, bias], (*out, weights.scales), options, training)

    def _add(
        self,
        kind: str,
        constants: list[Tensor],
        out: tuple[int, ...],
        options: Mapping[str, Any],
        training: Mapping[str, Any] | None = None,
        inputs: tuple[int, ...] = (),
    ) -> None:
        """Append an operator that reads `inputs`, by default the current tensor, and constants."""
        is_alone = options.get("activation") == "HARD_SWISH"
        first = len(self._tensors)
        last = first + len(constants)
        self._tensors += [*constants, Tensor("output", (1, *out))]
        kept = {key: value for key, value in (training or {}).items() if value}
        fused = {**options, "activation": "NONE"} if is_alone else options
        self._ops.append(Op(kind, (*(inputs or (self._last,)), *range(first, last)), (last,), fused, kept))
        self._last, self._flat = last, False
        if is_alone:
            self.hard_swish()
