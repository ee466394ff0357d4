"""`nas completion`: a script that lets a shell complete verbs, options and names."""

import click
from click.shell_completion import get_completion_class

from nas.cli.options import json_option
from nas.cli.views.output import print_json

_VARIABLE = "_NAS_COMPLETE"

EPILOG = """\b
Examples:
  nas completion bash >> ~/.bashrc
  nas completion zsh >> ~/.zshrc
  nas completion fish > ~/.config/fish/completions/nas.fish
"""


@click.command(epilog=EPILOG)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@json_option
@click.pass_context
def command(context: click.Context, shell: str, as_json: bool) -> None:
    """Print the script with which SHELL completes the verbs of nas, their options, and names of studies and targets.

    Open a new shell after adding it.
    """
    complete = get_completion_class(shell)
    assert complete is not None
    script = complete(context.find_root().command, {}, "nas", _VARIABLE).source()
    if as_json:
        print_json({"shell": shell, "script": script})
    else:
        click.echo(script)
