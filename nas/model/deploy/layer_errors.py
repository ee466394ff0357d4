"""Where quantization hurts: the error of each layer between the float model and the int8 model made of it."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from nas.arrays import Floats
from nas.model.deploy.recording import Operator, Recording, Scale
from nas.study.layer_error import LayerError
from nas.text import percent

MOST_ROWS = 64
"""Rows that errors are measured on; more change the figures by little."""

_MOST_NUMBERS = 1 << 24
_CONVERSIONS = ("QUANTIZE", "DEQUANTIZE")
# Their outputs are not channels that a later layer reads one by one: a rare class may well be lost in them.
_PROBABILITIES = ("SOFTMAX", "LOGISTIC", "LOG_SOFTMAX")
_WEIGHTS: Mapping[str, tuple[int, int]] = {
    "CONV_2D": (1, 0),
    "DEPTHWISE_CONV_2D": (1, 3),
    "FULLY_CONNECTED": (1, 0),
    "TRANSPOSE_CONV": (1, 0),
}
"""Place of the weights among an operator's inputs, and their axis of output channels."""

# A good int8 layer has 40 dB or more.
_BEST_DB, _FAIR_DB, _POOR_DB = 90.0, 38.0, 20.0
_SATURATED = 0.01
_OUTLIER = 8.0
_OUTLYING_WEIGHT = 20.0


