"""Rare classes: does it help to let all classes count the same in training, as a search does by default?

    python benchmarks/class_weights.py ../shared/data/uci_har_windows.npz [--minutes 2.5] [--seeds 0 1 2]

UCI HAR with two classes made rare: of standing and of walking upstairs, one row in `RARE` is left, everywhere but in
the test set. For each seed, a search with weights of classes and one without run at the same time, one worker each, so
that whatever else the machine does strikes both alike. A search is a line of `class_weights.jsonl`; those that are
there are not done again. Writes `class_weights.md`. The test rows are used once for each winner.
"""

import argparse
import tempfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from statistics import median

import numpy as np
from side_by_side import Line, side_by_side

import nas
from nas.text import interval, percent

HERE = Path(__file__).resolve().parent
LINES, PAGE = HERE / "class_weights.jsonl", HERE / "class_weights.md"
RARE = 30
RARE_CLASSES = ("STANDING", "WALKING_UPSTAIRS")
HEAD = f"""\
# Rare classes

Written by `benchmarks/class_weights.py`; its docstring says how. UCI HAR: of {" and ".join(RARE_CLASSES)},
one training row in {RARE} is left; test subjects, of whom nothing was learned, have all their rows. 6 KB of weights,
one worker each, side by side. Scores are balanced accuracies of int8 models, by which the search compares.

| weighed | seed | minutes | trials | cross-validated | test | 95 % interval | recall of the rare classes | accuracy |
|---|---:|---:|---:|---:|---:|---:|---:|---:|
"""


def thinned(source: Path, folder: Path) -> Path:
    """Write the data with the rare classes into a folder; return the file."""
    data = dict(np.load(source))
    names = list(data["class_names"])
    rare = np.isin(data["y_train"], [names.index(name) for name in RARE_CLASSES])
    kept = ~rare
    kept[np.flatnonzero(rare)[::RARE]] = True
    for key in [key for key in data if key.endswith("_train")]:
        data[key] = data[key][kept]
    np.savez(folder / "rare.npz", **data)
    return folder / "rare.npz"


def searched(data: Path, turn: Line) -> Line:
    """Return the line of a search."""
    with tempfile.TemporaryDirectory() as folder:
        study = nas.Study(
            space="cnn_timeseries",
            data=str(data),
            budget_kb=6.0,
            metric="balanced_accuracy",
            minutes=turn["minutes"],
            seed=turn["seed"],
            jobs=1,
            tracking_uri="none",
            recipe=nas.Recipe.of(class_weights=turn["weighed"]),
        )
        found = nas.search(study, root=folder, progress=False)
    winner = found.winner
    assert winner is not None
    assert winner.tested is not None
    right, rows = np.diag(winner.tested.confusion), np.sum(winner.tested.confusion, axis=1)
    names = list(np.load(data)["class_names"])
    balanced = winner.tested.metrics["balanced_accuracy"]
    return {
        **turn,
        "trials": found.trials,
        "cross_validated": winner.cross_validated_score,
        "balanced_accuracy": [balanced.value, balanced.low, balanced.high],
        "recalls": [float(right[at] / rows[at]) for at in map(names.index, RARE_CLASSES)],
        "accuracy": winner.tested.metrics["accuracy"].value,
    }


def row(line: Line) -> str:
    """Return a row of the table."""
    value, low, high = line["balanced_accuracy"]
    cells = (
        f"{'yes' if line['weighed'] else 'no'} | {line['seed']} | {line['minutes']:g} | {line['trials']}",
        f"{percent(line['cross_validated'])} | {percent(value)} | {interval(low, high)}",
        f"{' and '.join(map(percent, line['recalls']))} | {percent(line['accuracy'])}",
    )
    return f"| {' | '.join(cells)} |\n"


def medians(lines: list[Line]) -> str:
    """Return the medians over seeds in a sentence."""
    found = [median(one["balanced_accuracy"][0] for one in lines if one["weighed"] is how) for how in (True, False)]
    return "\nMedian of the balanced accuracy on the test set: {} with, {} without.\n".format(*map(percent, found))


def main() -> None:
    """Search, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--minutes", type=float, default=2.5)
    parser.add_argument("--seeds", nargs="*", type=int, default=[0, 1, 2])
    given = parser.parse_args()
    turns = [
        [{"weighed": weighed, "seed": seed, "minutes": given.minutes} for weighed in (True, False)]
        for seed in given.seeds
    ]
    with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor(2, get_context("spawn")) as pool:
        data = thinned(given.data, Path(folder))
        for lines in side_by_side(LINES, turns, lambda turn: pool.submit(searched, data, turn).result()):
            told = [line for line in lines if line["minutes"] == given.minutes]
            PAGE.write_text(HEAD + "".join(map(row, told)) + medians(told))


if __name__ == "__main__":
    main()
