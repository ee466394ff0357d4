"""The footprint of a network on a target: estimated from a graph before training, or profiled from a `.tflite`.

Both go the same way through the target's runtime, so that they agree, and so that budgets, objectives and reports read
one type.
"""

import dataclasses
from collections.abc import Iterable
from pathlib import Path

from nas.errors import InputError
from nas.files import read_regular
from nas.graph.graph import Graph
from nas.target.footprint import Footprint, Totals
from nas.target.target import RUNTIMES, Runtime, Target, find_target

MOST_FILE_BYTES = 256 * 2**20  # far more than any microcontroller holds


def profile(model: str | Path | bytes, target: Target | str, place: object = "model") -> Footprint:
    """Return the footprint of a `.tflite` on a target.

    Args:
        model: the file's path, or its bytes.
        target: a target, its name, or the path of a TOML file that describes it.
        place: where bytes come from, in messages.

    Raises:
        InputError: the file cannot be read, has more than 256 MB or is no `.tflite`, or the target is unknown.
    """
    target = find_target(target) if isinstance(target, str) else target
    file = "" if isinstance(model, bytes) else str(model)
    data = model if isinstance(model, bytes) else read_regular(Path(model), MOST_FILE_BYTES)
    try:
        footprint = runtime_of(target).footprint(data, target)
    except ValueError as error:
        raise InputError(file or place, f"must be a valid .tflite file: {error}") from error
    return dataclasses.replace(footprint, file=file)


def estimate(graph: Graph, target: Target) -> Footprint:
    """Return the footprint that `profile` would read from the graph's `.tflite`."""
    return runtime_of(target).footprint(graph, target)


def estimate_many(graphs: Iterable[Graph], target: Target) -> list[Totals]:
    """Return the totals of many graphs, tens of thousands a second."""
    return runtime_of(target).totals(graphs, target)


def runtime_of(target: Target) -> Runtime:
    """Return the target's runtime; InputError if its name is unknown."""
    return RUNTIMES.find(target.runtime, f"runtime of target {target.name}")
