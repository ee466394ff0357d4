"""Builds a graph, one operator after the other; the `lower` of each block consists of these calls."""

import math
from collections.abc import Mapping
from typing import Any

from nas.errors import InputError
from nas.graph.graph import Graph, Op, Tensor


def _same(size: int, stride: int) -> int:
    return math.ceil(size / stride)


def _stacked(size: int, count: int) -> int:
    """Return the window of one pooling in place of `count` poolings of 2: the largest 2**n <= `size`, n <= `count`."""
    return 1 << min(count, size.bit_length() - 1)


class GraphBuilder:
    """Builds a sequential graph.

    Life cycle: made for an input shape without the batch; each call appends one operator, which reads the newest
    tensor; `graph()` returns the result. `shape` is that of the newest tensor.

    Pooling windows and kernels are cut to the size of the feature map, so the same calls serve images and windows of
    sensor data, which have the shape (1, time, channels).
    """

    def __init__(self, input_shape: tuple[int, ...]) -> None:
        self._tensors = [Tensor("input", (1, *input_shape))]
        self._ops: list[Op] = []
        self._last = 0
        self._flat = False

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the newest tensor without the batch; one axis after `flatten`."""
        newest = self._tensors[self._last]
        return (newest.elements,) if self._flat else newest.shape[1:]

    def conv2d(self, filters: int, kernel: int, *, stride: int = 1, activation: str = "RELU", **training: Any) -> None:
        """Add a CONV_2D with SAME padding; (h, w, c) becomes (ceil(h / stride), ceil(w / stride), filters)."""
        h, w, c = self._map()
        weights = Tensor("weights", (filters, min(kernel, h), min(kernel, w), c), constant=True, scales=filters)
        out = (_same(h, stride), _same(w, stride), filters)
        self._sliding("CONV_2D", weights, filters, out, stride, activation, training)

    def depthwise_conv2d(self, kernel: int, *, stride: int = 1, activation: str = "RELU", **training: Any) -> None:
        """Add a DEPTHWISE_CONV_2D with SAME padding and multiplier 1; the number of channels stays the same."""
        h, w, c = self._map()
        weights = Tensor("weights", (1, min(kernel, h), min(kernel, w), c), constant=True, scales=c)
        out = (_same(h, stride), _same(w, stride), c)
        self._sliding("DEPTHWISE_CONV_2D", weights, c, out, stride, activation, training)

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

    def flatten(self) -> None:
        """Treat the newest tensor as one axis; takes no operator, since FULLY_CONNECTED flattens its input itself."""
        self._flat = True

    def fully_connected(self, units: int, *, activation: str = "RELU", **training: Any) -> None:
        """Add a FULLY_CONNECTED of all values of the newest tensor in row-major order; the new shape is (units,)."""
        n = math.prod(self.shape)
        weights = Tensor("weights", (units, n), constant=True, scales=units)
        # The scales of a bias are not in the file, but where there is one: TFLM compares it with that of the weights.
        bias = Tensor("bias", (units,), "int32", constant=True, scales=1 if units == 1 else 0)
        self._add("FULLY_CONNECTED", [weights, bias], (units,), {"activation": activation}, training)

    def softmax(self) -> None:
        self._add("SOFTMAX", [], self.shape, {})

    def graph(self) -> Graph:
        return Graph(tuple(self._tensors), tuple(self._ops), inputs=(0,), outputs=(self._last,))

    def _map(self) -> tuple[int, int, int]:
        """Return the shape of the newest tensor; InputError if it is no feature map, as the user's space decides."""
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

    def _sliding(
        self,
        kind: str,
        weights: Tensor,
        filters: int,
        out: tuple[int, ...],
        stride: int,
        activation: str,
        training: Mapping[str, Any],
    ) -> None:
        bias = Tensor("bias", (filters,), "int32", constant=True, scales=0)
        options = {"padding": "SAME", "stride": (stride, stride), "dilation": (1, 1), "activation": activation}
        self._add(kind, [weights, bias], out, options, training)

    def _add(
        self,
        kind: str,
        constants: list[Tensor],
        out: tuple[int, ...],
        options: Mapping[str, Any],
        training: Mapping[str, Any] | None = None,
    ) -> None:
        first = len(self._tensors)
        last = first + len(constants)
        self._tensors += [*constants, Tensor("output", (1, *out))]
        kept = {key: value for key, value in (training or {}).items() if value}
        self._ops.append(Op(kind, (self._last, *range(first, last)), (last,), options, kept))
        self._last, self._flat = last, False
