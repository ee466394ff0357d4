"""`nas specs`: list specifications of models, show one, or list what one may hold."""

from dataclasses import asdict

import click

from nas.cli.options import json_option, studies_option
from nas.cli.views.output import print_json, print_view

EPILOG = """\b
Examples:
  nas specs                    # those that are found
  nas specs my_model.toml      # one of them, with the defaults of what it leaves out
  nas specs --keys             # every key, its default and what it means

Found are specifications (.toml, and .py files that define build) in the current folder, in the folders of the
environment variable NAS_SPECS and all folders in them, trainings in models/, and winners of studies. They are read, and
no code in them is run.
"""


@click.command(epilog=EPILOG)
@click.argument("spec", required=False)
@click.option("--keys", is_flag=True, help="List every key that a specification may have.")
@studies_option
@json_option
def command(spec: str | None, keys: bool, studies: str, as_json: bool) -> None:
    """List specifications of models, show one (SPEC), or list what one may hold."""
    from nas import describe_spec, list_spec_keys, list_specs
    from nas.cli.views.specs import keys_table, listing, shown

    if keys:
        found = list_spec_keys()
        if as_json:
            print_json([asdict(key) for key in found])
        else:
            print_view(keys_table(found))
    elif spec is not None:
        settings = describe_spec(spec).to_json()
        if as_json:
            print_json(settings)
        else:
            click.echo(shown(settings), nl=False)
    else:
        summaries = list_specs(studies)
        if as_json:
            print_json([asdict(one) for one in summaries])
        elif summaries:
            print_view(listing(summaries))
        else:
            click.echo("no specifications here; `nas specs --keys` lists what one may hold")
