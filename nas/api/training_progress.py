"""A running training on standard error: a live view on a terminal, else a line for each epoch."""

import time
from collections.abc import Mapping
from types import TracebackType

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from nas.text import UNKNOWN, duration, percent

# The view shows this many epochs, the latest.
SHOWN = 8
BAR = 40


class TrainingProgress:
    """Shows a training while it runs, on standard error; what is shown last stays.

    Life cycle: a context manager that is entered before the training and left after it, also when it fails.

    Args:
        title: the first line.
        epochs: the number of epochs at which the training ends; None if a callback ends it.
        console: where to show it; standard error by default.
    """

    def __init__(self, title: str, epochs: int | None, console: Console | None = None) -> None:
        self._title, self._epochs = title, epochs
        self._console = console or Console(stderr=True)
        self._live = Live(console=self._console, refresh_per_second=4)
        self._phase, self._rows = "starting", list[tuple[int, Mapping[str, float]]]()
        self._started, self._first = time.monotonic(), 0

    def __enter__(self) -> "TrainingProgress":
        self._console.print(self._title, style="bold", highlight=False)
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._live.stop()

    def phase(self, text: str) -> None:
        """Say what is being done now."""
        self._phase = text
        self._tell(f"[{time.monotonic() - self._started:6.1f} s] {text}")

    def note(self, text: str) -> None:
        """Say what the user should know."""
        self._console.print(f"note: {text}", markup=False, highlight=False, soft_wrap=True, style="dim")

    def epoch(self, number: int, numbers: Mapping[str, float]) -> None:
        """Show an epoch that has ended, counted from 0."""
        self._first = self._first or number
        self._rows = [*self._rows, (number, numbers)][-SHOWN:]
        self._tell(epoch_line(number, self._epochs, numbers))

    def _tell(self, text: str) -> None:
        if self._live.is_started:
            self._live.update(self._frame())
        else:
            self._console.print(text, markup=False, highlight=False, soft_wrap=True)

    def _frame(self) -> Group:
        last = Text("Ctrl-C stops; --resume goes on", style="dim")
        return Group(Text(self._phase), self._bar(), epochs_table(self._rows), last)

    def _bar(self) -> Table:
        grid = Table.grid(padding=(0, 1))
        done, seconds = (self._rows[-1][0] + 1 if self._rows else 0), time.monotonic() - self._started
        if self._epochs is None:
            grid.add_row("epochs", f"{done}", duration(seconds))
        else:
            trained = done - self._first
            left = f"{duration(seconds / trained * (self._epochs - done))} left" if trained > 0 else ""
            bar = ProgressBar(self._epochs, done, width=min(BAR, self._console.width // 2))
            grid.add_row("epochs", bar, f"{done} of {self._epochs}", left)
        return grid


def epoch_line(number: int, epochs: int | None, numbers: Mapping[str, float]) -> str:
    """Return an epoch in one line."""
    of = "" if epochs is None else f" of {epochs}"
    shown = "  ".join(f"{name} {_show(name, value)}" for name, value in numbers.items())
    return f"epoch {number + 1}{of}  {shown}"


def epochs_table(rows: list[tuple[int, Mapping[str, float]]]) -> Table:
    """Return a table of epochs, a line each."""
    names = list(dict.fromkeys(name for _, numbers in rows for name in numbers))
    table = Table("epoch", *names, box=None, header_style="dim", pad_edge=False)
    for column in table.columns:
        column.justify, column.no_wrap = "right", True
    for number, numbers in rows:
        table.add_row(str(number + 1), *(_show(name, numbers.get(name)) for name in names))
    return table


def _show(name: str, value: float | None) -> str:
    if value is None:
        return UNKNOWN
    return percent(value) if name.endswith("accuracy") else f"{value:.4g}"
