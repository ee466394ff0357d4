"""What every verb does the same way: JSON on standard output, everything else for people."""

from typing import Any

import click

from nas.text import document

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document on standard output.")


def print_json(data: Any) -> None:
    """Print data as this verb's one JSON on standard output."""
    click.echo(document(data), nl=False)
