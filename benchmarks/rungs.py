"""Measure how well a short training foretells a whole one: rungs of epochs, and rungs of data at the same cost.

    python benchmarks/rungs.py uci_har_windows.npz [--candidates 60] > benchmarks/rungs.md

Random candidates within the budget are trained to the end of the default recipe. One line of `benchmarks/rungs.jsonl`
a candidate; those that are there already are not trained again.
"""

import argparse
import json
import os
import platform
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from nas.data.axes import axes
from nas.data.dataset import Part
from nas.data.splits import Splits
from nas.dims import Dim, Value
from nas.graph import Graph
from nas.rungs import spearman

LINES = Path(__file__).with_suffix(".jsonl")
BUDGET_KB = 6.0
EPOCHS = (1, 2, 3, 4, 6, 8)
# One in so many rows, and epochs on them: what they cost together is that many epochs on all rows.
DATA = ((4, 4), (4, 8), (2, 4))
# A rung must let pass the best candidates; these are so many of all.
BEST = 10


class Chance:
    """A chooser by chance."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def choose(self, name: str, dim: Dim) -> Value:
        return self._random.choice(dim.values)


def candidate(sample: Callable[[Chance], Any], seed: int) -> Graph:
    """Return the first random candidate that fits."""
    chance = Chance(seed)
    while (found := sample(chance)).over:
        pass
    graph: Graph = found.graph
    return graph


def some(part: Part, one_in: int, seed: int) -> Part:
    """Return one in so many rows of each class and group."""
    rows = np.random.default_rng(seed).permutation(len(part))
    groups = np.zeros(len(part)) if part.groups is None else part.groups
    rows = rows[np.lexsort((groups[rows], part.y[rows]))]
    return part.take(np.sort(rows[::one_in]))


def measure(graph: Graph, splits: Splits, recipe: Any, seed: int) -> dict[str, Any]:
    from nas.model import runtime
    from nas.model.network import Network
    from nas.model.training import train

    def curve(part: Part, epochs: int) -> list[float]:
        done = train(Network(graph, seed), part, splits.val, recipe, epochs=epochs, seed=seed, axes=axes(splits))
        return list(done.history["val_accuracy"])

    line: dict[str, Any] = {"seed": seed, "whole": curve(splits.train, recipe.epochs)}
    for one_in, epochs in DATA:
        line[f"1/{one_in} x {epochs}"] = curve(some(splits.train, one_in, seed), epochs)
    runtime.clear()
    return line


def table(lines: Sequence[dict[str, Any]]) -> str:
    """Return the table of what was measured."""
    end = np.array([max(line["whole"]) for line in lines])
    rows = [(f"{e} epochs", float(e), [max(line["whole"][:e]) for line in lines]) for e in EPOCHS]
    for one_in, epochs in DATA:
        values = [max(line[f"1/{one_in} x {epochs}"]) for line in lines]
        rows.append((f"{epochs} epochs on 1/{one_in} of the rows", epochs / one_in, values))
    text = "| rung | cost, epochs | rank correlation with the end | best tenth that is in the best third | quarter |\n"
    text += "|---|---|---|---|---|\n"
    for name, cost, values in rows:
        shares = " | ".join(f"{100 * kept(np.array(values), end, part):.0f} %" for part in (3, 4))
        text += f"| {name} | {cost:g} | {spearman(np.array(values), end):.2f} | {shares} |\n"
    return text


def kept(at: Any, end: Any, factor: int) -> float:
    """Return how much of the best tenth at the end is in the best `1 / factor` on the rung."""
    best = set(np.argsort(-end)[: max(1, len(end) // BEST)].tolist())
    passed = set(np.argsort(-at)[: len(at) // factor].tolist())
    return len(best & passed) / len(best)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data")
    parser.add_argument("--candidates", type=int, default=60)
    options = parser.parse_args()
    from nas.api import read_splits
    from nas.model import runtime
    from nas.pipeline import examine
    from nas.space_file import load_space
    from nas.study import Study
    from nas.target import find_target

    runtime.use_one_thread()
    study = Study(space="cnn_timeseries", data=options.data, budget_kb=BUDGET_KB)
    splits, space, target = read_splits(study), load_space(study.space), find_target(study.target)

    def sample(chance: Chance) -> Any:
        architecture = space.sample(chance, splits.input_shape, len(splits.class_names))
        return examine(architecture, target, study.budget(target))

    lines = [json.loads(line) for line in LINES.read_text().splitlines()] if LINES.exists() else []
    for seed in range(len(lines), options.candidates):
        lines.append(measure(candidate(sample, seed), splits, study.recipe, seed))
        with LINES.open("a") as file:
            file.write(json.dumps(lines[-1]) + "\n")
    print("# How well a rung foretells the end\n")
    versions = ", ".join(f"{name} {version}" for name, version in sorted(runtime.versions().items()))
    print(
        f"`benchmarks/rungs.py`, {Path(options.data).name}, {len(lines)} random candidates of `cnn_timeseries` within"
    )
    print(f"{BUDGET_KB:g} KB, {study.recipe.epochs} epochs, best float validation accuracy so far against that of the")
    print(f"whole training. {platform.machine()}, {os.cpu_count()} cores; {versions}.\n")
    print(table(lines), end="")


if __name__ == "__main__":
    main()
