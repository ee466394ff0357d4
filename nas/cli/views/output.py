"""What every verb prints the same way: one JSON document, or text for people."""

import sys
from textwrap import TextWrapper
from typing import Any

import click

from nas.text import counted, document


def print_json(data: Any) -> None:
    """Print data as this verb's one JSON document on standard output."""
    click.echo(document(data), nl=False)


def print_written(place: object, number: int, what: str) -> None:
    """Print how many things were written to a file or folder, such as `answers.csv: 1 row` or `motion: 12 samples`."""
    click.echo(f"{place}: {counted(number, what)}")


def print_view(view: Any) -> None:
    """Print a table, or a group of them, on standard output; names from files are never read as markup."""
    # Importing rich takes longer than most verbs take.
    from rich.console import Console

    Console(highlight=False, markup=False, emoji=False).print(view)


def print_text(text: str) -> None:
    """Print text on standard output; on a terminal, its sentences wrap between words, and tables stay as they are."""
    if sys.stdout.isatty():
        text = wrapped(text, width())
    click.echo(text)


def wrapped(text: str, columns: int) -> str:
    """Wrap the lines of a text that are longer than so many columns, but for indented ones; paths stay whole."""
    wrapper = TextWrapper(columns, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
    return "\n".join(line if line.startswith(" ") else wrapper.fill(line) for line in text.split("\n"))


def width() -> int:
    """Return the columns that `print_view` has: the terminal's, or 80 where there is none."""
    from rich.console import Console

    return Console().width
