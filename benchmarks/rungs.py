"""Measure how well short trainings foretell long ones among good candidates, such as a search soon proposes only.

    python benchmarks/rungs.py uci_har_windows.npz [--candidates 48] > benchmarks/rungs.md

A search of three minutes proposes candidates; 28 of its 60 best and then 20 of the others, drawn by chance, are each
trained in several ways. `benchmarks/rungs.jsonl` has a line for the search, one for each candidate drawn, and one for
each that was trained. What is there already is not done again, so the command goes on where it was.
"""

import argparse
import json
import os
import platform
import random
import tempfile
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from curves import EndOfTimeError, Search, Stopwatch

import nas
from nas.data.axes import find_axes
from nas.data.prepared import Prepared, prepare
from nas.data.source import load
from nas.data.splits import split
from nas.space.architecture import Architecture
from nas.study.recipe import Recipe
from nas.study.record import Record
from nas.study.rungs import spearman

Line: TypeAlias = dict[str, Any]
Numbers: TypeAlias = np.ndarray

LINES = Path(__file__).with_suffix(".jsonl")

WAY, SEED, MINUTES, BUDGET_KB, JOBS = "tpe:first_rung=8:rung_factor=3", 11, 3.0, 4.0, 2
"""The search: rungs as they were by default before this was measured."""

GOOD, OF_BEST, OTHERS = 28, 60, 20

WAYS: dict[str, tuple[int, tuple[int, ...]]] = {
    "one cycle of 12": (12, ()),
    "one cycle of 2": (2, ()),
    "3 and 9": (12, (3,)),
    "4 and 8": (12, (4,)),
}
"""Epochs and rests of the short trainings, each with the same seed; the long ones have others."""
SHORT_SEED, LONG, LONG_SEEDS = 1, 40, (11, 12)

ROWS = [
    *(("one cycle of 12", epoch) for epoch in (1, 2, 3, 4, 6, 8, 12)),
    ("one cycle of 2", 2),
    *(("3 and 9", epoch) for epoch in (3, 12)),
    *(("4 and 8", epoch) for epoch in (4, 12)),
]
# The candidates that a rung must let pass, and one in how many it does.
BEST, FACTORS = 8, (3, 4)
RESAMPLES = 2000


class Listener(Stopwatch):
    """Keeps all records until the time is over."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.records: list[Record] = []

    def recorded(self, record: Record) -> None:
        super().recorded(record)
        self.records.append(record)


def propose(path: Path) -> Iterator[Line]:
    """Search, and yield the lines of the search and of the candidates drawn."""
    search = Search(path.name, WAY, SEED, MINUTES, "cnn_timeseries", BUDGET_KB, JOBS)
    listener = Listener(60 * MINUTES)
    with tempfile.TemporaryDirectory() as folder, suppress(EndOfTimeError):
        nas.search(search.study(path), Path(folder), listener)
    longest = {r.digest: r for r in sorted(listener.records, key=lambda r: len(curve(r))) if curve(r)}
    ranked = sorted(longest.values(), key=lambda r: -max(curve(r)))
    rng = random.Random(0)
    best, others = ranked[:OF_BEST], ranked[OF_BEST:]
    rng.shuffle(best)
    machine = {"machine": processor(), "cores": os.cpu_count(), "versions": listener.versions}
    rows = len(split(load(str(path)), seed=0).val)
    yield {"study": asdict(search), "distinct": len(ranked), "validation_rows": rows, **machine}
    for r in best[:GOOD] + rng.sample(others, min(OTHERS, len(others))):
        yield {"digest": r.digest, "architecture": r.architecture, "search": curve(r)}


def curve(record: Record) -> list[float]:
    return [round(accuracy, 5) for accuracy in record.history.get("val_accuracy", ())]


def processor() -> str:
    """Return what Linux calls the processor, or the machine's kind."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def measure(candidate: Line, rows: Prepared) -> Line:
    """Train a candidate in all ways, and return its line."""
    from nas.model import runtime
    from nas.model.network.network import Network
    from nas.model.training.training import TrainingRun, train

    graph = Architecture.from_json(candidate["architecture"]).lower()

    def trained(epochs: int, rests: Sequence[int], seed: int) -> list[float]:
        run = TrainingRun(epochs, seed, find_axes(rows), restart_epochs=rests)
        done = train(Network(graph, seed), rows.train, rows.val, Recipe(), run)
        runtime.clear()
        return [round(accuracy, 5) for accuracy in done.history["val_accuracy"]]

    short = {name: trained(epochs, rests, SHORT_SEED) for name, (epochs, rests) in WAYS.items()}
    long = [trained(LONG, (), seed) for seed in LONG_SEEDS]
    return {"digest": candidate["digest"], **short, str(LONG): long}


def read() -> tuple[Line, list[Line], dict[str, Line]]:
    """Return the search, the candidates drawn, and what was trained by digest."""
    search, *lines = [json.loads(line) for line in LINES.read_text().splitlines()]
    return search, [c for c in lines if "architecture" in c], {t["digest"]: t for t in lines if str(LONG) in t}


def append(lines: Sequence[Line]) -> None:
    with LINES.open("a") as file:
        file.write("".join(json.dumps(line) + "\n" for line in lines))


