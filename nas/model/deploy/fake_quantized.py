"""A trained network that rounds as its int8 form does: what is deployed, and what quantization-aware training trains.

Weights and activations pass through fake-quantization operators (Jacob et al., arXiv:1712.05877), whose gradient is
that of the identity within the range. Normalization is folded already, as on the device. The converter takes the
ranges of activations from these operators, so what was measured here is what is deployed.
"""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, TypeAlias

import numpy as np

from nas.arrays import Floats
from nas.graph.graph import Graph
from nas.model.network.form import Folded, Settings, Trainable
from nas.model.network.network import Network
from nas.model.network.operators import FIXED, LINEAR, activate
from nas.model.network.variables import Weights
from nas.model.runtime import tf

Range: TypeAlias = tuple[float, float]

# Percentiles that a range may end at. Its ends are clipped, and everything else gets finer steps; 99.9 and 99.99 are
# what Wu et al., arXiv:2004.09602, found best for convolutions. Long training leaves rare peaks of activations, for
# which the full range cost two points on UCI HAR.
PERCENTILES = (100.0, 99.99, 99.9, 99.5)


class RoundedNetwork(Network):
    """A network with the rounding of int8 in its forward pass.

    Life cycle: made of a trained network, which stays as it is; may be trained further like any other; quantized.
    Normalization is folded into its weights; dropout would only add noise to the last steps.

    Args:
        network: where the weights start.
        ranges: of the input, and of what each operator with weights puts out; nothing is rounded without them.
    """

    form: "_RoundedForm"

    def __init__(self, network: Network, ranges: Sequence[Range]) -> None:
        self.graph, self.seed = network.graph, network.seed
        self.form = _RoundedForm(network.form, network.graph, ranges)
        self.settings = network.settings
        self.layers = [Weights(tf.Variable(kernel), tf.Variable(bias), None) for kernel, bias in network.fold()]

    def __call__(self, x: Any, folded: Folded | None = None, *, softmax: bool = False) -> Any:
        logits = self.form.evaluate(x, folded or self.fold(), self.settings)
        return tf.nn.softmax(logits) if softmax and self.graph.ops[-1].kind == "SOFTMAX" else logits

    def activations(self, x: Any) -> Iterator[Any]:
        """Yield the input and the output of each operator that has weights, all rounded; the last are the logits."""
        return self.form.activations(x, self.fold())


class _RoundedForm:
    """A graph with ranges; no other network has this form."""

    shared: ClassVar[bool] = False

    def __init__(self, form: Trainable, graph: Graph, ranges: Sequence[Range]) -> None:
        self.input_shape, self.classes = form.input_shape, form.classes
        self._graph, self._ranges = graph, ranges

    def train(self, x: Any, weights: Sequence[Weights], settings: Settings, step: Any, seed: Any) -> Any:
        return self.evaluate(x, self.fold(weights), settings)

    def fold(self, weights: Sequence[Weights]) -> Folded:
        """Return kernels rounded; rounding them again changes nothing."""
        return [(_round_kernel(kernel), bias) for kernel, bias in (layer.fold() for layer in weights)]

    def evaluate(self, x: Any, folded: Folded, settings: Settings) -> Any:
        *_, logits = self.activations(x, folded)
        return logits

    def penalty(self, weights: Sequence[Weights], settings: Settings) -> Any:
        return tf.constant(0.0)

    def activations(self, x: Any, folded: Folded) -> Iterator[Any]:
        """Yield the input and the output of each operator that has weights, all rounded."""
        layers, ranges = iter(folded), iter(self._ranges)
        limits = next(ranges, None)
        yield (x := _round(x, limits))
        for op in self._graph.ops:
            if op.kind in LINEAR:
                kernel, bias = next(layers)
                limits = next(ranges, None)
                yield (x := _round(activate(tf.nn.bias_add(LINEAR[op.kind](x, kernel, op), bias), op), limits))
            elif op.kind != "SOFTMAX":
                x = FIXED[op.kind](x, op)
                # An average lies between the steps of its input, whose range it keeps.
                x = _round(x, limits) if op.kind == "AVERAGE_POOL_2D" else x


def rounded(network: Network, rows: Floats) -> RoundedNetwork:
    """Return the network with the ranges, of those that `PERCENTILES` give, that change its answers least.

    Args:
        network: a trained one.
        rows: scaled training rows [n, ...]; see `nas.model.deploy.convert.calibration_rows`.
    """
    x = tf.constant(rows.reshape(-1, *network.input_shape))
    observed = [np.asarray(one) for one in RoundedNetwork(network, ()).activations(x)]
    expected = tf.nn.softmax(network(x))

    def loss(one: RoundedNetwork) -> float:
        return float(tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(expected, one(x))))

    choices = zip(*map(_ranges, observed), strict=True)
    return min((RoundedNetwork(network, ranges) for ranges in choices), key=loss)


def _ranges(x: Floats) -> list[Range]:
    """Return the least and the greatest number that each of `PERCENTILES` leaves; int8 can always tell 0."""
    ends = np.percentile(x, [*(100 - percentile for percentile in PERCENTILES), *PERCENTILES]).tolist()
    lows, highs = ends[: len(PERCENTILES)], ends[len(PERCENTILES) :]
    return [(min(0.0, low), max(1e-6, high)) for low, high in zip(lows, highs, strict=True)]


def _round(x: Any, limits: Range | None) -> Any:
    return x if limits is None else tf.quantization.fake_quant_with_min_max_args(x, *limits)


def _round_kernel(kernel: Any) -> Any:
    """Round each output channel of a kernel to 255 steps of its own, symmetric around 0."""
    # A depthwise kernel has its channels on the last axis but one, and 1 on the last.
    channels = kernel[..., 0] if len(kernel.shape) == 4 and kernel.shape[-1] == 1 else kernel
    most = tf.stop_gradient(tf.reduce_max(tf.abs(channels), range(len(channels.shape) - 1)))
    most = tf.maximum(most, 1e-6)
    rounded = tf.quantization.fake_quant_with_min_max_vars_per_channel(channels, -most, most, narrow_range=True)
    return tf.reshape(rounded, kernel.shape)
