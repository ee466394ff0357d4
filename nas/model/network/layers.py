"""A convolutional layer in training, forward and backward, by kernels of our own (native/training).

TensorFlow's kernels run along channels, of which a network for a microcontroller has few, and take normalization, ReLU
and pooling one after the other; these run along time and take them together (benchmarks/layers.md). Feature maps are
(n, channels, height, width) here. To TensorFlow the operators are ordinary ones, with registered gradients.
"""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from nas.model.network import plain_layers
from nas.model.runtime import tf


def _load() -> Any:
    """Return the module of the operators; None where they were not built, or this TensorFlow does not take them."""
    native = find_spec("nas._native")  # an editable install has it, and what lies beside it, elsewhere
    assert native is not None
    assert native.origin is not None
    library = Path(native.origin).with_name("_training.so")
    if not library.is_file():
        return None
    try:
        loaded = tf.load_op_library(str(library))
    except (tf.errors.OpError, RuntimeError):
        return None
    # It registers nothing where it does not find what it needs.
    return loaded if hasattr(loaded, "nas_layer_gradient") else None


_OPERATORS = _load()
OPEN = _OPERATORS is not None
"""Whether a geometry may be a tensor, so that a graph need not know it."""


GEOMETRY = 6
"""How many numbers `geometry` returns."""


def geometry(
    *, stride: tuple[int, int] = (1, 1), pool: tuple[int, int] = (1, 1), depthwise: bool = False, average: bool = False
) -> tuple[int, ...]:
    """Return the numbers that say, beside shapes, what a layer computes.

    Args:
        stride: of the convolution.
        pool: height and width of pooling windows that do not overlap; what they leave over is dropped.
        depthwise: whether each channel has a filter of its own, and that one only.
        average: whether a window becomes its average, or its maximum.
    """
    return (*stride, *pool, int(depthwise), int(average))


def layer(
    x: Any,
    kernel: Any,
    scale: Any,
    offset: Any,
    geometry: Any,
    *,
    channels_last: bool = False,
    normalize: bool = True,
    relu: bool = True,
    epsilon: float = 1e-3,
) -> tuple[Any, Any, Any]:
    """Return the maps after convolution, normalization or bias, ReLU and pooling, in this order.

    Args:
        x: maps [n, channels, h, w], or [n, h, w, channels] if `channels_last`; the latter get no gradient.
        kernel: [h, w, channels, filters], or depthwise [h, w, channels, 1]; the padding is SAME.
        scale: [filters], by which normalized numbers are multiplied.
        offset: [filters], by which normalized numbers, or those of the convolution, are moved.
        geometry: of the function of that name; if `OPEN`, also as an int32 tensor.
        channels_last: whether x is the network's input.
        normalize: whether the convolution's numbers are normalized by the batch.
        relu: whether negative numbers become 0.
        epsilon: what is added to the variance.

    Returns:
        Maps [n, filters, h, w]; mean and unbiased variance [filters] of the convolution's numbers, or zeros if they are
        not normalized. Only n is known to a graph.
    """
    how: dict[str, Any] = {"channels_last": channels_last, "normalize": normalize, "relu": relu, "epsilon": epsilon}
    if _OPERATORS is None:
        return plain_layers.layer(x, kernel, scale, offset, geometry, **how)
    y, _, mean, variance = _OPERATORS.nas_layer(x, kernel, scale, offset, geometry, wants_dx=not channels_last, **how)
    y.set_shape((x.shape[0], None, None, None))
    mean.set_shape((None,))
    variance.set_shape((None,))
    return y, mean, variance


@tf.RegisterGradient("NasLayer")
def _layer_gradient(op: Any, dy: Any, *_: Any) -> list[Any]:
    how = {name: op.get_attr(name) for name in ("channels_last", "wants_dx", "normalize", "relu", "epsilon")}
    _, *own = op.outputs
    dx, *rest = _OPERATORS.nas_layer_gradient(*op.inputs, *own, dy, **how)
    return [dx if how["wants_dx"] else None, *rest, None]
