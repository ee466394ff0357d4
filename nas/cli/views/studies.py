"""Studies as a person looks after them: a list, and one with its next steps."""

import shlex
from collections.abc import Iterator, Sequence

from rich.text import Text

from nas.cli.views.columns import GAP, columns
from nas.cli.views.output import width
from nas.study.overview import StudySummary
from nas.study.search_on import search_on
from nas.target.ram import ram_needed
from nas.task.task import score_text
from nas.text import kilobytes

# What `nas studies` shows of a study that cannot be read.
UNREADABLE = "unreadable"
FIGURES = ("trials", "validated", "tested", "weights", "RAM")
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
    scores = (score_text(study.metric or "accuracy", each) for each in (study.val_score, study.test_score))
    return [
        str(study.trials),
        *scores,
        kilobytes(figures.get("weights_bytes")),
        kilobytes(ram_needed(figures)),
    ]


def description(study: StudySummary, limit: int | None = None) -> str:
    """Return one study: what it has found, and the commands that lead on; `limit` is that of its trials."""
    state = f"{study.state}, by {study.runner}" if study.runner else study.state
    lines = [("state", state), ("folder", study.folder), *study.found(), ("reproduce with", study.command)]
    width = max(len(name) for name, _ in lines) + 2
    steps = "\n".join(f"  {step}" for step in next_steps(study, limit))
    return "\n".join([study.name, *(f"  {name:{width}}{value}" for name, value in lines), "next:", steps])


def next_steps(study: StudySummary, limit: int | None = None) -> Iterator[str]:
    """Yield the commands that lead on from where a study stands.

    While a process runs it, these are only commands that read.

    Args:
        study: what is known of it.
        limit: the number of trials after which it ends; None for any number.
    """
    folder = shlex.quote(study.folder)
    if study.best is not None:
        yield f"nas report {folder}"
    if study.state == "finished":
        yield f"nas export {folder} -o firmware"
        yield f"nas export {folder} --format c -o firmware"
    elif study.best is not None:
        if not study.runner:
            yield f"nas search {folder} --finish"
        yield f"nas export {folder} --trial {study.best}"
    if not study.runner:
        yield search_on(study.folder, 10, study.trials, limit)


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
