"""The waist of the program for graphs with branches: the estimate, the file, TFLM and plain C agree."""

import dataclasses
import os

import numpy as np
import pytest
from graph_files import file_of
from plain_c_batch import tflm_answers
from random_graphs import converted, random_graph
from space_walk import machines

from nas.model.host.tflm import RECORDING, Tflm
from nas.target.plain_c.batch import batch_of
from nas.target.plain_c.model import read_network
from nas.target.profiler import estimate, profile
from nas.target.target import find_target

# Converting a graph takes a second or two; NAS_CONTRACT_GRAPHS=1000 takes so many.
GRAPHS = int(os.environ.get("NAS_CONTRACT_GRAPHS", "6"))


# In 732, two kernels have one weight for each channel, and happen to be equal; in 783, two biases are cut alike. In 71
# and 210, only the depth multiplier tells the options of two depthwise convolutions apart.
@pytest.mark.parametrize("seed", [*range(GRAPHS), 71, 210, 732, 783])
def test_an_estimate_of_a_graph_with_branches_is_the_profile_of_its_file(seed: int) -> None:
    graph = random_graph(seed)
    tflite = converted(graph, seed)
    for target in machines():
        assert estimate(graph, target) == dataclasses.replace(profile(tflite, target), file=None)


def test_the_arena_of_a_graph_with_branches_is_that_of_tflm() -> None:
    pytest.importorskip("tflite_micro.python.tflite_micro.runtime")
    target = dataclasses.replace(find_target("host"), tflm=RECORDING)
    for seed in range(100):
        graph = random_graph(seed)
        estimated = estimate(graph, target)
        used = Tflm(file_of(graph, np.random.default_rng(seed)), 2 * estimated.ram_bytes).arena_bytes
        assert used == estimated.detail.used, seed


@pytest.mark.parametrize("odd", [False, True])
def test_plain_c_answers_graphs_with_branches_as_tflm_does(odd: bool) -> None:
    pytest.importorskip("tflite_micro.python.tflite_micro.runtime")
    for seed in range(30):
        rng = np.random.default_rng(seed)
        tflite = file_of(random_graph(seed), rng, odd)
        batch, network = batch_of(tflite), read_network(tflite, "model")
        if batch is None:  # batches of rows know no concatenation, and plain C not every odd activation
            assert odd or any(op.kind == "CONCATENATION" for op in network.operators)
            continue
        rows = rng.integers(-128, 128, (4, network.inputs[0].size)).astype(np.int8)
        np.testing.assert_array_equal(batch.run(rows), tflm_answers(tflite, network, rows), str(seed))
