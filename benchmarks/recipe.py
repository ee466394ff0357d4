"""Measure what each switch of the recipe brings to networks of 2, 4 and 6 KB: each turned against the default.

    python benchmarks/recipe.py uci_har_windows.npz [--seeds 3] [--jobs 1] > benchmarks/recipe.md

A training is one line of `benchmarks/recipe.jsonl`; those that are there already are not done again, so the command
goes on where it was, and shows what it has when it is interrupted. Only training and validation groups are used.
"""

import argparse
import json
import math
import multiprocessing
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from nas.data.axes import axes
from nas.data.dataset import load
from nas.data.folds import folds
from nas.data.splits import Splits, split
from nas.graph import Graph
from nas.graph_builder import GraphBuilder
from nas.recipe import Recipe

LINES = Path(__file__).with_suffix(".jsonl")
FOLDS = 3

SHAPES = {
    "2 KB": ((12, 5), (12, 5), (12, 3)),
    "4 KB": ((16, 7), (16, 5), (24, 5)),
    "6 KB": ((16, 7), (24, 5), (24, 5)),
}
"""Filters and kernel of each convolution; a pooling of 2 stands behind each, and a global average at the end."""

SWITCHES: dict[str, dict[str, Any]] = {
    "default": {},
    "rotation = 0": {"rotation": 0.0},
    "rotation = 12": {"rotation": 12.0},
    "jitter = 0.1": {"jitter": 0.1},
    "scaling = 0.1": {"scaling": 0.1},
    "time_warp = 0.1": {"time_warp": 0.1},
    "shift = 0.5": {"shift": 0.5},
    "mixup = 0.2": {"mixup": 0.2},
    "label_smoothing = 0": {"label_smoothing": 0.0},
    "class_weights = true": {"class_weights": True},
    "averaging = 0.998": {"averaging": 0.998},
    "learning_rate = 0.008": {"learning_rate": 8e-3},
    "batch_size = 32": {"batch_size": 32},
    "final_epochs = 80": {"final_epochs": 80},
}
"""What each line of the table changes in the default recipe."""


@dataclass(frozen=True, slots=True)
class Training:
    """One line of the file: what was trained, and int8 and float accuracy on the fold that was held out."""

    size: str
    switch: str
    seed: int
    fold: int
    weights_bytes: int = 0
    int8: float = 0.0
    float32: float = 0.0
    seconds: float = 0.0

    @property
    def key(self) -> tuple[str, str, int, int]:
        return self.size, self.switch, self.seed, self.fold


def network(splits: Splits, size: str) -> Graph:
    g = GraphBuilder((1, *splits.input_shape))
    for filters, kernel in SHAPES[size]:
        g.conv2d(filters, kernel, batch_norm=True)
        g.pool2d("max")
    g.mean()
    g.fully_connected(len(splits.class_names), activation="NONE")
    g.softmax()
    return g.graph()


def measure(splits: Splits, training: Training) -> Training:
    """Train, quantize and score one network."""
    from nas.model import runtime
    from nas.model.evaluate import Int8Model, accuracy, float_labels
    from nas.model.network import Network
    from nas.model.quantize import calibration_rows, quantize
    from nas.model.training import train

    runtime.use_one_thread()
    start = time.monotonic()
    recipe = replace(Recipe(), **SWITCHES[training.switch])
    graph, part = network(splits, training.size), splits.train.join(splits.val)
    kept, held = map(part.take, folds(part, FOLDS, training.seed)[training.fold])
    seed = 1000 * training.seed + training.fold
    model = Network(graph, seed)
    # As a final does, but for the choice of the epoch, which held-out rows may not make here.
    train(model, kept, None, recipe, epochs=recipe.final_epochs, seed=seed, axes=axes(splits))
    tflite = quantize(model, calibration_rows(kept, seed=seed))
    return replace(
        training,
        weights_bytes=graph.weights_bytes,
        int8=accuracy(Int8Model(tflite).labels(held.x), held.y),
        float32=accuracy(float_labels(model, held.x), held.y),
        seconds=round(time.monotonic() - start, 2),
    )


def wanted(seeds: int) -> Iterator[Training]:
    """Yield all trainings, a whole table for each fold, so that an interrupted run has comparable ones."""
    for seed in range(seeds):
        for fold in range(FOLDS):
            for switch in SWITCHES:
                for size in SHAPES:
                    yield Training(size, switch, seed, fold)


def read() -> dict[tuple[str, str, int, int], Training]:
    lines = LINES.read_text().splitlines() if LINES.exists() else []
    known = [Training(**json.loads(line)) for line in lines]
    return {training.key: training for training in known if training.switch in SWITCHES}


def fill(splits: Splits, missing: Sequence[Training], jobs: int) -> None:
    """Do what is missing, and append a line for each training as it ends."""
    # TensorFlow's memory grows over trainings; a fork after it is loaded hangs.
    with multiprocessing.get_context("spawn").Pool(jobs, maxtasksperchild=20) as pool:
        for done in pool.imap(partial(measure, splits), missing):
            with LINES.open("a") as file:
                file.write(json.dumps(asdict(done)) + "\n")


def table(known: dict[tuple[str, str, int, int], Training]) -> Iterator[str]:
    """Yield the report: the default's accuracy, and the differences to it on the same folds with the same seeds."""
    yield "# What the recipe's switches bring\n"
    yield (
        "Made by `benchmarks/recipe.py`: UCI HAR windows, int8 accuracy in a cross-validation of 3 folds over the\n"
        f"21 subjects of training and validation, {Recipe().final_epochs} epochs. The default is accuracy in percent,\n"
        "each other line the difference to it in points on the same folds with the same seeds, +- its standard\n"
        "error.\n"
    )
    yield f"| | {' | '.join(SHAPES)} | trainings |\n|---|{'---|' * (len(SHAPES) + 1)}"
    for switch in SWITCHES:
        groups = {s: [t for t in known.values() if (t.size, t.switch) == (s, switch)] for s in SHAPES}
        if all(groups.values()):
            yield _line(switch, groups, known)
    best = [t for t in known.values() if t.switch == "default"]
    if best:
        sizes = ", ".join(f"{s}: {next(t.weights_bytes for t in best if t.size == s):,} B" for s in SHAPES)
        loss = 100 * fmean(t.float32 - t.int8 for t in best)
        yield f"\nWeights: {sizes}. With the default, int8 loses {loss:.2f} points against float on average.\n"


def _line(switch: str, groups: dict[str, list[Training]], known: dict[tuple[str, str, int, int], Training]) -> str:
    is_default, cells = switch == "default", []
    for group in groups.values():
        base = [0.0 if is_default else known[t.size, "default", t.seed, t.fold].int8 for t in group]
        points = [100 * (t.int8 - b) for t, b in zip(group, base, strict=True)]
        error = f" +- {stdev(points) / math.sqrt(len(points)):.2f}" if len(points) > 1 else ""
        cells.append(f"{fmean(points):{'' if is_default else '+'}.2f}{error}")
    return f"| {switch} | {' | '.join(cells)} | {sum(map(len, groups.values()))} |"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("data")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=1)
    arguments = parser.parse_args()
    splits, known = split(load(arguments.data), seed=0), read()
    try:
        fill(splits, [t for t in wanted(arguments.seeds) if t.key not in known], arguments.jobs)
    except KeyboardInterrupt:
        print("interrupted; the same command goes on", file=sys.stderr)
    print("\n".join(table(read())))


if __name__ == "__main__":
    main()
