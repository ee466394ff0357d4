"""Time a step of training by our layers and by TensorFlow's own operators, in turns of one run, on one core.

    python benchmarks/layers.py uci_har_windows.npz > benchmarks/layers.md

TensorFlow's own are taken as they are fastest: maps with channels last, fused batch normalization, oneDNN's kernels.
The networks are winners and known good members of `cnn_timeseries` and `cnn_image`; the images are random.
"""

import itertools
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from nas.data.dataset import Part
from nas.data.prepared import prepare
from nas.data.source import load
from nas.data.splits import split
from nas.graph.graph import Graph
from nas.model import runtime
from nas.model.network.network import Network
from nas.model.network.operators import FIXED, LINEAR, activate
from nas.model.network.topology import Trainable
from nas.model.network.variables import Weights
from nas.model.runtime import tf
from nas.model.training.epoch import Trainer
from nas.space.architecture import Architecture
from nas.space.blocks.block import Block
from nas.space.blocks.conv import Conv
from nas.space.blocks.dense import Dense
from nas.space.blocks.head import Head
from nas.study.learning_rate import one_cycle
from nas.task.classification import Classification

BATCH = 64
STEPS, TURNS = 80, 9

NETWORKS: dict[str, tuple[Block, ...]] = {
    "conv 16x7, 16x5, 24x5, pooling 2 each": (
        Conv(filters=16, kernel=7),
        Conv(filters=16, kernel=5),
        Conv(filters=24, kernel=5),
        Head(),
    ),
    "separable 24x7, 12x3, 24x9 (the winner at 2 KB)": (
        Conv(kind="separable", filters=24, kernel=7, pools=0),
        Conv(kind="separable", filters=12, kernel=3, pools=2),
        Conv(kind="separable", filters=24, kernel=9, pools=3, pool="average"),
        Head(),
    ),
    "conv 24x5 by 2, separable 32x3, 28x9 (at 4 KB)": (
        Conv(filters=24, kernel=5, stride=2, pools=0),
        Conv(kind="separable", filters=32, kernel=3),
        Conv(kind="separable", filters=28, kernel=9, pool="average"),
        Head(),
    ),
    "conv 28x9 by 2, separable 28x7, 32x9, dense 24, 16 (at 6 KB)": (
        Conv(filters=28, kernel=9, stride=2, pools=3),
        Conv(kind="separable", filters=28, kernel=7, pools=2, pool="average"),
        Conv(kind="separable", filters=32, kernel=9, pools=3),
        Head(kind="flatten"),
        Dense(units=24),
        Dense(units=16),
    ),
}
IMAGE: tuple[Block, ...] = (Conv(filters=8), Conv(kind="separable", filters=16), Conv(filters=16), Head())


class Usual(Network):
    """A network that trains as TensorFlow's own operators let it, in a graph that knows all shapes."""

    def __init__(self, graph: Graph) -> None:
        super().__init__(graph)
        self.layers = tf.nest.map_structure(lambda v: None if v is None else tf.Variable(v.numpy()), self.layers)
        self.topology = UsualTopology(self.topology, graph)


class UsualTopology:
    """What the graph of a training knows of such a network."""

    shared = False

    def __init__(self, topology: Trainable, graph: Graph) -> None:
        self.input_shape, self.outputs, self._graph = topology.input_shape, topology.outputs, graph
        self.fold, self.evaluate, self.penalty = topology.fold, topology.evaluate, topology.penalty

    def train(self, x: Any, weights: Sequence[Weights], *_: Any) -> Any:
        layers, statistics = iter(weights), []
        for op in self._graph.ops:
            if op.kind in LINEAR:
                layer = next(layers)
                x = LINEAR[op.kind](x, layer.kernel, op)
                if layer.norm is None:
                    x = tf.nn.bias_add(x, layer.bias)
                else:
                    x, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
                        x=x, scale=layer.norm.scale, offset=layer.bias, mean=[], variance=[], epsilon=1e-3
                    )
                    statistics += mean, variance
                x = activate(x, op)
            elif op.kind != "SOFTMAX":
                x = FIXED[op.kind](x, op)
        return x, statistics


def steps(network: Network, part: Part) -> Callable[[], float]:
    """Return a call that takes some steps and returns the milliseconds of one."""
    trainer = Trainer(network, batch_size=BATCH)
    examples = trainer.examples(part.x, Classification().targets(part.x, part.y, network.outputs))
    order = np.random.default_rng(0).integers(0, len(part), (STEPS, BATCH)).astype(np.int32)
    rates = one_cycle(STEPS, 1e-3)

    def call() -> float:
        start = time.process_time()
        trainer.train(examples, order, rates, 0)
        return 1e3 * (time.process_time() - start) / STEPS

    call()
    return call


def row(name: str, blocks: tuple[Block, ...], part: Part, classes: int) -> str:
    graph = Architecture("benchmark", part.x.shape[1:], classes, blocks).lower()
    usual, ours = (steps(kind(graph), part) for kind in (Usual, Network))
    turns = [(usual(), ours()) for _ in range(TURNS)]
    theirs, own = (statistics.median(times) for times in zip(*turns, strict=True))
    ratio = statistics.median(a / b for a, b in turns)
    return f"| {name} | {theirs:.2f} | {own:.2f} | {ratio:.1f} |"


def table(source: str) -> Iterator[str]:
    part = prepare(split(load(source), 0)).train
    yield "# A step of training\n"
    yield f"Made by `benchmarks/layers.py`: CPU milliseconds of a step of {BATCH} rows on one core, forward, backward"
    yield f"and Adam, median of {TURNS} turns; the ratio is the median of the turns' ratios. Windows of"
    yield f"{part.x.shape[1:]}, images of (28, 28, 1).\n"
    yield "| network | TensorFlow's operators | our layers | ratio |\n|---|---|---|---|"
    for name, blocks in NETWORKS.items():
        yield row(name, blocks, part, 6)
    rng = np.random.default_rng(0)
    images = Part(rng.normal(size=(2000, 28, 28, 1)).astype(np.float32), rng.integers(0, 10, 2000))
    yield row("image: conv 8x3, separable 16x3, conv 16x3, pooling 2 each", IMAGE, images, 10)
    versions = ", ".join(f"{name} {version}" for name, version in sorted(runtime.versions().items()))
    yield f"\n{_processor()}, {versions}."


def _processor() -> str:
    """Return what Linux calls the processor, or the machine's kind."""
    try:
        with open("/proc/cpuinfo") as lines:  # noqa: PTH123 - no file of ours
            names = itertools.dropwhile(lambda line: not line.startswith("model name"), lines)
            return next(names).partition(":")[2].strip()
    except (OSError, StopIteration):
        return platform.machine()


def main() -> None:
    runtime.use_one_thread()
    runtime.leave_graphs_as_written()
    for line in table(sys.argv[1]):
        print(line, flush=True)


if __name__ == "__main__":
    main()
