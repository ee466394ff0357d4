"""The peers that benchmarks compare with search the same space."""

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nas.graph.graph import Graph
from nas.space.file import load_space

SHAPE, CLASSES = (128, 6), 6
ROWS = {"x_train": np.zeros((1, 1, *SHAPE), np.float32), "y_train": np.array([CLASSES - 1])}


class Chooser:
    """Chooses at random for a peer, and remembers what, under the names of our space."""

    def __init__(self, seed: int) -> None:
        self.params: dict[str, Any] = {}
        self._random = random.Random(seed)

    def integer(self, name: str, low: int, high: int, step: int = 1) -> int:
        return self.choice(name, list(range(low, high + 1, step)))

    def choice(self, name: str, values: list[Any]) -> Any:
        self.params[name] = self._random.choice(values)
        return self.params[name]


def keras_order(graph: Graph) -> list[tuple[int, ...]]:
    """The shapes of the graph's kernels, with axes in Keras's order."""
    shapes = []
    for op in graph.ops:
        if op.kind in ("CONV_2D", "FULLY_CONNECTED"):
            first, *rest = graph.tensors[op.inputs[1]].shape
            shapes.append((*rest, first))
        elif op.kind == "DEPTHWISE_CONV_2D":
            shapes.append((*graph.tensors[op.inputs[1]].shape[1:], 1))
    return shapes


@pytest.mark.parametrize("seed", range(12))
def test_a_keras_model_of_the_same_choices_has_the_same_layers(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(Path(__file__).resolve().parents[1] / "benchmarks" / "peers")
    from keras_network import build

    chooser = Chooser(seed)
    model = build(chooser.integer, chooser.choice, ROWS)
    graph = load_space("cnn_timeseries").from_params(chooser.params, SHAPE, CLASSES).lower()
    kernels = [tuple(weight.shape) for weight in model.trainable_weights if weight.name == "kernel"]
    assert kernels == keras_order(graph)
    # Normalizations hold four numbers a channel where the int8 model holds a bias of four bytes; a dense bias is one.
    assert model.count_params() == pytest.approx(graph.weights_bytes, rel=0.15)
