"""What auto-encoders behind front-ends find on SKAB's pump loop, beside those of raw windows.

    python benchmarks/detector_front_ends.py ../shared/data/skab_csv --folder FOLDER

trains random members of `autoencoder_features` of at most 4 KB of weights, as many for each front-end, on the normal
rows of the recordings that `anomalies.py` learns from, and judges their int8 models by its test recordings. Beside them
stand simple detectors of the same features, in 4 KB. Lines go to `benchmarks/detector_front_ends.jsonl`, from which
`detector_front_ends.md` is written; none is chosen by any of these figures.
"""

import argparse
import itertools
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
import anomalies

from nas.api.problems import load_problem
from nas.data.prepared import Prepared, prepare
from nas.data.simple_detectors import simple_detectors
from nas.model.chosen_rows import choose_rows
from nas.model.deploy.convert import quantize
from nas.model.deploy.tflite_model import TfliteModel
from nas.model.network.network import Network
from nas.model.training.quantization_aware import round_and_tune
from nas.model.training.training import TrainingRun, train
from nas.optimizer.problem import Problem
from nas.space.architecture import Architecture
from nas.space.dims import RandomChooser
from nas.study.recipe import Recipe
from nas.study.study import Study
from nas.study.tasks import HoldOut

HERE = Path(__file__).parent
LINES, PAGE = HERE / "detector_front_ends.jsonl", HERE / "detector_front_ends.md"
SPACE, MOST_BYTES = "autoencoder_features", 4096
METRICS = ("roc_auc", "partial_auc")


def members(problem: Problem, each: int) -> dict[str, list[Architecture]]:
    """Return random members that fit, as many for each front-end, by its name."""
    assert problem.space.front_end is not None
    rng, found = Random(0), {name: list[Architecture]() for name in problem.space.front_end.by_name}
    while any(len(own) < each for own in found.values()):
        chooser = RandomChooser(rng.randrange(10**9))
        member = problem.space.sample(chooser, problem.splits.input_shape, problem.outputs)
        own = found[member.front_end.to_json()["front_end"]]
        if len(own) < each and member.lower().weights_bytes <= MOST_BYTES:
            own.append(member)
    return found


def network(member: Architecture, data: Prepared, epochs: int) -> dict[str, float]:
    """Train a member as a search trains one, and return the metrics of its int8 model on the test rows."""
    recipe, task = Recipe(), member.task
    rows, made = choose_rows(HoldOut(), data, task), Network(member.lower(), 0)
    run = TrainingRun(epochs=epochs, seed=0, task=task)
    train(made, rows.train, rows.val, recipe, run)
    run = replace(run, epochs=recipe.finals.qat_epochs_after(epochs))
    rounded, _ = round_and_tune(made, rows.train, rows.val, recipe, run)
    answers = task.answers(*TfliteModel(quantize(rounded)).answered(data.test.x, task))
    return told(task.scores(task.tally(answers, data.test.y, member.outputs)))


def simple(member: Architecture, data: Prepared) -> dict[str, dict[str, float]]:
    """Return the metrics of the simple detectors of the same features, in `MOST_BYTES`, by name."""
    task, normal = member.task, choose_rows(HoldOut(), data, member.task).train.x
    found = {}
    for detector in simple_detectors(normal, MOST_BYTES):
        scores = np.stack([detector.scores(data.test.x)] * 2, axis=1)
        found[detector.name] = told(task.scores(task.tally(scores, data.test.y, member.outputs)))
    return found


def told(metrics: dict[str, float]) -> dict[str, float]:
    return {name: round(metrics[name], 4) for name in METRICS}


def measured(skab: Path, folder: Path, each: int, epochs: int) -> Iterator[dict[str, Any]]:
    """Yield the figures of a member after the other, of each front-end in turn."""
    folder.mkdir(parents=True, exist_ok=True)
    anomalies.write(skab, folder / "skab.npz")
    study = Study(space=SPACE, data=str(folder / "skab.npz"), task="anomaly", budget_kb=4, tracking_uri="none")
    problem = load_problem(study)
    for member in itertools.chain(*zip(*members(problem, each).values(), strict=True)):
        data = prepare(problem.splits, member.front_end)
        yield {
            "front_end": member.front_end.to_json()["front_end"],
            "values": int(np.prod(data.row_shape)),
            "weights_bytes": member.lower().weights_bytes,
            "epochs": epochs,
            "auto-encoder": network(member, data, epochs),
            **simple(member, data),
        }


def page(lines: list[dict[str, Any]]) -> str:
    """Return the page: for each front-end the median of its members, the least and the most."""
    parts = [
        "# Front-ends of detectors\n",
        "Written by `benchmarks/detector_front_ends.py`; the script says how. Recordings of SKAB's pump loop: a kind "
        "of fault that nothing was learned from or chosen by. Median of the members of each front-end, and the least "
        "and the most; the simple detectors have the same features in 4 KB.\n",
        "| front-end | members | values of a row | detector | ROC AUC | partial AUC |\n|---|---|---|---|---|---|",
    ]
    for name in dict.fromkeys(line["front_end"] for line in lines):
        own = [line for line in lines if line["front_end"] == name]
        sizes = [line["values"] for line in own]
        for detector in ("auto-encoder", "k-means", "gaussian"):
            cells = " | ".join(_spread([line[detector][metric] for line in own]) for metric in METRICS)
            parts.append(f"| {name} | {len(own)} | {min(sizes)} to {max(sizes)} | {detector} | {cells} |")
    return "\n".join(parts) + "\n"


def _spread(values: list[float]) -> str:
    return f"{np.median(values):.3f} ({min(values):.3f} to {max(values):.3f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("skab", type=Path, nargs="?", default=Path("../shared/data/skab_csv"))
    parser.add_argument("--folder", type=Path, default=Path("studies"))
    parser.add_argument("--each", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=60)
    asked = parser.parse_args()
    found = []
    for line in measured(asked.skab, asked.folder, asked.each, asked.epochs):
        found.append(line)
        LINES.write_text("".join(f"{json.dumps(one)}\n" for one in found))
        PAGE.write_text(page(found))


if __name__ == "__main__":
    main()
