"""Random graphs with branches: blocks, long shortcuts, parallel branches and gates in any order."""

import random
from collections.abc import Callable

import numpy as np

from nas.graph.builder import GraphBuilder
from nas.graph.graph import Graph
from nas.space.blocks.conv import Conv
from nas.space.blocks.downsample import Downsample
from nas.space.blocks.inception import Inception
from nas.space.blocks.inverted_residual import InvertedResidual
from nas.space.blocks.residual import Residual
from nas.space.blocks.squeeze_excite import squeeze_excite
from nas.space.blocks.temporal import Temporal

ACTIVATIONS = ("NONE", "RELU", "RELU6", "HARD_SWISH")


def random_graph(seed: int) -> Graph:
    """Return a graph of three to six random steps, for windows or for images.

    Filters and maps have so many numbers that hardly ever two constants are equal, which the file would store once.
    """
    rng = random.Random(seed)
    window, image = (1, rng.randint(90, 120), rng.randint(3, 5)), (rng.randint(12, 16), rng.randint(12, 16), 3)
    g = GraphBuilder(rng.choice((window, image)))
    Downsample(halvings=rng.choice((0, 0, 1))).lower(g)
    seen = [g.tensor]
    for _ in range(rng.randint(3, 6)):
        rng.choice(STEPS)(g, rng, seen)
        seen.append(g.tensor)
    if rng.random() < 0.5:
        rng.choice((g.mean, g.last))()
    g.flatten()
    g.fully_connected(rng.randint(2, 5), activation="NONE")
    if rng.random() < 0.5:
        g.softmax()
    return g.graph()


def stride(g: GraphBuilder, rng: random.Random) -> int:
    """Return 1 or 2, as the size of the map allows."""
    return rng.choice((1, 1, 2)) if g.shape[1] > 10 else 1


def converted(graph: Graph, seed: int) -> bytes:
    """Quantize the graph's network with random weights, of both signs, and with positive biases and variances.

    So no layer is dead, nothing folds away, and kernels of more than a few numbers differ.
    """
    from nas.model.deploy.convert import quantize
    from nas.model.deploy.fake_quantized import fake_quantize
    from nas.model.network.network import Network

    rng, network = np.random.default_rng(seed), Network(graph)
    signs = [rng.choice((-1, 1), array.shape) if array.ndim > 1 else 1 for array in network.get_weights()]
    sizes = [rng.uniform(0.05, 0.5, array.shape) for array in network.get_weights()]
    network.set_weights([(sign * size).astype(np.float32) for sign, size in zip(signs, sizes, strict=True)])
    rows = rng.normal(size=(16, *network.input_shape))
    return quantize(fake_quantize(network, rows.astype(np.float32)))


def _conv(g: GraphBuilder, rng: random.Random, seen: list[int]) -> None:
    Conv(
        kind=rng.choice(("plain", "separable")),
        filters=rng.randint(6, 12),
        kernel=rng.choice((3, 5)),
        depth_multiplier=rng.choice((1, 1, 2, 3)),
        stride=stride(g, rng),
        padding=rng.choice(("same", "valid", "causal")),
        pools=stride(g, rng) - 1,
        pool=rng.choice(("max", "average")),
    ).lower(g)


def _residual(g: GraphBuilder, rng: random.Random, seen: list[int]) -> None:
    Residual(
        kind=rng.choice(("plain", "separable", "bottleneck")),
        convolutions=rng.randint(1, 3),
        filters=rng.choice((g.shape[-1], rng.randint(6, 12))),
        kernel=rng.choice((3, 5)),
        stride=stride(g, rng),
        squeeze=rng.choice((0, 0, 2)),
    ).lower(g)


def _inverted(g: GraphBuilder, rng: random.Random, seen: list[int]) -> None:
    InvertedResidual(
        filters=rng.choice((g.shape[-1], rng.randint(6, 12))),
        expansion=rng.randint(1, 3),
        kernel=rng.choice((3, 5)),
        stride=stride(g, rng),
        activation=rng.choice(("relu", "relu6", "hard_swish")),
        squeeze=rng.choice((0, 0, 2)),
    ).lower(g)


def _temporal(g: GraphBuilder, rng: random.Random, seen: list[int]) -> None:
    Temporal(
        convolutions=rng.randint(1, 2),
        filters=rng.choice((g.shape[-1], rng.randint(6, 12))),
        kernel=rng.choice((3, 5)),
        dilation=rng.randint(1, 4),
        padding=rng.choice(("same", "valid", "causal")),
        shortcut=rng.choice(("sum", "none")),
        pools=stride(g, rng) - 1,
    ).lower(g)


def _inception(g: GraphBuilder, rng: random.Random, seen: list[int]) -> None:
    Inception(
        paths=rng.randint(1, 3),
        filters=rng.randint(3, 6),
        kernel=rng.choice((3, 5, 9)),
        bottleneck=rng.choice((0, rng.randint(3, 6))),
        pointwise=rng.choice((True, False)),
        pools=stride(g, rng) - 1,
    ).lower(g)


def _recurrent(g: GraphBuilder, rng: random.Random, seen: list[int]) -> None:
    g.lstm(rng.randint(4, 8))


def _gate(g: GraphBuilder, rng: random.Random, seen: list[int]) -> None:
    squeeze_excite(g, rng.randint(1, 2))


def _parallel(g: GraphBuilder, rng: random.Random, seen: list[int]) -> None:
    """Two or three convolutions of one tensor, one behind the other in channels."""
    start, step, ends = g.tensor, stride(g, rng), []
    for _ in range(rng.randint(2, 3)):
        g.continue_from(start)
        g.conv2d(rng.randint(3, 6), rng.choice((1, 3, 5)), stride=step, activation=rng.choice(ACTIVATIONS))
        ends.append(g.tensor)
    g.concatenate(*ends[:-1])


def _shortcut(g: GraphBuilder, rng: random.Random, seen: list[int]) -> None:
    """The sum or the product with a tensor from anywhere before, by way of a 1x1 convolution where it does not fit."""
    now = g.tensor
    g.conv2d(rng.randint(6, 12), 1, activation=rng.choice(ACTIVATIONS))
    shape, end = g.shape, g.tensor
    g.continue_from(rng.choice(seen))
    if g.shape != shape and g.shape[:2] == shape[:2]:
        g.conv2d(shape[-1], 1, activation=rng.choice(ACTIVATIONS))
    if g.shape != shape:
        g.continue_from(now)
        g.conv2d(shape[-1], 3, activation=rng.choice(ACTIVATIONS))
    join = rng.choice((g.add, g.multiply))
    join(end, activation=rng.choice(ACTIVATIONS))


STEPS: tuple[Callable[[GraphBuilder, random.Random, list[int]], None], ...] = (
    _conv, _residual, _residual, _inverted, _inverted, _temporal, _temporal, _inception, _gate, _parallel,
    _shortcut, _recurrent,
)  # fmt: skip
