"""A running search on standard error: a live panel on a terminal, else a line for each trained candidate."""

import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from nas.cli.views.output import state_words
from nas.optimizer.observer import Observer
from nas.study.record import Record, State
from nas.study.tasks import Task
from nas.task.task import metric_title
from nas.text import kilobytes, percent

# The panel shows this many of the latest candidates.
LATEST = 6


class View(Observer):
    """Shows a search while it runs.

    Life cycle: a context manager that is entered before the search and left after it, also when the search fails.

    Args:
        title: the first line.
        trials: the number of trials at which the study ends; None if it has no such limit.
    """

    def __init__(self, title: str, trials: int | None) -> None:
        self._title = title
        self._trials = trials
        self._console = Console(stderr=True)
        self._live = Live(console=self._console, refresh_per_second=4, transient=True)
        self._phase = "starting"
        self._counts: Counter[State] = Counter()
        self._best: Record | None = None
        self._latest: list[Record] = []
        self._running: Sequence[Task[Any]] = ()
        self._seconds = 0.0
        self._limit: float | None = None
        self._started = time.monotonic()

    def __enter__(self) -> "View":
        self._console.print(self._title, style="bold", highlight=False)
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def phase(self, text: str) -> None:
        self._phase = text
        if not self._console.is_terminal:
            clocked = f"[{time.monotonic() - self._started:6.1f} s] {text}"
            self._console.print(clocked, markup=False, highlight=False, soft_wrap=True)
        self._refresh()

    def recorded(self, record: Record) -> None:
        self._counts[record.state] += 1
        if record.state in (State.OVER_BUDGET, State.DUPLICATE):
            return
        self._latest = [*self._latest, record][-LATEST:]
        better = record.values is not None and (
            self._best is None or self._best.values is None or record.values[0] > self._best.values[0]
        )
        self._best = record if better else self._best
        if not self._console.is_terminal:
            self._console.print(line(record, better), markup=False, highlight=False, soft_wrap=True)
        self._refresh()

    def tick(self, running: Sequence[Task[Any]], seconds: float, limit: float | None) -> None:
        self._running, self._seconds, self._limit = running, seconds, limit
        self._refresh()

    def _refresh(self) -> None:
        if self._live.is_started:
            self._live.update(self._panel())

    def _panel(self) -> Panel:
        body = Group(
            self._progress(),
            Text(counts(self._counts), style="dim"),
            Text(f"best so far: {line(self._best)}" if self._best else "best so far: none yet", style="bold green"),
            candidates(self._latest),
            Text(f"training: {', '.join(task.label for task in self._running) or '-'}", style="dim"),
        )
        return Panel(body, title=self._phase, title_align="left")

    def _progress(self) -> Table:
        grid = Table.grid(padding=(0, 1))
        done = sum(self._counts.values())
        if self._limit is not None:
            left = max(0.0, self._limit - self._seconds)
            grid.add_row("time", ProgressBar(self._limit, self._seconds, width=40), f"{clock(left)} left")
        if self._trials is not None:
            grid.add_row("trials", ProgressBar(self._trials, done, width=40), f"{done} of {self._trials}")
        if self._limit is None:
            grid.add_row("time", "", clock(self._seconds))
        return grid


def counts(states: Counter[State]) -> str:
    """Return the number of trials in each state in one line."""
    return "  ".join(f"{state_words(state)} {states[state]}" for state in State)


def line(record: Record, best: bool = False) -> str:
    """Return one candidate in one line."""
    if record.state != State.COMPLETE or record.profiled is None:
        return _ended(record)
    facts = record.profiled
    title = "" if record.metric == "accuracy" else f" {metric_title(record.metric)}"
    return (
        f"trial {record.trial:4d}  int8 validation{title} {percent(record.val_score)}  "
        f"weights {facts['weights_bytes']:,} B  "
        f"arena {facts['arena_min_bytes']:,} B  {facts['macs']:,} MACs{'  *' if best else ''}"
    )


def _ended(record: Record) -> str:
    """Return a candidate without a score in one line."""
    words, reason = state_words(record.state), record.reason or ""
    return f"trial {record.trial:4d}  {reason if reason.startswith(words) else f'{words}: {reason}'}"


def candidates(records: Sequence[Record]) -> Table:
    """Return a table of candidates, the latest last."""
    table = Table(box=None, header_style="dim")
    for head in ("trial", "validation", "weights", "arena", "MACs", "seconds", ""):
        table.add_column(head, justify="left" if not head else "right")
    for record in records:
        facts = record.profiled or {}
        table.add_row(
            str(record.trial),
            percent(record.val_score),
            kilobytes(facts.get("weights_bytes")),
            kilobytes(facts.get("arena_min_bytes")),
            f"{facts['macs']:,}" if facts else "-",
            f"{sum(record.seconds.values()):.1f}",
            record.reason or "",
        )
    return table


def clock(seconds: float) -> str:
    """Return seconds as minutes:seconds."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
