"""How many multiply-accumulates a Keras layer takes for one row, from its weights and the shapes around it."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

Shape: TypeAlias = tuple[int | None, ...]


def macs_of(layer: Any, inputs: Sequence[Shape], outputs: Sequence[Shape]) -> int | None:
    """Return the multiply-accumulates of a layer for one row; None if they are not known.

    As in a `.tflite`, only the products of weights and of matrices count: not normalization, pooling or activations.

    Args:
        layer: a built one.
        inputs: shapes of what it reads, batch first.
        outputs: shapes of what it gives, batch first.
    """
    for name in (kind.__name__ for kind in type(layer).__mro__):
        if name in _RULES:
            try:
                return _RULES[name](layer, inputs, outputs)
            except (TypeError, IndexError, AttributeError, ZeroDivisionError):  # a size is open, or a form is unusual
                return None
    matrices = [weight for weight in getattr(layer, "weights", ()) if len(weight.shape) > 1]
    return None if matrices else 0


def _sizes(shape: Shape) -> int:
    """Return the elements of a row; TypeError if a size is open."""
    return math.prod(shape[1:])  # type: ignore[arg-type]


def _elements(weight: Any) -> int:
    return math.prod(map(int, weight.shape))


def _convolution(layer: Any, inputs: Sequence[Shape], outputs: Sequence[Shape]) -> int:
    return _sizes(outputs[0]) // layer.filters * _elements(layer.kernel)


def _transposed(layer: Any, inputs: Sequence[Shape], outputs: Sequence[Shape]) -> int:
    channels = int(layer.kernel.shape[-1])
    return _sizes(inputs[0]) // channels * _elements(layer.kernel)


def _depthwise(layer: Any, inputs: Sequence[Shape], outputs: Sequence[Shape]) -> int:
    return _sizes(outputs[0]) * math.prod(map(int, layer.kernel_size))


def _separable(layer: Any, inputs: Sequence[Shape], outputs: Sequence[Shape]) -> int:
    weights = _elements(layer.depthwise_kernel) + _elements(layer.pointwise_kernel)
    return _sizes(outputs[0]) // layer.filters * weights


def _dense(layer: Any, inputs: Sequence[Shape], outputs: Sequence[Shape]) -> int:
    return _sizes(outputs[0]) * int(layer.kernel.shape[0])


def _einsum(layer: Any, inputs: Sequence[Shape], outputs: Sequence[Shape]) -> int | None:
    """Return the product of the sizes of all letters in the equation."""
    read, weights = layer.equation.partition("->")[0].split(",")
    if "." in layer.equation:
        return None
    sizes = {**dict(zip(read, (1, *inputs[0][1:]), strict=True)), **dict(zip(weights, layer.kernel.shape, strict=True))}
    return math.prod(map(int, sizes.values()))


def _recurrent(layer: Any, inputs: Sequence[Shape], outputs: Sequence[Shape]) -> int | None:
    cell, steps = layer.cell, inputs[0][1]
    if not hasattr(cell, "recurrent_kernel") or steps is None:
        return None
    return steps * (_elements(cell.kernel) + _elements(cell.recurrent_kernel))


def _both_ways(layer: Any, inputs: Sequence[Shape], outputs: Sequence[Shape]) -> int | None:
    ways = [macs_of(one, inputs, outputs) for one in (layer.forward_layer, layer.backward_layer)]
    return None if None in ways else sum(way or 0 for way in ways)


def _each_step(layer: Any, inputs: Sequence[Shape], outputs: Sequence[Shape]) -> int | None:
    one = macs_of(layer.layer, *([(shape[0], *shape[2:]) for shape in shapes] for shapes in (inputs, outputs)))
    return None if one is None or inputs[0][1] is None else one * inputs[0][1]


def _attention(layer: Any, inputs: Sequence[Shape], outputs: Sequence[Shape]) -> int | None:
    """Return those of attention over one axis: four projections, the scores, and the mixing of values."""
    query, value = inputs[0], inputs[1] if len(inputs) > 1 else inputs[0]
    key = inputs[2] if len(inputs) > 2 else value
    if any(len(shape) != 3 or shape[1] is None for shape in (query, value, key)):
        return None
    to, of = int(query[1] or 0), int(value[1] or 0)
    projected = ((layer.query_dense, to), (layer.key_dense, of), (layer.value_dense, of), (layer.output_dense, to))
    sizes = layer.key_dim + int(layer.value_dense.kernel.shape[-1])
    return sum(rows * _elements(dense.kernel) for dense, rows in projected) + layer.num_heads * to * of * sizes


_Rule: TypeAlias = Callable[[Any, Sequence[Shape], Sequence[Shape]], int | None]
_RULES: Mapping[str, _Rule] = {
    "BaseConv": _convolution,
    "BaseConvTranspose": _transposed,
    "BaseDepthwiseConv": _depthwise,
    "BaseSeparableConv": _separable,
    "Dense": _dense,
    "EinsumDense": _einsum,
    "Embedding": lambda layer, inputs, outputs: 0,
    "Bidirectional": _both_ways,
    "TimeDistributed": _each_step,
    "RNN": _recurrent,
    "MultiHeadAttention": _attention,
}
