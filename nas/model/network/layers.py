"""A convolutional layer in training, forward and backward, computed by our own kernels (native/training).

TensorFlow's kernels are fast along channels, of which a network for a microcontroller has few, and compute
normalization, activation and pooling one after the other. Ours are fast along time and compute them together
(benchmarks/layers.md). Feature maps are (n, channels, height, width) here. To TensorFlow they are ordinary operators
with registered gradients.
"""

import dataclasses
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from nas.model.network import plain_layers
from nas.model.network.operators import ACTIVATIONS
from nas.model.network.plain_layers import PADDINGS, LayerAttributes
from nas.model.runtime import tf


def _load() -> Any:
    """Return the module of the operators; None if they were not built, or cannot be loaded into this TensorFlow."""
    native = find_spec("nas._native")  # in an editable install, compiled files lie in another folder than the sources
    assert native is not None
    assert native.origin is not None
    library = Path(native.origin).with_name("_training.so")
    if not library.is_file():
        return None
    try:
        loaded = tf.load_op_library(str(library))
    except (tf.errors.OpError, RuntimeError):
        return None
    # The library registers no operators if it does not find the C API that it needs.
    return loaded if hasattr(loaded, "nas_layer_gradient") else None


_OPERATORS = _load()
OPEN = _OPERATORS is not None
"""Whether the geometry may be a tensor, so that graphs with different geometries are one."""


GEOMETRY = 9
"""Number of values in a geometry."""


def geometry(
    *,
    stride: tuple[int, int] = (1, 1),
    pool: tuple[int, int] = (1, 1),
    depthwise: bool = False,
    average: bool = False,
    dilation: tuple[int, int] = (1, 1),
    padding: str = "SAME",
) -> tuple[int, ...]:
    """Return the geometry of a layer: the numbers that, with the shapes, define what it computes.

    Args:
        stride: of the convolution.
        pool: height and width of the pooling windows, which do not overlap; incomplete windows are dropped.
        depthwise: whether each channel is convolved on its own, with one filter.
        average: whether the pooling takes the average of a window, not its maximum.
        dilation: rows and columns from one tap of the kernel to the next.
        padding: one of `PADDINGS`.
    """
    return (*stride, *pool, int(depthwise), int(average), *dilation, PADDINGS.index(padding))


def layer(
    x: Any, kernel: Any, scale: Any, offset: Any, geometry: Any, attributes: LayerAttributes
) -> tuple[Any, Any, Any]:
    """Return the maps after convolution, normalization or bias, activation and pooling, in this order.

    Args:
        x: maps [n, channels, h, w], or [n, h, w, channels] if `channels_last`; the latter have no gradient.
        kernel: [h, w, channels, filters], or depthwise [h, w, channels, 1].
        scale: [filters], factor of the normalized outputs.
        offset: [filters], added to the normalized outputs, or to the convolution's own as its bias.
        geometry: from the function of that name; if `OPEN`, it may be an int32 tensor.
        attributes: what the graph has to know.

    Returns:
        Maps [n, filters, h, w]; mean and unbiased variance [filters] of the convolution's outputs, or zeros if they are
        not normalized. In a graph, only n is known of the shapes.
    """
    if _OPERATORS is None:
        return plain_layers.layer(x, kernel, scale, offset, geometry, attributes)
    own = {**dataclasses.asdict(attributes), "activation": list(ACTIVATIONS).index(attributes.activation)}
    wants_dx = not attributes.channels_last
    y, _, mean, variance = _OPERATORS.nas_layer(x, kernel, scale, offset, geometry, wants_dx=wants_dx, **own)
    y.set_shape((x.shape[0], None, None, None))
    mean.set_shape((None,))
    variance.set_shape((None,))
    return y, mean, variance


@tf.RegisterGradient("NasLayer")
def _layer_gradient(op: Any, dy: Any, *_: Any) -> list[Any]:
    attributes = {
        name: op.get_attr(name) for name in ("channels_last", "wants_dx", "normalize", "activation", "epsilon")
    }
    _, *own = op.outputs
    dx, *rest = _OPERATORS.nas_layer_gradient(*op.inputs, *own, dy, **attributes)
    return [dx if attributes["wants_dx"] else None, *rest, None]
