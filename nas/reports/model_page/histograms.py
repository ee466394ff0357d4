"""How the values of weights are spread, and the scales that int8 weights have."""

from collections.abc import Sequence

import numpy as np

from nas.arrays import Array
from nas.reports.markup import Markup, details, element, join
from nas.reports.memory_map.lifetimes import printable, short_name
from nas.reports.words import percent, whole
from nas.study.tflite_summary import WeightTensor

_BINS, _WIDTH, _HEIGHT, _SCALES_HEIGHT = 64, 256, 72, 22
# A page shows at most this many tensors; of more, those with the most values.
MOST_TENSORS = 120
_ENDS = {"int8": (-128, 128), "uint8": (0, 256), "int4": (-8, 8)}


def histograms(weights: Sequence[WeightTensor]) -> list[Markup]:
    """Draw each tensor of weights; those with one axis, such as biases, are folded up."""
    largest = sorted(weights, key=lambda one: -one.values.size)[:MOST_TENSORS]
    shown = [one for one in weights if any(one is other for other in largest) and one.values.size]
    main = [one for one in shown if len(one.shape) > 1] or shown
    rest = [one for one in shown if not any(one is other for other in main)]
    parts = [_gallery(main)]
    if rest:
        parts.append(details(f"Biases and other vectors ({len(rest)})", _gallery(rest)))
    return parts


def _gallery(weights: Sequence[WeightTensor]) -> Markup:
    return element("div", *map(_figure, weights), class_="gallery histograms")


def _figure(weights: WeightTensor) -> Markup:
    real = weights.real()
    real = real[np.isfinite(real)]
    shape = "x".join(map(str, weights.shape)) or "scalar"
    lines = [f"{shape} {printable(weights.dtype)}, {_words(real, weights)}", _scale_words(weights)]
    name = printable(weights.name)
    return element(
        "figure",
        _histogram(weights, name),
        _scales(weights),
        element(
            "figcaption",
            element("span", short_name(weights.name), title=name),
            *(element("small", line) for line in lines if line),
        ),
    )


def _words(real: Array, weights: WeightTensor) -> str:
    if not real.size:
        return "no finite value"
    zeros = float((real == 0).mean())
    lost = "" if real.size == weights.values.size else f", {whole(weights.values.size - real.size)} not finite"
    return f"{_short(float(real.min()))} to {_short(float(real.max()))}, {percent(zeros)} zeros{lost}"


def _scale_words(weights: WeightTensor) -> str:
    known = weights.quantization
    if known is None:
        return ""
    if not known.per_channel:
        return f"scale {known.scales[0]:.4g}, zero point {known.zero_points[0]}"
    ends = f"{min(known.scales):.3g} to {max(known.scales):.3g}"
    return f"{len(known.scales)} scales along axis {known.axis}: {ends}"


def _short(number: float) -> str:
    return f"{number:.3g}".replace("-", "\u2212")


def _histogram(weights: WeightTensor, name: str) -> Markup:
    """Draw the stored values: integers over their whole type, floats over their own range."""
    values = weights.values.astype(np.float64)
    values = values[np.isfinite(values)]
    low, high = _ENDS.get(weights.dtype, (float(values.min()), float(values.max())) if values.size else (0.0, 1.0))
    bins = min(_BINS, int(high - low)) if weights.dtype in _ENDS else _BINS
    high = high if high > low else low + 1.0
    counts = np.histogram(values, bins, (low, high))[0] if np.isfinite(high - low) else np.zeros(bins)
    return _bars(counts, _HEIGHT, f"Histogram of {whole(int(values.size))} values of {name}", "bars-of-values")


def _scales(weights: WeightTensor) -> Markup:
    """Draw the scales of the channels beside each other; nothing for a single one."""
    known = weights.quantization
    if known is None or not known.per_channel:
        return join()
    scales = np.nan_to_num(np.asarray(known.scales, np.float64))
    if len(scales) > _WIDTH // 2:  # a bar has at least two pixels
        scales = np.array([part.max() for part in np.array_split(scales, _WIDTH // 2)])
    return _bars(scales, _SCALES_HEIGHT, f"{len(known.scales)} scales, one a channel", "bars-of-scales")


def _bars(heights: Array, height: int, says: str, kind: str) -> Markup:
    most, step = max(float(heights.max(initial=0)), 1e-300), _WIDTH / len(heights)
    path = "".join(
        f"M{i * step:.2f} {height}v{-max(height * float(value) / most, 0.7):.2f}h{step:.2f}V{height}"
        for i, value in enumerate(heights)
        if value > 0
    )
    return element(
        "svg",
        element("path", d=path),
        element("path", d=f"M0 {height - 0.5}H{_WIDTH}", class_="line"),
        viewBox=f"0 0 {_WIDTH} {height}",
        role="img",
        aria_label=says,
        class_=kind,
        preserveAspectRatio="none",
    )