def fill(path: Path, missing: Sequence[Line]) -> None:
    """Train what is missing, and append a line for each candidate."""
    from nas.model import runtime

    runtime.use_one_thread()
    runtime.leave_graphs_as_written()
    rows = prepare(split(load(str(path)), seed=0))
    for candidate in missing:
        append([measure(candidate, rows)])


def correlation(a: Numbers, b: Numbers) -> float:
    found = spearman(a, b)
    return float("nan") if found is None else found


def with_error(statistic: Callable[[Numbers], float], count: int, form: str = ".2f") -> str:
    """Format a statistic of all candidates, which are given by indices, and its standard error by bootstrap."""
    rng = np.random.default_rng(0)
    drawn = [statistic(rng.integers(0, count, count)) for _ in range(RESAMPLES)]
    return f"{statistic(np.arange(count)):{form}} +- {np.nanstd(drawn, ddof=1):.2f}"


def related(a: Numbers, b: Numbers) -> str:
    return with_error(lambda drawn: correlation(a[drawn], b[drawn]), len(a))


def kept(judged: Numbers, long: Numbers, factor: int) -> float:
    """Return how many of the best in `long` are judged to be in the best `1 / factor`; equal ones share its places."""
    best = np.argsort(-long, kind="stable")[:BEST]
    better = (judged > judged[best, None]).sum(axis=1)
    equal = (judged == judged[best, None]).sum(axis=1)
    return float(np.clip((len(judged) // factor - better) / equal, 0, 1).sum())


def page(search: Line, lines: Sequence[Line]) -> Iterator[str]:
    """Yield the report."""
    count, study = len(lines), search["study"]
    # Counted in rows, so that equal sums are equal.
    ends = [[round(max(curve) * search["validation_rows"]) for curve in line[str(LONG)]] for line in lines]
    first, second = np.array(ends, np.float64).T
    long = first + second
    judged = {(way, epoch): np.array([max(line[way][:epoch]) for line in lines]) for way, epoch in ROWS}
    yield "# How well short trainings foretell long ones\n"
    yield paragraph(
        f"Made by `benchmarks/rungs.py`: {count} of the {search['distinct']} distinct candidates that a search of "
        f"`{study['space']}` trained in {study['minutes']:g} minutes, for UCI HAR within {study['budget_kb']:g} KB of "
        f"weights; {min(count, GOOD)} are drawn from its {OF_BEST} best, {max(0, count - GOOD)} from the others. "
        f"Accuracy is the float model's on {search['validation_rows']:,} validation rows. A short training is judged "
        "by its best epoch so far, as the search does it. In `3 and 9`, of 12 epochs, the learning rate comes down to "
        '0 after three and again at the end. "Long" is the mean of the best epochs of two trainings of '
        f"{LONG} epochs with other seeds. +- is the standard error, by bootstrap over the candidates; those judged "
        "equal share the last places of a third or quarter."
    )
    yield "| way of judging | cost in epochs | rank correlation with long | of the best eight in best third | quarter |"
    yield "|---|---|---|---|---|"
    for (way, epoch), values in judged.items():
        shares = " | ".join(f"{kept(values, long, factor):.3g}" for factor in FACTORS)
        yield f"| {way}, after {epoch} | {epoch} | {related(values, long)} | {shares} |"
    chance = " | ".join(f"{BEST * (count // factor) / count:.3g}" for factor in FACTORS)
    yield f"| chance | 0 | 0 | {chance} |\n"
    both = correlation(first, second)
    yield paragraph(
        f"The two long trainings have a rank correlation of {related(first, second)} with each other. That is "
        f"the ceiling: a third would then have about {both / ((1 + both) / 2) ** 0.5:.2f} with the mean of the two."
    )
    yield conclusion(judged, long)
    versions = ", ".join(f"{name} {search['versions'][name]}" for name in ("python", "tensorflow", "numpy"))
    yield f"{search['machine']}, {search['cores']} cores; {versions}."


def paragraph(text: str) -> str:
    return textwrap.fill(text, 120, break_long_words=False, break_on_hyphens=False) + "\n"


def conclusion(judged: dict[tuple[str, int], Numbers], long: Numbers) -> str:
    """Return what follows. The words are about 32 candidates, and to be judged anew once there are more."""
    rest = judged["3 and 9", 3]

    def above(other: Numbers) -> str:
        def difference(drawn: Numbers) -> float:
            return correlation(rest[drawn], long[drawn]) - correlation(other[drawn], long[drawn])

        return with_error(difference, len(long), "+.2f")

    return paragraph(
        "Within the error, three epochs with a rest judge as well as 12 epochs, at a quarter of the cost: their rank "
        f"correlation is off by {above(judged['one cycle of 12', 12])}. No advantage of the rest is shown: against "
        f"three epochs without one it is {above(judged['one cycle of 12', 3])}, and {kept(rest, long, 4):.3g} of the "
        "best eight in the best quarter are what chance gives. Long trainings themselves agree that little among good "
        "candidates, and so few candidates do not rank the ways of judging."
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--candidates", type=int, default=GOOD + OTHERS, help="how many to train")
    given = parser.parse_args()
    if not LINES.exists():
        append(list(propose(given.data)))
    _, drawn, known = read()
    wanted = drawn[: given.candidates]
    missing = [candidate for candidate in wanted if candidate["digest"] not in known]
    if missing:
        fill(given.data, missing)
    search, _, known = read()
    print("\n".join(page(search, [known[candidate["digest"]] for candidate in wanted])))


if __name__ == "__main__":
    main()
