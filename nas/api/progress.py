"""A running search on standard error: a live view on a terminal, else a line for each candidate."""

import math
import re
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from nas.errors import spelled
from nas.optimizer.observer import FinalPlace, Observer
from nas.study.record import Record, State, state_reason, state_words
from nas.study.scores import in_validation
from nas.study.tasks import Task
from nas.target.ram import ram_needed, ram_title
from nas.task.task import score_text
from nas.text import kilobytes

# The view shows this many candidates: the latest, and in the end the best.
SHOWN = 6
MOST_FINALISTS = 12
# With fewer columns, the table leaves out what matters least.
WIDE = 96
BAR = 40
# Columns that the table's numbers take.
WIDE_NUMBERS, NUMBERS = 62, 42
# The limits of a study are told once, before its first trial.
_LIMITS = re.compile(r" \(limit [^)]*\)")
# These are not trained; there may be hundreds in a row, which a pipe gets in one line.
UNTRAINED = (State.OVER_BUDGET, State.DUPLICATE)


class Progress(Observer):
    """Shows a search while it runs, on standard error.

    It has no frame: what a terminal prints for Ctrl-C, and a window that changes its width, would leave parts of one
    behind. What is shown last stays.

    Life cycle: a context manager that is entered before the search and left after it, also when the search fails.

    Args:
        title: the first line.
        trials: the number of trials at which the study ends; None if it has no such limit.
        console: where to show it; standard error by default.
    """

    def __init__(self, title: str, trials: int | None, console: Console | None = None) -> None:
        self._title = title
        self._trials = trials
        self._console = console or Console(stderr=True)
        self._live = Live(console=self._console, refresh_per_second=4)
        self._phase = "starting"
        self._counts: Counter[State] = Counter()
        self._best: list[Record] = []
        self._latest: list[Record] = []
        self._untrained: list[Record] = []
        self._running: Sequence[Task[Any]] = ()
        self._place: FinalPlace | None = None
        self._folds: dict[int, list[Record]] = {}
        self._seconds = 0.0
        self._limit: float | None = None
        self._started = time.monotonic()

    def __enter__(self) -> "Progress":
        self._console.print(self._title, style="bold", highlight=False)
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._tell_untrained()
        if self._live.is_started:
            self._live.update(self._last())
        self._live.stop()

    def phase(self, text: str) -> None:
        self._phase = text
        self._tell(f"[{time.monotonic() - self._started:6.1f} s] {text}")
        self._refresh()

    def note(self, text: str) -> None:
        self._console.print(f"  data: {spelled(text)}", markup=False, highlight=False, soft_wrap=True, style="dim")

    def warn(self, text: str) -> None:
        self._console.print(f"warning: {spelled(text)}", style="yellow", markup=False, highlight=False, soft_wrap=True)

    def recorded(self, record: Record) -> None:
        self._counts[record.state] += 1
        if record.state in UNTRAINED:
            self._untrained.append(record)
            return
        better = record.values is not None and (not self._best or _score(record) > _score(self._best[0]))
        if record.values is not None:
            self._best = sorted([*self._best, record], key=_score, reverse=True)[:SHOWN]
        self._latest = [*self._latest, record][-SHOWN:]
        self._tell(line(record, better))
        self._refresh()

    def final(self, record: Record, place: FinalPlace) -> None:
        self._place = place
        self._folds.setdefault(record.trial, []).append(record)
        score = f"{in_validation(record.metric)} {score_text(record.metric, record.val_score)}"
        fold = f"on fold {place.fold + 1} of {place.folds}  {score}"
        self._tell(f"finals {place.done:3d} of {place.trainings}  trial {record.trial} {fold}")
        self._refresh()

    def tick(self, running: Sequence[Task[Any]], seconds: float, limit: float | None) -> None:
        self._running, self._seconds, self._limit = running, seconds, limit
        self._refresh()

    def _tell(self, text: str) -> None:
        """Print a line, unless there is a terminal."""
        if not self._console.is_terminal:
            self._tell_untrained()
            self._console.print(text, markup=False, highlight=False, soft_wrap=True)

    def _tell_untrained(self) -> None:
        told, self._untrained = self._untrained, []
        if told and not self._console.is_terminal:
            self._console.print(untrained(told), markup=False, highlight=False, soft_wrap=True)

    def _refresh(self) -> None:
        if self._live.is_started:
            self._live.update(self._frame())

    def _frame(self) -> Group:
        return Group(
            Text(self._phase),
            self._progress(),
            *self._standing(),
            finalists(self._folds) if self._folds else candidates(self._latest, self._console.width),
            Text(f"training: {', '.join(task.label for task in self._running) or '-'}", style="dim"),
            # The terminal appends ^C to the last line, which therefore is short.
            Text("Ctrl-C stops; the same command goes on", style="dim"),
        )

    def _last(self) -> RenderableType:
        """Return what stays on the terminal: the best candidates, or the latest if none has a score."""
        if not self._counts:
            return Text(self._phase)
        return Group(*self._standing(), candidates(self._best or self._latest, self._console.width))

    def _standing(self) -> tuple[Text, Text]:
        best = f"best so far: {line(self._best[0])}" if self._best else "best so far: none yet"
        return Text(counts(self._counts) or "no trial has ended yet", style="dim"), Text(best, style="bold green")

    def _progress(self) -> Table:
        grid = Table.grid(padding=(0, 1))
        done, width = sum(self._counts.values()), min(BAR, self._console.width // 2)
        if self._limit is not None:
            left = max(0.0, self._limit - self._seconds)
            grid.add_row("time", ProgressBar(self._limit, self._seconds, width=width), f"{clock(left)} left")
        if self._place is not None:
            ended, planned = self._place.done, self._place.trainings
            grid.add_row("finals", ProgressBar(planned, ended, width=width), f"{ended} of {planned} trainings")
        elif self._trials is not None:
            grid.add_row("trials", ProgressBar(self._trials, done, width=width), f"{done} of {self._trials}")
        if self._limit is None:
            grid.add_row("time", "", clock(self._seconds))
        return grid


def _score(record: Record) -> float:
    return record.values[0] if record.values else -math.inf


def counts(states: Mapping[State, int]) -> str:
    """Return the number of trials in each state that has some, in one line."""
    return ", ".join(f"{states[state]} {state_words(state)}" for state in State if states.get(state))


def line(record: Record, best: bool = False) -> str:
    """Return one candidate in one line."""
    if record.state != State.COMPLETE or record.profiled is None:
        return _ended(record)
    facts = record.profiled
    return (
        f"trial {record.trial:4d}  {in_validation(record.metric)} {score_text(record.metric, record.val_score)}  "
        f"weights {facts['weights_bytes']:,} B  "
        f"{ram_title(facts)} {ram_needed(facts):,} B  {facts['macs']:,} MACs{'  *' if best else ''}"
    )


def untrained(records: Sequence[Record]) -> str:
    """Return candidates that were not trained, one or more in a row, in one line."""
    if len(records) == 1:
        return _ended(records[0])
    last = f"; the last: {records[-1].reason}"
    states = counts(Counter(record.state for record in records))
    return f"trial {records[0].trial:4d} to {records[-1].trial}  not trained: {states}{last}"


def _ended(record: Record) -> str:
    """Return a candidate without a score in one line."""
    return f"trial {record.trial:4d}  {state_reason(record)}"


def candidates(records: Sequence[Record], columns: int) -> Table:
    """Return a table of candidates, a line for each, for a terminal of that many columns."""
    wide = columns >= WIDE
    ram = ram_title(*(record.profiled or {} for record in records))
    heads = ["trial", "validation", "weights", ram, *(["MACs", "seconds"] if wide else [])]
    table = Table(*heads, box=None, header_style="dim", pad_edge=False)
    for column in table.columns:
        column.justify, column.no_wrap = "right", True
    room = columns - (WIDE_NUMBERS if wide else NUMBERS)
    table.add_column("", overflow="fold", max_width=room)
    for record in records:
        facts = record.profiled or {}
        costs = [kilobytes(facts.get("weights_bytes")), kilobytes(ram_needed(facts))]
        more = [f"{facts['macs']:,}" if facts else "-", f"{sum(record.seconds.values()):.1f}"] if wide else []
        score = score_text(record.metric, record.val_score)
        table.add_row(str(record.trial), score, *costs, *more, _briefly(record, room))
    return table


def finalists(folds: Mapping[int, Sequence[Record]]) -> Table:
    """Return a table of finalists, the best first: the mean over the folds so far, and each of them.

    Args:
        folds: the trainings of each finalist; one that has failed on a fold comes last.
    """
    table = Table(box=None, header_style="dim", pad_edge=False)
    table.add_column("trial", justify="right", no_wrap=True)
    table.add_column("mean so far", justify="right", no_wrap=True)
    table.add_column("by fold", no_wrap=True)
    for trial, own in sorted(folds.items(), key=lambda item: -fmean(each.rank for each in item[1]))[:MOST_FINALISTS]:
        scores, metric = [each.val_score for each in own], own[0].metric
        known = [score for score in scores if score is not None]
        mean = fmean(known) if known else None
        table.add_row(str(trial), score_text(metric, mean), "  ".join(score_text(metric, each) for each in scores))
    return table


def _briefly(record: Record, room: int) -> str:
    """Return why a candidate has no score, on two lines of `room` characters at most."""
    reason = record.reason or ""
    if record.state == State.PRUNED:
        at_rung = reason.partition(":")[0].removeprefix("stopped early ")
        reason = "out of time" if record.at_rung is None else at_rung
    if len(reason) > room:
        reason = _LIMITS.sub("", reason)
    return reason if len(reason) <= 2 * room else f"{reason[: 2 * room - 1]}…"


def clock(seconds: float) -> str:
    """Return seconds as minutes:seconds."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
