"""What int8 costs detectors of anomalies, and how that depends on ranges and on quantization-aware epochs.

    python benchmarks/detector_ranges.py ../shared/data/skab_csv --folder ranges

trains auto-encoders of both spaces on normal rows alone, quantizes each of them in several ways, and adds the areas
under the ROC on the test rows to `benchmarks/detector_ranges.jsonl`, from which it writes `detector_ranges.md`. SKAB's
recordings are divided as in `anomalies.py`, as windows and as single rows; the simulated pumps are those of
`--data pump` and `pump_table`. Rows with anomalies judge only: no range is taken from them.
"""

import argparse
import itertools
import json
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
import anomalies

from nas.api.problems import load_problem
from nas.data.prepared import Prepared, prepare
from nas.model.chosen_rows import choose_rows
from nas.model.deploy.convert import calibration_rows, quantize
from nas.model.deploy.fake_quantized import fake_quantize
from nas.model.deploy.tflite_model import TfliteModel, float_outputs
from nas.model.network.network import Network
from nas.model.training.quantization_aware import COVERED, LEARNING_RATE, input_range
from nas.model.training.training import TrainingRun, train
from nas.space.architecture import Architecture
from nas.space.dims import RandomChooser
from nas.study.recipe import Recipe
from nas.study.study import Study
from nas.study.tasks import HoldOut
from nas.task.anomaly import Anomaly

HERE = Path(__file__).parent
LINES, PAGE = HERE / "detector_ranges.jsonl", HERE / "detector_ranges.md"
SETS = {
    "SKAB, windows": "autoencoder_timeseries",
    "SKAB, rows": "autoencoder_table",
    "pump": "autoencoder_timeseries",
    "pump_table": "autoencoder_table",
}
MOST_BYTES = 4096
CLIPPED, ROUNDED, HIDDEN, TUNED = "float, inputs clipped", "int8", "int8, hidden ranges twice as wide", "int8 after QAT"
FOLLOWED = "int8 after QAT on the float network's outputs"
TWICE, RULE = "twice", "two to four times, as rounding allows"


@dataclass(frozen=True)
class Bench:
    """A data set, with members of the space for its rows."""

    name: str
    data: Prepared
    task: Anomaly
    members: list[Architecture]


def read(name: str, skab: Path, folder: Path, count: int) -> Bench:
    """Return a data set of `SETS` with `count` random members of the space for its rows."""
    folder.mkdir(parents=True, exist_ok=True)
    windows, rows = folder / "skab.npz", folder / "skab_rows.npz"
    anomalies.write(skab, windows)
    arrays = {key: value for key, value in np.load(windows).items() if key != "sample_rate_hz"}
    last = {f"x_{part}": arrays[f"x_{part}"][:, -1] for part in anomalies.KINDS}
    np.savez_compressed(rows, **{**arrays, **last})
    data = {"SKAB, windows": str(windows), "SKAB, rows": str(rows)}.get(name, name)
    problem = load_problem(Study(space=SETS[name], data=data, task="anomaly", budget_kb=4, tracking_uri="none"))
    prepared = prepare(problem.splits)
    assert isinstance(problem.space.task, Anomaly)
    return Bench(name, prepared, problem.space.task, members(problem.space, prepared.row_shape, count))


def members(space: Any, row_shape: tuple[int, ...], count: int) -> list[Architecture]:
    """Return random members with at most 4 KB of weights."""
    rng, found = Random(0), list[Architecture]()
    while len(found) < count:
        member = space.sample(RandomChooser(rng.randrange(10**9)), row_shape, int(np.prod(row_shape)))
        found += [member] if member.lower().weights_bytes <= MOST_BYTES else []
    return found


def twice(x: Any) -> tuple[float, float]:
    """Return twice the range of almost all values."""
    low, high = np.quantile(x, [1 - COVERED, COVERED]).tolist()
    return low - (high - low) / 2, high + (high - low) / 2


