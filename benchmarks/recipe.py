"""Measure what each switch of the recipe brings to networks of 2, 4 and 6 KB: each turned against a base.

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
from functools import cache, partial
from pathlib import Path
from statistics import fmean, stdev
from typing import Any, TypeAlias

import numpy as np

from nas.arrays import Floats, Ints
from nas.data.axes import find_axes
from nas.data.folds import folds
from nas.data.prepared import Prepared, prepare
from nas.data.source import load
from nas.data.splits import split
from nas.graph.builder import GraphBuilder
from nas.graph.graph import Graph
from nas.signal.kind import as_input
from nas.study.recipe import Recipe
from nas.task.classification import Classification

Key: TypeAlias = tuple[str, str, int]

LINES = Path(__file__).with_suffix(".jsonl")
FOLDS = 3

SHAPES = {
    "2 KB": ((12, 5), (12, 5), (12, 3)),
    "4 KB": ((16, 7), (16, 5), (20, 5)),
    "6 KB": ((16, 7), (24, 5), (24, 5)),
}
"""Filters and kernel of each convolution; a pooling of 2 stands behind each, and a global average at the end."""

BASE = Recipe.of(qat_epochs=0)
"""What the switches are turned against: the default, but for quantization-aware training, which is one of them."""

SWITCHES: dict[str, dict[str, Any]] = {
    "base": {},
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
    "distillation = 0.5": {"distillation": 0.5},
    "qat_epochs = 10": {"qat_epochs": 10},
    "learning_rate = 0.008": {"learning_rate": 8e-3},
    "batch_size = 32": {"batch_size": 32},
    "final_epochs = 40": {"final_epochs": 40},
    "final_epochs = 40, rotation = 0": {"final_epochs": 40, "rotation": 0.0},
    "final_epochs = 160": {"final_epochs": 160},
    "final_epochs = 160, qat_epochs = 10": {"final_epochs": 160, "qat_epochs": 10},
    "final_epochs = 320, qat_epochs = 10": {"final_epochs": 320, "qat_epochs": 10},
    "batch_size = 32, qat_epochs = 10": {"batch_size": 32, "qat_epochs": 10},
}
"""What each line of the table changes in the base."""


@dataclass(frozen=True, slots=True)
class Training:
    """One line of the file: what was trained, and int8 and float accuracy on the fold that was held out.

    Seeds 0, 1 and 2 hold out one fold each of the same three; so do 3, 4 and 5 of another division, and so on.
    """

    size: str
    switch: str
    seed: int
    weights_bytes: int = 0
    int8: float = 0.0
    float32: float = 0.0
    teacher: float | None = None
    seconds: float = 0.0

    @property
    def key(self) -> Key:
        return self.size, self.switch, self.seed


def network(rows: Prepared, size: str) -> Graph:
    g = GraphBuilder(as_input(rows.row_shape))
    for filters, kernel in SHAPES[size]:
        g.conv2d(filters, kernel, batch_norm=True)
        g.pool2d("max")
    g.mean()
    g.fully_connected(len(rows.class_names), activation="NONE")
    g.softmax()
    return g.graph()


@cache
def data(source: str) -> Prepared:
    """Read the data, once a process."""
    return prepare(split(load(source), seed=0))


def measure(source: str, training: Training) -> Training:
    """Train, quantize and score one network."""
    from nas.model import runtime
    from nas.model.deploy.convert import calibration_rows, quantize
    from nas.model.deploy.fake_quantized import fake_quantize
    from nas.model.deploy.tflite_model import TfliteModel, float_outputs
    from nas.model.network.network import Network
    from nas.model.training.training import TrainingRun, train

    runtime.use_one_thread()
    runtime.leave_graphs_as_written()
    start, rows = time.monotonic(), data(source)
    recipe = BASE.replace(**SWITCHES[training.switch])
    graph, part = network(rows, training.size), rows.train.join(rows.val)
    seed = training.seed
    kept, held = map(part.take, folds(part, FOLDS, seed // FOLDS)[seed % FOLDS])
    model = Network(graph, seed)
    taught, teacher = lesson(source, recipe, seed) if recipe.finals.distillation else (None, None)
    # As a final does, but for the choice of the epoch, which held-out rows may not make here.
    run = TrainingRun(recipe.finals.final_epochs, seed, find_axes(rows), taught)
    train(model, kept, None, recipe, run)
    deployed = fake_quantize(model, calibration_rows(kept, kept.y, seed=seed))
    if recipe.finals.qat_epochs:
        gentle = recipe.replace(learning_rate=recipe.training.learning_rate / 8)
        train(deployed, kept, None, gentle, replace(run, epochs=recipe.finals.qat_epochs))
    tflite = quantize(deployed)
    return replace(
        training,
        weights_bytes=graph.weights_bytes,
        int8=accuracy(TfliteModel(tflite).predict(held.x), held.y),
        float32=accuracy(float_outputs(model, held.x), held.y),
        teacher=teacher,
        seconds=round(time.monotonic() - start, 2),
    )


def accuracy(outputs: Floats, y: Ints) -> float:
    """Return the share of rows whose greatest output is that of their class."""
    return float(np.mean(outputs.argmax(axis=1) == y))


@cache
def lesson(source: str, recipe: Recipe, seed: int) -> tuple[Floats, float]:
    """Return what a teacher says of the rows that it was trained on, and its accuracy on those held out."""
    from nas.model.deploy.tflite_model import float_outputs
    from nas.model.network.network import Network
    from nas.model.training.teacher import teacher_graph
    from nas.model.training.training import TrainingRun, train

    rows = data(source)
    part = rows.train.join(rows.val)
    kept, held = map(part.take, folds(part, FOLDS, seed // FOLDS)[seed % FOLDS])
    network = Network(teacher_graph(as_input(rows.row_shape), len(rows.class_names), Classification()), seed)
    train(network, kept, None, recipe, TrainingRun(recipe.finals.final_epochs, seed, find_axes(rows)))
    reached = accuracy(float_outputs(network, held.x), held.y)
    return Classification().soften(float_outputs(network, kept.x), recipe.finals.temperature), reached


def wanted(seeds: int) -> Iterator[Training]:
    """Yield all trainings, a whole table for each seed, so that an interrupted run has comparable ones."""
    for seed in range(seeds):
        for switch in SWITCHES:
            for size in SHAPES:
                yield Training(size, switch, seed)


def read() -> dict[Key, Training]:
    lines = LINES.read_text().splitlines() if LINES.exists() else []
    known = [Training(**json.loads(line)) for line in lines]
    return {training.key: training for training in known if training.switch in SWITCHES}


def fill(source: str, missing: Sequence[Training], jobs: int) -> None:
    """Do what is missing, and append a line for each training as it ends."""
    # TensorFlow's memory grows over trainings; a fork after it is loaded hangs.
    with multiprocessing.get_context("spawn").Pool(jobs, maxtasksperchild=20) as pool:
        for done in pool.imap(partial(measure, source), missing):
            with LINES.open("a") as file:
                file.write(json.dumps(asdict(done)) + "\n")


def table(known: dict[Key, Training]) -> Iterator[str]:
    """Yield the report: the base's accuracy, and the differences to it on the same folds with the same seeds."""
    yield "# What the recipe's switches bring\n"
    yield (
        "Made by `benchmarks/recipe.py`: UCI HAR windows, int8 accuracy in a cross-validation of 3 folds over the\n"
        f"21 subjects of training and validation, {BASE.finals.final_epochs} epochs. The base is accuracy in percent,\n"
        "each other line the difference to it in points on the same folds with the same seeds, +- its standard\n"
        "error.\n"
    )
    yield f"| | {' | '.join(SHAPES)} | trainings |\n|---|{'---|' * (len(SHAPES) + 1)}"
    for switch in SWITCHES:
        groups = {s: [t for t in known.values() if (t.size, t.switch) == (s, switch)] for s in SHAPES}
        if all(groups.values()):
            yield _line(switch, groups, known)
    best = [t for t in known.values() if t.switch == "base"]
    if best:
        sizes = ", ".join(f"{s}: {next(t.weights_bytes for t in best if t.size == s):,} B" for s in SHAPES)
        gain = 100 * fmean(t.int8 - t.float32 for t in best)
        teachers = [t.teacher for t in known.values() if t.teacher is not None]
        if teachers:
            yield f"\nThe teacher of distillation, 25,000 parameters in float, reaches {100 * fmean(teachers):.2f}."
        yield f"\nWeights: {sizes}. With the base, int8 is {gain:+.2f} points off float in the mean.\n"


def _line(switch: str, groups: dict[str, list[Training]], known: dict[Key, Training]) -> str:
    is_base, cells = switch == "base", []
    for group in groups.values():
        base = [0.0 if is_base else known[t.size, "base", t.seed].int8 for t in group]
        points = [100 * (t.int8 - b) for t, b in zip(group, base, strict=True)]
        error = f" +- {stdev(points) / math.sqrt(len(points)):.2f}" if len(points) > 1 else ""
        cells.append(f"{fmean(points):{'' if is_base else '+'}.2f}{error}")
    return f"| {switch} | {' | '.join(cells)} | {sum(map(len, groups.values()))} |"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("data")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=1)
    arguments = parser.parse_args()
    known = read()
    try:
        fill(arguments.data, [t for t in wanted(arguments.seeds) if t.key not in known], arguments.jobs)
    except KeyboardInterrupt:
        print("interrupted; the same command goes on", file=sys.stderr)
    print("\n".join(table(read())))


if __name__ == "__main__":
    main()
