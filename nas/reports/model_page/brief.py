"""An operator or layer in a few words: what it computes, without what is usual."""

from collections.abc import Mapping, Sequence
from typing import Any

from nas.reports.markup import Markup, join, void
from nas.reports.memory_map.lifetimes import printable
from nas.study.summary import LayerSummary, Summary, TensorSummary

# A kernel is the weights' shape at these axes, for operators of TFLite.
_KERNELS = ("CONV_2D", "DEPTHWISE_CONV_2D", "TRANSPOSE_CONV")
_USUAL: tuple[Any, ...] = (None, 0, 1.0, -1, [])
_SHOWN = ("units", "filters", "axis", "rate", "beta", "alpha", "block_size", "target_shape", "new_shape", "num_splits")


def shape_words(tensor: TensorSummary) -> str:
    """Return a shape as text, `1x64x16`, with ? for an open size."""
    return "x".join("?" if size is None else str(size) for size in tensor.shape) or "scalar"


def breakable(name: str) -> Markup:
    """Return a name that a narrow page may break behind an underscore."""
    first, *rest = name.split("_")
    return join(first, *(join("_", void("wbr"), part) for part in rest))


def flow_words(tensor: TensorSummary) -> str:
    """Return a tensor's shape and type as text."""
    return f"{shape_words(tensor)} {printable(tensor.dtype)}"


def brief(summary: Summary, layer: LayerSummary) -> str:
    """Return what an operator or layer computes: its kernel, stride, dilation, padding and activation."""
    options = layer.options
    words = [_kernel(summary, layer), _pair("by ", _steps(options, "strides", "stride"))]
    words.append(_pair("dilated ", _steps(options, "dilation_rate", "dilation", "_factor")))
    words += [f"{name} {_value(options[name])}" for name in _SHOWN if options.get(name) not in _USUAL]
    activation = str(options.get("fused_activation_function", options.get("activation", ""))).lower()
    words.append(activation if activation not in ("none", "linear", "") else "")
    return printable(" ".join(word for word in words if word))


def _kernel(summary: Summary, layer: LayerSummary) -> str:
    options = layer.options
    if layer.kind in _KERNELS:
        shapes = [summary.tensors[i].shape for i in layer.weights if len(summary.tensors[i].shape) == 4]
        return f"{shapes[0][1]}x{shapes[0][2]}" if shapes else ""
    if "filter_height" in options:
        return f"{options['filter_height']}x{options['filter_width']}"
    sizes = options.get("kernel_size", options.get("pool_size"))
    return "x".join(map(str, sizes)) if isinstance(sizes, list) else ""


def _steps(options: Mapping[str, Any], keras: str, tflite: str, end: str = "") -> Sequence[Any]:
    """Return the steps along each axis; nothing if there are none."""
    if isinstance(options.get(keras), list):
        return list(options[keras])
    names = f"{tflite}_h{end}", f"{tflite}_w{end}"
    return [options[name] for name in names] if all(name in options for name in names) else []


def _pair(sign: str, steps: Sequence[Any]) -> str:
    """Return steps in words; nothing if all are 1."""
    return sign + "x".join(map(str, steps)) if any(step != 1 for step in steps) else ""


def _value(value: Any) -> str:
    if isinstance(value, list):
        return "x".join(map(str, value))
    return f"{value:.3g}" if isinstance(value, float) else str(value)
