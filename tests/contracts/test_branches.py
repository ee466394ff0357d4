"""The waist of the program for graphs with branches: the estimate, the file, LiteRT, TFLM and plain C agree."""

import dataclasses
import os

import numpy as np
import pytest
from random_graphs import random_graph, random_weights

from nas.graph.graph import Graph
from nas.target.footprint import Footprint
from nas.target.profiler import estimate, profile
from nas.target.target import known_targets

# Conversion takes a third of a second a graph; NAS_CONTRACT_GRAPHS=1000 takes so many.
GRAPHS = int(os.environ.get("NAS_CONTRACT_GRAPHS", "40"))


@pytest.mark.parametrize("seed", range(GRAPHS))
def test_an_estimate_of_a_graph_with_branches_is_the_profile_of_its_file(seed: int) -> None:
    graph = random_graph(seed)
    tflite = converted(graph, seed)
    for target in known_targets().values():
        assert fields(estimate(graph, target)) == fields(profile(tflite, target))


def converted(graph: Graph, seed: int) -> bytes:
    from nas.model.deploy.convert import quantize
    from nas.model.deploy.fake_quantized import fake_quantize
    from nas.model.network.network import Network

    network = Network(graph)
    shapes = [weights.shape for weights in network.get_weights()]
    network.set_weights([weights.astype(np.float32) for weights in random_weights(shapes, seed)])
    rows = np.random.default_rng(seed).normal(size=(16, *network.input_shape))
    return quantize(fake_quantize(network, rows.astype(np.float32)))


def fields(footprint: Footprint) -> dict[str, object]:
    """Every field but that which says where the file lies."""
    return {**dataclasses.asdict(footprint), "file": None}
