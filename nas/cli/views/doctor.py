"""What `nas doctor` found, as a person reads it."""

from itertools import groupby

from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from nas.api.doctor import Diagnosis, HealthCheck

_SIGNS = {"ok": ("\u2713", "green"), "note": ("!", "yellow"), "problem": ("\u2717", "bold red")}


def view(found: Diagnosis) -> Group:
    """Return the checks, part by part, each with what to do, and whether a search can run."""
    parts = [
        Group(Text(part, style="bold"), Padding(_table(list(checks)), (0, 0, 1, 0)))
        for part, checks in groupby(found.checks, key=lambda check: check.part)
    ]
    end = Text("a search can run", style="bold green") if found.ready else Text("no search can run", style="bold red")
    return Group(*parts, end)


def _table(checks: list[HealthCheck]) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for check in checks:
        sign, style = _SIGNS[check.state]
        words = Text(check.found)
        if check.advice:
            words.append(f"\n{check.advice}", style="dim")
        table.add_row(Text(sign, style=style), check.name, words)
    return table