def areas(bench: Bench, member: Architecture, seed: int, epochs: int) -> dict[str, float]:
    """Train a member; return the area under the ROC of the float network, and of those that are made of it."""
    task, test, recipe = bench.task, bench.data.test, Recipe()
    rows = choose_rows(HoldOut(), bench.data, task)
    network = Network(member.lower(), seed)
    run = TrainingRun(epochs=epochs, seed=seed, task=task)
    train(network, rows.train, rows.val, recipe, run)
    x = calibration_rows(rows.train, task.strata(rows.train.y), count=4096, seed=seed)
    run = replace(run, epochs=recipe.finals.qat_epochs_after(epochs))
    gentle = recipe.replace(learning_rate=recipe.training.learning_rate * LEARNING_RATE)
    following = replace(run, soft_labels=float_outputs(network, rows.train.x))

    def area(outputs: Any, read: Any) -> float:
        return task.scores(task.tally(task.answers(outputs, read), test.y, member.outputs))["roc_auc"]

    def of_int8(ends: tuple[float, float], margin: float = task.range_margin, tune: TrainingRun | None = None) -> float:
        rounded = fake_quantize(network, x, task.loss, ends, None, margin, True)
        if tune is not None:
            distilled = gentle.replace(distillation=float(tune.soft_labels is not None))
            train(rounded, rows.train, rows.val, distilled, tune)
        return area(*TfliteModel(quantize(rounded)).answered(test.x, task))

    found = {"float": area(float_outputs(network, test.x), test.x)}
    for name, ends in ((TWICE, twice(x)), (RULE, input_range(network, x))):
        clipped = np.clip(test.x, *ends).astype(np.float32)
        found[f"{CLIPPED}; {name}"] = area(float_outputs(network, clipped), clipped)
        found[f"{ROUNDED}; {name}"] = of_int8(ends)
        found[f"{HIDDEN}; {name}"] = of_int8(ends, 1.0)
        found[f"{TUNED}; {name}"] = of_int8(ends, tune=run)
        found[f"{FOLLOWED}; {name}"] = of_int8(ends, tune=following)
    return found


def page(lines: list[dict[str, Any]]) -> str:
    """Return the page: for each data set the float areas, and how far those of int8 are from them."""
    parts = [
        "# Ranges of int8 detectors\n",
        "Written by `benchmarks/detector_ranges.py`; the script says how. Random members of the spaces of at most 4 KB "
        "of weights, trained for 80 epochs on normal rows. A line is about the area under the ROC on the test rows, "
        "minus that of the float network. Input and output have a range of so many times that of almost all values of "
        "the normal training rows. QAT: ten quantization-aware epochs, on the rows themselves or on the outputs that "
        "the float network has for them.\n",
    ]
    for name in (one for one in SETS if any(line["set"] == one for line in lines)):
        own = [line["areas"] for line in lines if line["set"] == name]
        before = np.array([areas["float"] for areas in own])
        parts += [
            f"## {name}\n",
            f"{len(own)} networks, whose float areas are {before.min():.3f} to {before.max():.3f}.\n",
            "| model | range | mean change | mean size | lowest | highest |\n|---|---|---|---|---|---|",
        ]
        for title in list(own[0])[1:]:
            change = np.array([areas[title] for areas in own]) - before
            size, ends = f"{abs(change).mean():.4f}", f"{change.min():+.4f} | {change.max():+.4f}"
            parts.append(f"| {title.replace('; ', ' | ')} | {change.mean():+.4f} | {size} | {ends} |")
        parts.append("")
    return "\n".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("skab", type=Path, nargs="?", default=Path("../shared/data/skab_csv"))
    parser.add_argument("--folder", type=Path, default=Path("studies"))
    parser.add_argument("--sets", nargs="*", choices=SETS, default=list(SETS))
    parser.add_argument("--members", type=int, default=4)
    parser.add_argument("--seeds", nargs="*", type=int, default=[0, 1])
    parser.add_argument("--epochs", type=int, default=80)
    asked = parser.parse_args()
    for name in asked.sets:
        bench = read(name, asked.skab, asked.folder, asked.members)
        for seed, member in itertools.product(asked.seeds, bench.members):
            found = {"set": name, "seed": seed, "member": member.to_json()}
            line = {**found, "areas": areas(bench, member, seed, asked.epochs)}
            with LINES.open("a") as file:
                file.write(json.dumps(line) + "\n")
            print(name, seed, {title: round(value, 4) for title, value in line["areas"].items()}, flush=True)
    PAGE.write_text(page([json.loads(line) for line in LINES.read_text().splitlines()]))


if __name__ == "__main__":
    main()
