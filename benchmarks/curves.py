"""Best score so far against seconds, for several ways of searching on several seeds: a picture and a table.

    python benchmarks/curves.py uci_har_windows.npz --samplers tpe,random:starts=false --seeds 5 --minutes 5
    python benchmarks/curves.py --draw      # anew from what was measured before

A way of searching is a sampler, and settings of the study or its recipe with colons: `tpe:first_rung=2`. Each search is
`nas.search` as users run it, stopped before the finals; seconds count from its call, start of the workers included. The
score is the int8 model's on the validation groups, of the best candidate whose training has ended by then.

A search is one line of `benchmarks/curves.jsonl`. Those that are there already are not done again, so the command goes
on where it was. The seeds' searches take turns, so that whatever else the machine does, it does to all of them; or
give each of two commands one of the ways and `--jobs 1`, and they run side by side, a core each.
"""

import argparse
import json
import os
import platform
import tempfile
import time
import tomllib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np

import nas
from nas.errors import InputError
from nas.optimizer.observer import Observer
from nas.study.record import Record, State
from nas.study.study import Study
from nas.study.study_file import make_study
from nas.study.tasks import EvaluationTask, TrainingTask

LINES = Path(__file__).with_suffix(".jsonl")
TABLE = Path(__file__).with_suffix(".md")
PICTURE = Path(__file__).with_suffix(".png")

SECONDS = (30, 60, 90, 120, 180, 300, 600)
DEFAULT = "tpe,evolution,nsga2,random,random:starts=false"


@dataclass(frozen=True, slots=True)
class Search:
    """What one search is: two equal ones need not be run twice."""

    data: str
    way: str
    seed: int
    minutes: float
    space: str
    budget_kb: float
    jobs: int

    def study(self, path: Path) -> Study:
        sampler, *settings = self.way.split(":")
        given = {
            key: tomllib.loads(f"value = {text}")["value"] for key, _, text in (s.partition("=") for s in settings)
        }
        of_study = {field.name for field in fields(Study)} & set(given)
        return make_study(
            {
                "space": self.space,
                "data": str(path),
                "name": "curve",
                "budget_kb": self.budget_kb,
                "objective": "accuracy",
                "sampler": sampler,
                "seed": self.seed,
                "jobs": self.jobs,
                "trials": 10**6,
                "tracking_uri": "none",
                "recipe": {key: value for key, value in given.items() if key not in of_study},
                **{key: given[key] for key in of_study},
            }
        )


class EndOfTimeError(Exception):
    """Ends a search; the study itself has no limit of time, which would keep some of it for the finals."""


class Stopwatch(Observer):
    """Notes the second and the score of every candidate that is trained, and ends the search in time."""

    def __init__(self, seconds: float) -> None:
        self.points: list[tuple[float, float]] = []
        self.states = dict.fromkeys(State, 0)
        self.versions: dict[str, str] = {}
        self._seconds = seconds
        self._start = time.monotonic()

    def recorded(self, record: Record) -> None:
        self.states[record.state] += 1
        if record.state == State.COMPLETE and record.val_score is not None:
            self.points.append((round(time.monotonic() - self._start, 2), round(record.val_score, 5)))
            self.versions = dict(record.versions)

    def tick(self, running: Sequence[TrainingTask | EvaluationTask], seconds: float, limit: float | None) -> None:
        if time.monotonic() - self._start > self._seconds:
            raise EndOfTimeError


def run(search: Search, path: Path) -> dict[str, Any]:
    """Do a search and return its line."""
    watch = Stopwatch(60 * search.minutes)
    with tempfile.TemporaryDirectory() as folder, suppress(EndOfTimeError):
        nas.search(search.study(path), Path(folder), watch)
    return {
        **_definition(search),
        "points": watch.points,
        "states": watch.states,
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "versions": watch.versions,
    }


def _definition(search: Search) -> dict[str, Any]:
    return {field.name: getattr(search, field.name) for field in fields(search)}


def read_lines() -> list[dict[str, Any]]:
    return [json.loads(line) for line in LINES.read_text().splitlines()] if LINES.exists() else []


def best_so_far(points: Sequence[tuple[float, float]], seconds: np.ndarray) -> np.ndarray:
    """Return the best score known at each of the seconds; nan while there is none."""
    times = np.array([time for time, _ in points])
    bests = np.maximum.accumulate([score for _, score in points])
    return np.concatenate([[np.nan], bests])[np.searchsorted(times, seconds, side="right")]