def layer_errors(float_model: bytes, int8_model: bytes, rows: Floats) -> list[LayerError]:
    """Return the error of each layer, the worst first.

    The output of a layer alone is compared with that of the float layer for the inputs that the int8 model gives it, so
    that a layer does not answer for those before it.

    Args:
        float_model: the float32 `.tflite`, with names.
        int8_model: the integer `.tflite` of the same model, with names.
        rows: scaled rows [n, ...]; the first MOST_ROWS are used.

    Raises:
        ValueError: LiteRT cannot run a model, or it has several subgraphs.
    """
    exact, rounded = Recording(float_model), Recording(int8_model)
    pairs = _matched(exact, rounded)
    size = sum(int(np.prod(exact.shapes[op.outputs[0]])) for op, _ in pairs.values()) + 1
    rows = rows[: min(MOST_ROWS, max(1, _MOST_NUMBERS // size))]
    expected = exact.run(rows, [exact.input, *(op.outputs[0] for op, _ in pairs.values())])
    got = rounded.run(rows, [rounded.input, *(op.outputs[0] for _, op in pairs.values())])
    # The int8 model's values by the float model's tensors.
    same = {exact.input: got[rounded.input]}
    same |= {a.outputs[0]: got[b.outputs[0]] for a, b in pairs.values()}
    found = [_Layer(exact, rounded, index, *pair).error(expected, got, same) for index, pair in pairs.items()]
    return sorted(found, key=lambda layer: (layer.sqnr_db is None, layer.sqnr_db or 0.0, layer.index))


def _matched(exact: Recording, rounded: Recording) -> dict[int, tuple[Operator, Operator]]:
    """Return the pairs of operators of both models by their place in the int8 model.

    The quantizer keeps the order of operators, and adds QUANTIZE and DEQUANTIZE. Where it changes more, the names of
    outputs tell which belong together.
    """
    ours = [(i, op) for i, op in enumerate(rounded.operators) if op.kind not in _CONVERSIONS and len(op.outputs) == 1]
    theirs = [op for op in exact.operators if op.kind not in _CONVERSIONS and len(op.outputs) == 1]
    if [op.kind for _, op in ours] == [op.kind for op in theirs]:
        pairs = {i: (a, b) for (i, b), a in zip(ours, theirs, strict=True)}
    else:
        by_name = {exact.names[op.outputs[0]]: op for op in theirs}
        named = ((i, by_name.get(rounded.names[op.outputs[0]]), op) for i, op in ours)
        pairs = {i: (a, b) for i, a, b in named if a is not None and a.kind == b.kind}
    return {
        i: (a, b)
        for i, (a, b) in pairs.items()
        if exact.shapes[a.outputs[0]] == rounded.shapes[b.outputs[0]] and exact.dtypes[a.outputs[0]] is np.float32
    }


class _Layer:
    """An operator of the float model, `a`, and the operator of the int8 model that stands for it, `b`."""

    def __init__(self, exact: Recording, rounded: Recording, index: int, a: Operator, b: Operator) -> None:
        self._exact, self._rounded, self._index, self._a, self._b = exact, rounded, index, a, b

    def error(
        self, expected: Mapping[int, Floats], got: Mapping[int, Floats], same: Mapping[int, Floats]
    ) -> LayerError:
        """Return the layer's error.

        Args:
            expected: values of the float model's tensors.
            got: values of the int8 model's tensors.
            same: values of the int8 model by the float model's tensors.
        """
        a, b = expected[self._a.outputs[0]], got[self._b.outputs[0]]
        alone = self._alone(same)
        whole = self._a.kind in _PROBABILITIES
        span = float(a.max() - a.min())
        scale = self._rounded.scales.get(self._b.outputs[0])
        found = LayerError(
            index=self._index,
            op=self._b.kind,
            layer=self._exact.layer(self._a.outputs[0]),
            name=self._exact.names[self._a.outputs[0]],
            sqnr_db=_sqnr(*((a, b) if alone is None else (alone, b)), whole=whole),
            total_sqnr_db=_sqnr(a, b, whole=whole),
            mean_error=float(np.abs(a - b).mean()) / span if span else 0.0,
            saturated=0.0 if scale is None or whole else _outside(a if alone is None else alone, scale),
            weights_sqnr_db=self._weights_sqnr(),
        )
        return replace(found, hint=self._hint(found, a))

    def _alone(self, same: Mapping[int, Floats]) -> Floats | None:
        """Return the float operator's output for the int8 model's inputs; None where those are not known."""
        read = [t for t in dict.fromkeys(self._a.inputs) if t >= 0 and self._exact.constant(t) is None]
        if not read or any(t not in same for t in read):
            return None
        shapes = {t: (-1, *self._exact.shapes[t]) for t in read}
        return self._exact.alone(self._a, {t: same[t].reshape(shapes[t]) for t in read})

    def _kernels(self) -> tuple[Floats, Floats] | None:
        """Return the weights of both models [channels, ...]; None for an operator without."""
        if self._a.kind not in _WEIGHTS:
            return None
        place, axis = _WEIGHTS[self._a.kind]
        a, b = self._exact.constant(self._a.inputs[place]), self._rounded.constant(self._b.inputs[place])
        if a is None or b is None or a.shape != b.shape:
            return None
        return np.moveaxis(a, axis, 0), np.moveaxis(b, axis, 0)

    def _weights_sqnr(self) -> float | None:
        kernels = self._kernels()
        return None if kernels is None else _sqnr(*(np.moveaxis(kernel, 0, -1)[None] for kernel in kernels))

    def _hint(self, found: LayerError, a: Floats) -> str | None:
        """Return what is the matter with a layer whose error is large, and what helps."""
        if found.saturated > _SATURATED:
            return (
                f"{percent(found.saturated)} of its values lie outside the range of the calibration: calibrate with "
                "more rows, or with rows of the kind that the model will see"
            )
        if found.sqnr_db is None or found.sqnr_db >= _FAIR_DB:
            return None
        kernels = self._kernels()
        cause = (None if kernels is None else _outlying_weight(kernels[0])) or _outlying_channel(a)
        if cause is None and found.sqnr_db < _POOR_DB:
            return "int8 is too coarse for it: train on with quantization (int8_qat), or use int16x8"
        return cause


def _outlying_weight(kernel: Floats) -> str | None:
    """Say which weight is far larger than the others of its layer [channels, ...]."""
    flat = np.abs(kernel.reshape(len(kernel), -1))
    channel, place = np.unravel_index(int(flat.argmax()), flat.shape)
    others = np.delete(flat.ravel(), channel * flat.shape[1] + place)
    usual = float(np.sqrt(np.mean(np.square(others)))) if others.size else 0.0
    if not usual or flat[channel, place] < _OUTLYING_WEIGHT * usual:
        return None
    return (
        f"one weight of output channel {channel} is {flat[channel, place] / usual:.0f} times as large as the others, "
        "which share the few steps that are left: clip the weights or train with an L2 penalty, or use int8_qat"
    )


def _outlying_channel(a: Floats) -> str | None:
    """Say which channel of an output [n, ..., channels] spans far more than the others."""
    spans = np.ptp(a.reshape(-1, a.shape[-1]), axis=0)
    usual = float(np.median(spans))
    channel = int(spans.argmax())
    if len(spans) < 2 or not usual or spans[channel] < _OUTLIER * usual:
        return None
    return (
        f"channel {channel} spans {spans[channel] / usual:.0f} times as much as the median channel, which keeps only "
        "few of the 256 steps: batch normalization before the activation evens them out; or use int16x8"
    )


def _sqnr(a: Floats, b: Floats, *, whole: bool = False) -> float | None:
    """Return the signal-to-noise ratio of `b` [n, ..., channels] for the exact `a` in dB, the mean over channels.

    Channels without a signal do not count; None if there is no noise, or no signal.
    """
    axes = None if whole or a.ndim < 2 else tuple(range(a.ndim - 1))
    signal = np.atleast_1d(np.mean(np.square(a, dtype=np.float64), axis=axes))
    noise = np.atleast_1d(np.mean(np.square(a - b, dtype=np.float64), axis=axes))
    heard = signal > 0
    if not noise[heard].any():
        return None
    ratio = signal[heard] / np.maximum(noise[heard], signal[heard] * 10 ** (-_BEST_DB / 10))
    return float(np.mean(10 * np.log10(ratio)))


def _outside(values: Floats, scale: Scale) -> float:
    low, high = scale.ends
    return float(np.mean((values < low) | (values > high)))
