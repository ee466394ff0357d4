"""The waist of the program: what is estimated before training is what the `.tflite` holds."""

import dataclasses
import os

import pytest
from random_graphs import converted
from space_walk import machines, row_of

from nas.graph.graph import Graph
from nas.space.dims import RandomChooser
from nas.space.file import load_space, space_names
from nas.space.space import Space
from nas.target.profiler import estimate, profile
from nas.task.classification import Classification
from nas.task.multi_label import MultiLabel

HEADS = (Classification(), Classification(softmax=False), MultiLabel())
SHAPES = {"window": (128, 6), "image": (28, 28, 1), "table": (30,)}

# Conversion takes a third of a second a member; NAS_CONTRACT_MEMBERS=500 takes so many of each space.
MEMBERS = int(os.environ.get("NAS_CONTRACT_MEMBERS", "4"))


@pytest.mark.parametrize("name", space_names())
@pytest.mark.parametrize("seed", range(MEMBERS))
def test_an_estimate_is_the_profile_of_the_file(name: str, seed: int) -> None:
    graph = member(load_space(name), seed)
    tflite = converted(graph, seed)
    for target in machines():
        estimated, profiled = estimate(graph, target), profile(tflite, target)
        assert estimated == dataclasses.replace(profiled, file=None)


def member(space: Space, seed: int) -> Graph:
    space = dataclasses.replace(space, task=HEADS[seed % len(HEADS)])
    return space.sample(RandomChooser(seed), row_of(space, SHAPES), 6).lower()
