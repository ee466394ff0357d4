"""What `nas search --dry-run` tells on standard error, before the study.toml: limits, shares that fit, and warnings."""

import click

from nas.optimizer.observer import Observer


class Checked(Observer):
    """Prints what the checks before a search tell; the study.toml alone goes to standard output.

    Args:
        figures: whether to print limits and shares, or warnings alone.
    """

    def __init__(self, *, figures: bool) -> None:
        self._figures = figures

    def phase(self, text: str) -> None:
        if self._figures:
            click.echo(text, err=True)

    def warn(self, text: str) -> None:
        click.echo(f"warning: {text}", err=True)
