"""Studies as a person looks after them: a list, one with its next steps, several side by side."""

import shlex
from collections.abc import Iterator, Sequence

from rich.console import Group
from rich.table import Table
from rich.text import Text

from nas.api.catalog import StudyComparison, StudySummary
from nas.cli.views.columns import GAP, columns
from nas.cli.views.output import width
from nas.study.scores import in_cross_validation, in_validation, on_test_set
from nas.text import UNKNOWN, duration, interval, kilobytes, percent

# What `nas studies` shows of a study that cannot be read.
UNREADABLE = "unreadable"
FIGURES = ("trials", "validated", "tested", "weights", "arena")
"""Titles of the numbers that `nas studies` shows of each study."""


def listing(studies: Sequence[StudySummary], unreadable: Sequence[str]) -> Text:
    """Return a line for each study, also for those whose names are given because they cannot be read.

    Where the terminal is too narrow for that, each name has a line of its own above its figures, and so has the process
    that runs the study.
    """
    names = [*(study.name for study in studies), *unreadable]
    states = [*(study.state for study in studies), *[UNREADABLE] * len(unreadable)]
    runners = [*(study.runner or "" for study in studies), *[""] * len(unreadable)]
    figures = [*map(_figures, studies), *[[""] * len(FIGURES) for _ in unreadable]]
    whole = [f"{state}: {runner}" if runner else state for state, runner in zip(states, runners, strict=True)]
    titles = ["study", "state", *FIGURES]
    rows = [[name, state, *row] for name, state, row in zip(names, whole, figures, strict=True)]
    widest = [max(map(len, column)) for column in zip(titles, *rows, strict=True)]
    styles, right = [""] * len(rows), frozenset(FIGURES)
    if sum(widest) + GAP * (len(widest) - 1) <= width():
        return columns(titles, rows, right, styles)
    short = [[state, *row] for state, row in zip(states, figures, strict=True)]
    head, *lines = columns(titles[1:], short, right, styles).split("\n")
    above = [f"{name}\n  {runner}" if runner else name for name, runner in zip(names, runners, strict=True)]
    heads = [Text(text, no_wrap=True, overflow="ignore") for text in above]
    return Text("\n").join([head, *(line for pair in zip(heads, lines, strict=True) for line in pair)])


def _figures(study: StudySummary) -> list[str]:
    figures = study.figures or {}
    scores = percent(study.val_score), percent(study.test_score)
    return [
        str(study.trials),
        *scores,
        kilobytes(figures.get("weights_bytes")),
        kilobytes(figures.get("arena_min_bytes")),
    ]


def description(study: StudySummary) -> str:
    """Return one study: what it has found, and the commands that lead on."""
    state = f"{study.state}, by {study.runner}" if study.runner else study.state
    lines = [("state", state), ("folder", study.folder), *_facts(study), ("reproduce with", study.command)]
    width = max(len(name) for name, _ in lines) + 2
    steps = "\n".join(f"  {step}" for step in next_steps(study))
    return "\n".join([study.name, *(f"  {name:{width}}{value}" for name, value in lines), "next:", steps])


def next_steps(study: StudySummary) -> Iterator[str]:
    """Yield the commands that lead on from where a study stands."""
    if study.best is not None:
        yield f"nas report {study.folder}"
    if study.state == "finished":
        yield f"nas export {study.folder} -o firmware"
    elif study.best is not None:
        yield f"nas search {study.folder} --finish"
        yield f"nas export {study.folder} --trial {study.best}"
    yield f"nas search {study.folder} --minutes 10"


def comparison(found: StudyComparison) -> Group:
    """Return studies side by side: the settings in which they differ, then what they have found."""
    settings, results = _columns(found), _columns(found)
    for key, values in found.differences.items():
        settings.add_row(key, *(UNKNOWN if value is None else str(value) for value in values))
    facts = [dict(_facts(study)) for study in found.studies]
    for name in dict.fromkeys(name for each in facts for name in each):
        results.add_row(name, *(each.get(name, UNKNOWN) for each in facts))
    differ = [Text("settings that differ", style="bold"), settings] if found.differences else ["all settings are equal"]
    return Group(*differ, "", Text("results", style="bold"), results)


def _columns(found: StudyComparison) -> Table:
    table = Table("", box=None, pad_edge=False)
    for study in found.studies:
        table.add_column(study.name, justify="right", overflow="fold")
    return table


def _facts(study: StudySummary) -> Iterator[tuple[str, str]]:
    """Yield what a study has found, as pairs of name and value."""
    yield "trials", f"{study.trials}, {study.complete} of them complete"
    if study.seconds is not None:
        yield "time", duration(study.seconds)
    if study.hosts:
        yield "trained on", ", ".join(study.hosts)
    if study.best is None or study.metric is None:
        return
    figures = study.figures or {}
    yield "best so far" if study.test_score is None else "winner", f"trial {study.best}"
    if study.test_score is not None:
        yield on_test_set(study.metric), percent(study.test_score)
    if study.test_interval is not None:
        yield "  95 % interval", interval(*study.test_interval)
    if study.cross_validated_score is not None:
        yield in_cross_validation(study.metric), percent(study.cross_validated_score)
    yield in_validation(study.metric), percent(study.val_score)
    for name, key in (("weights", "weights_bytes"), ("arena to reserve", "arena_min_bytes"), ("flash", "flash_bytes")):
        yield name, kilobytes(figures.get(key))
    yield "MACs", f"{figures['macs']:,}" if figures.get("macs") is not None else UNKNOWN
    if figures.get("latency_ms") is not None:
        yield "latency, estimated", f"{figures['latency_ms']:.3g} ms"


def kept(study: StudySummary) -> str:
    """Return in one line what an interrupted search has kept, and how to go on."""
    if not study.trials:
        return "no trial had ended; the same command begins again"
    trials, folder = f"{study.trials} trial{'s'[: study.trials != 1]}", shlex.quote(study.folder)
    if study.best is not None and study.state == "finished":
        return (
            f"{trials} ended, trial {study.best} has won; all is kept; go on, or write its files: nas search {folder}"
        )
    told = f"{trials} ended, {study.complete} complete; all is kept; search on: nas search {folder}"
    more = f"; run the finals now: nas search {folder} --finish; see the results so far: nas report {folder}"
    return told + more if study.complete else told