def table(groups: dict[str, list[dict[str, Any]]]) -> str:
    """Return the median best score of each way at some seconds."""
    longest = 60 * max(line["minutes"] for lines in groups.values() for line in lines)
    seconds = np.array([second for second in SECONDS if second <= longest])
    # A search that was too short for a single candidate knows no versions.
    some = max((line for lines in groups.values() for line in lines), key=lambda line: len(line["versions"]))
    rows = []
    for way, lines in groups.items():
        shown = np.median([best_so_far(line["points"], seconds) for line in lines], axis=0)
        reached = 60 * min(line["minutes"] for line in lines)
        cells = [
            f"{100 * s:.1f} %" if not np.isnan(s) and t <= reached else "-" for t, s in zip(seconds, shown, strict=True)
        ]
        counts = (int(np.median([line["states"][state] for line in lines])) for state in State)
        rows.append(" | ".join([f"| `{way}`", str(len(lines)), *cells, *map(str, counts)]) + " |")
    heads = [
        "search",
        "seeds",
        *(f"{second} s" for second in seconds),
        *(state.value.replace("_", " ") for state in State),
    ]
    versions = ", ".join(f"{name} {number}" for name, number in some["versions"].items())
    return "\n".join(
        [
            "# Best score so far\n",
            f"Made by `benchmarks/curves.py`: {some['data']}, {some['space']} within {some['budget_kb']:g} KB of",
            f"weights, `--jobs {some['jobs']}`. Median over the seeds of the int8 validation score of the best",
            "candidate known at that second, once all seeds have one, without the finals; behind it the median",
            "numbers of trials by how they ended.\n",
            "| " + " | ".join(heads) + " |",
            "|" + "---|" * len(heads),
            *rows,
            "\n![Median and quartiles](curves.png)\n",
            f"{some['machine']}, {some['cores']} cores, {versions}.\n",
        ]
    )


def draw(groups: dict[str, list[dict[str, Any]]]) -> None:
    """Write the picture: medians as lines, quartiles as bands."""
    mpl.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(8, 5), layout="constrained")
    lowest = 100.0
    for way, lines in groups.items():
        seconds = np.arange(0.0, 60 * min(line["minutes"] for line in lines) + 0.5, 0.5)
        bests = [best_so_far(line["points"], seconds) for line in lines]
        shown = 100 * np.quantile(bests, (0.25, 0.5, 0.75), axis=0)
        axes.fill_between(seconds, shown[0], shown[2], alpha=0.15, step="post")
        axes.step(seconds, shown[1], where="post", label=f"{way}, {len(lines)} seeds")
        # The first candidates are anything; what comes after half a minute shall fill the picture.
        later = shown[0][seconds >= min(30, seconds[-1])]
        lowest = min(lowest, float(later[later > 0].min(initial=100.0)))
    axes.set(xlabel="seconds", ylabel="best validation score so far, int8, %", ylim=(lowest - 1, None))
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(PICTURE, dpi=120)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="?", type=Path, help="data as `nas search --data` takes it")
    parser.add_argument("--samplers", default=DEFAULT, help=f"ways of searching, with commas [default: {DEFAULT}]")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--space", default="cnn_timeseries")
    parser.add_argument("--budget-kb", type=float, default=6.0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--draw", action="store_true", help="draw all that was measured, and run nothing")
    given = parser.parse_args()
    if given.data is None and not given.draw:
        parser.error("data must be given, or --draw")
    return given


def measure(given: argparse.Namespace) -> None:
    """Do the searches that have no line yet."""
    known = [{key: line[key] for key in (field.name for field in fields(Search))} for line in read_lines()]
    searches = [
        Search(given.data.name, way, seed, given.minutes, given.space, given.budget_kb, given.jobs)
        for seed in range(given.seeds)
        for way in given.samplers.split(",")
    ]
    for search in searches:
        search.study(given.data)  # a slip in the last of them is told before the first takes its minutes
    missing = [search for search in searches if _definition(search) not in known]
    for i, search in enumerate(missing, 1):
        print(f"{i} of {len(missing)}: {search.way}, seed {search.seed}, {search.minutes:g} minutes", flush=True)
        line = run(search, given.data)
        with LINES.open("a") as file:
            file.write(json.dumps(line) + "\n")


def main() -> None:
    given = arguments()
    if not given.draw:
        try:
            measure(given)
        except InputError as error:
            raise SystemExit(str(error)) from None
    lines = read_lines()
    if not lines:
        raise SystemExit("nothing was measured yet")
    # One picture shows searches of one kind: those of the latest line.
    kind = {key: lines[-1][key] for key in ("data", "space", "budget_kb", "jobs", "minutes")}
    groups: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        if kind.items() <= line.items():
            groups.setdefault(line["way"], []).append(line)
    TABLE.write_text(table(groups))
    draw(groups)
    print(TABLE.read_text())


if __name__ == "__main__":
    main()
