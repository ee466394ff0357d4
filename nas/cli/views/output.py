"""What every verb does the same way: JSON on standard output, everything else for people."""

import json
from typing import Any

import click

from nas.task.metrics import Estimate

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document on standard output.")


def print_json(document: Any) -> None:
    """Print a document as this verb's one JSON on standard output."""
    click.echo(json.dumps(document, indent=1, sort_keys=True))


def percent(value: float | None) -> str:
    """Return a share of 1 in percent; a dash for None."""
    return "-" if value is None else f"{100 * value:.1f} %"


def interval(estimate: Estimate) -> str:
    """Return the interval of a metric in percent."""
    return f"{100 * estimate.low:.1f} to {percent(estimate.high)}"


def kilobytes(value: int | None) -> str:
    """Return bytes as a person reads them: exact below 10 KB, in KB above."""
    if value is None:
        return "-"
    return f"{value:,} B" if value < 10_240 else f"{value / 1024:,.1f} KB"
