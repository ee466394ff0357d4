"""What every verb prints the same way: one JSON document, or text for people."""

from typing import Any

import click

from nas.text import document


def print_json(data: Any) -> None:
    """Print data as this verb's one JSON document on standard output."""
    click.echo(document(data), nl=False)


def print_view(view: Any) -> None:
    """Print a table, or a group of them, on standard output; names from files are never read as markup."""
    # Importing rich takes longer than most verbs take.
    from rich.console import Console

    Console(highlight=False, markup=False, emoji=False).print(view)


def width() -> int:
    """Return the columns that `print_view` has: the terminal's, or 80 where there is none."""
    from rich.console import Console

    return Console().width
