"""`nas targets`: list the boards and cores, or describe one."""

from dataclasses import asdict

import click

from nas.cli.completion import targets as complete_targets
from nas.cli.options import json_option
from nas.cli.views.output import print_json, print_view, width

EPILOG = """\b
Examples:
  nas targets
  nas targets arduino-nano-33-ble
  nas targets ./mine.toml --json
"""


@click.command(epilog=EPILOG)
@click.argument("name", required=False, shell_complete=complete_targets)
@json_option
def command(name: str | None, as_json: bool) -> None:
    """List the boards and cores that costs are estimated for, or describe NAME: one of them, or your TOML file."""
    from nas import find_target, list_targets
    from nas.cli.views.targets import description, listing

    if name is not None:
        target = find_target(name)
        if as_json:
            print_json(asdict(target))
        else:
            click.echo(description(target))
        return
    targets = list_targets()
    if as_json:
        print_json([asdict(target) for target in targets])
    else:
        print_view(listing(targets, width()))
