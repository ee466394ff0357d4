"""The page about throughput: tables of what turns of `benchmarks/throughput.py` found."""

import os
import platform
from collections.abc import Callable, Sequence
from importlib.metadata import distributions, version
from pathlib import Path
from typing import Any

Turn = dict[str, Any]

JUDGED = ("complete", "pruned")
# What is compared, and with what.
RATIOS = [
    ("nas", "plain"),
    ("nas", "keras-tuner"),
    ("nas-default", "plain"),
    ("nas-rungs", "plain"),
    ("nas", "nas-one"),
    ("nas-random", "plain"),
]
MARKS = (20, 30, 60, 120, 180, 300, 600)
PACKAGES = ("tensorflow", "keras", "optuna", "keras-tuner", "ai-edge-litert", "numpy")

INTRODUCTION = """\
# Candidates an hour

Written by `benchmarks/throughput.py`. UCI HAR windows, space `cnn_timeseries`, 6 KB of weights; every system sees the
same training and validation rows, in turns that alternate, each a process of its own. A candidate counts when it has
been trained, to its end or until it was pruned; those refused by their size do not count. One that goes on later counts
once with `nas`, but as often as it is trained with Hyperband, whose candidates mostly see 2 or 4 epochs. The search of
`nas` is without its final trainings; it begins with the space's known good members, but for the random search. The
score is 0.99 * accuracy of the int8 model on the validation rows + 0.01 * (1 - weights / 6 KB).
"""


def page(turns: Sequence[Turn]) -> str:
    groups: dict[str, list[Turn]] = {}
    for turn in turns:
        groups.setdefault(turn["system"], []).append(turn)
    parts = [INTRODUCTION, throughput(groups), ratios(groups), reaching(turns), progress(groups), machine(turns)]
    return "\n".join(part for part in parts if part)


def judged(turn: Turn) -> list[dict[str, Any]]:
    return [candidate for candidate in turn["candidates"] if candidate["state"] in JUDGED]


def counted(candidate: dict[str, Any]) -> int:
    return 0 if candidate.get("again") else 1


def an_hour(turns: Sequence[Turn], count: Callable[[dict[str, Any]], int] = counted) -> float:
    """Return candidates, or what `count` makes of each, an hour from the start of the processes."""
    ends = [candidates[-1]["seconds"] for turn in turns if (candidates := judged(turn))]
    return 3600 * sum(count(candidate) for turn in turns for candidate in judged(turn)) / max(1e-9, sum(ends))


def an_hour_after_the_first(turns: Sequence[Turn]) -> float:
    """Return candidates an hour without what comes before the first: imports, reading the data, that candidate."""
    found = [candidates for turn in turns if len(candidates := judged(turn)) > 1]
    seconds = sum(candidates[-1]["seconds"] - candidates[0]["seconds"] for candidates in found)
    return 3600 * sum(counted(candidate) for candidates in found for candidate in candidates[1:]) / max(1e-9, seconds)


def throughput(groups: dict[str, list[Turn]]) -> str:
    rows = []
    for turns in groups.values():
        refused = sum(candidate["state"] == "over_budget" for turn in turns for candidate in turn["candidates"])
        rows.append([
            turns[0]["title"],
            " + ".join(f"{turn['minutes']:g}" for turn in turns),
            " + ".join(str(sum(map(counted, judged(turn)))) for turn in turns),
            str(refused),
            f"{an_hour(turns):,.0f}",
            " and ".join(f"{an_hour([turn]):,.0f}" for turn in turns),
            f"{an_hour_after_the_first(turns):,.0f}",
            f"{an_hour(turns, lambda candidate: candidate['epochs']):,.0f}",
        ])  # fmt: skip
    head = "system|minutes|candidates|refused|candidates an hour|each turn|after the first candidate|epochs an hour"
    return table(head.split("|"), rows)


def ratios(groups: dict[str, list[Turn]]) -> str:
    rows = []
    for one, other in RATIOS:
        if one in groups and other in groups:
            rates = [(rate(groups[one]), rate(groups[other])) for rate in (an_hour, an_hour_after_the_first)]
            title = f"{groups[one][0]['title']} : {groups[other][0]['title']}"
            rows.append([title, *(f"{a / b:.1f}" if b else "-" for a, b in rates)])
    return "## Ratios\n\n" + table(["candidates an hour", "from the start", "after the first"], rows) if rows else ""


def best_after(turn: Turn, seconds: float) -> float | None:
    """Return the best score among the candidates that had ended by then."""
    scores = [c["score"] for c in turn["candidates"] if c.get("score") is not None and c["seconds"] <= seconds]
    return max(scores, default=None)


def reached(turn: Turn, score: float) -> float | None:
    """Return the second at which a candidate was as good as that."""
    return next((c["seconds"] for c in turn["candidates"] if (c.get("score") or 0) >= score), None)


def reaching(turns: Sequence[Turn]) -> str:
    """Tell when each search was as good as the plain loop in the end, on the same rows."""
    rows = []
    for plain in (turn for turn in turns if turn["system"] == "plain"):
        limit = 60 * plain["minutes"]
        best = best_after(plain, limit)
        for turn in turns:
            if best is not None and turn["seed"] == plain["seed"]:
                seconds = reached(turn, best)
                when = f"{seconds:.0f}" if seconds is not None else f"not in {60 * turn['minutes']:.0f}"
                factor = f"{limit / seconds:.1f}" if seconds is not None and turn is not plain else ""
                rows.append([str(plain["seed"]), f"{best:.4f}", turn["title"], when, factor])
    if not rows:
        return ""
    head = ["seed", "plain loop's best score", "system", "second when reached", "plain loop's whole time : that"]
    return "## Time to the plain loop's best score\n\n" + table(head, rows)


def progress(groups: dict[str, list[Turn]]) -> str:
    """Tell the best score so far, a number a turn."""
    last = max((60 * turn["minutes"] for turns in groups.values() for turn in turns), default=0)
    marks = [mark for mark in MARKS if mark <= last]
    rows = []
    for turns in groups.values():
        cells = []
        for mark in marks:
            scores = [best_after(turn, mark) for turn in turns if 60 * turn["minutes"] >= mark]
            cells.append(" ".join("-" if score is None else f"{score:.4f}" for score in scores))
        rows.append([turns[0]["title"], *cells])
    return "## Best score so far, each turn\n\n" + table(["after seconds", *map(str, marks)], rows)


def machine(turns: Sequence[Turn]) -> str:
    busy = max((turn["busy_before"] for turn in turns), default=0)
    model = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), platform.machine())  # fmt: skip
    # A peer that did not run need not be installed.
    installed = {distribution.name.lower() for distribution in distributions()}
    versions = ", ".join(f"{package} {version(package)}" for package in PACKAGES if package in installed)
    return (
        f"{model}, {os.cpu_count()} cores; before a turn, other work took {100 * busy:.0f} % of them at the most. "
        f"Python {platform.python_version()}, {versions}.\n"
    )


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines) + "\n"
