"""`nas studies`: list studies, show one, compare some, delete one."""

from dataclasses import asdict
from pathlib import Path

import click

from nas.cli.completion import studies as complete_studies
from nas.cli.options import cost_option, json_option, studies_option
from nas.cli.views.output import print_json, print_view
from nas.errors import InputError

EPILOG = """\b
Examples:
  nas studies
  nas studies show cnn_timeseries-synthetic-6kb
  nas studies compare first second --json
  nas studies delete first --yes
"""


@click.group(invoke_without_command=True, epilog=EPILOG)
@studies_option
@json_option
@click.pass_context
def command(context: click.Context, studies: Path, as_json: bool) -> None:
    """List the studies in a folder, or show, compare or delete some."""
    if context.invoked_subcommand is not None:
        return
    from nas import list_studies, show_study
    from nas.cli.views.studies import UNREADABLE, listing

    found, unreadable = [], []
    for name in list_studies(studies):
        try:
            found.append(show_study(name, studies))
        except InputError as error:
            unreadable.append((name, str(error)))
    if as_json:
        broken = [{"name": name, "state": UNREADABLE, "reason": reason} for name, reason in unreadable]
        print_json([*map(asdict, found), *broken])
    elif not found and not unreadable:
        click.echo(f"no studies in {studies}/; `nas search` begins one")
    else:
        print_view(listing(found, [name for name, _ in unreadable]))
        # A terminal wraps a long line by itself, and the commands in it can then still be copied.
        for name, reason in unreadable:
            click.echo(f"{name}: {reason}")


@command.command(epilog="Example: nas studies show cnn_timeseries-synthetic-6kb")
@click.argument("study", shell_complete=complete_studies)
@studies_option
@json_option
def show(study: str, studies: Path, as_json: bool) -> None:
    """Show what STUDY has found, the command that makes it again, and the next steps."""
    from nas import open_study, show_study
    from nas.cli.views.studies import description

    summary = show_study(study, studies)
    if as_json:
        print_json(asdict(summary))
    else:
        click.echo(description(summary, open_study(study, studies)[0].trials))


@command.command(epilog="Example: nas studies compare first second -o compared.html")
@click.argument("names", nargs=-1, required=True, metavar="STUDY STUDY...", shell_complete=complete_studies)
@click.option(
    "-o", "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write a page with the fronts in one picture."
)
@cost_option
@studies_option
@json_option
def compare(names: tuple[str, ...], out: Path | None, cost: str, studies: Path, as_json: bool) -> None:
    """Show studies side by side: the settings in which they differ, what each has found, and their fronts.

    What keeps the studies from being compared, such as other data, is said first. The table of fronts has the best
    score of each study within a cost, and a star at the best of all.
    """
    from nas import compare_studies, write_comparison
    from nas.cli.views.study_comparison import comparison

    if len(names) < 2:
        raise click.UsageError("Give two studies or more.")
    found = compare_studies(names, studies)
    page = None if out is None else str(write_comparison(found, out))
    if as_json:
        print_json({**found.to_json(), "page": page})
        return
    print_view(comparison(found, cost))
    click.echo(f"page: {page}" if page else "for the fronts in one picture: -o compared.html")


@command.command(epilog="Example: nas studies delete first --yes")
@click.argument("study", shell_complete=complete_studies)
@click.option("--yes", is_flag=True, help="Do not ask.")
@studies_option
@json_option
def delete(study: str, yes: bool, studies: Path, as_json: bool) -> None:
    """Delete STUDY: its folder with all models and exported files, its trials, and its runs in MLflow."""
    from nas import delete_study, open_study
    from nas.cli.views.deletion import deleted, question

    definition, folder = open_study(study, studies)
    if not yes and not click.confirm(question(definition, folder), err=True):
        raise InputError(folder, "is kept")
    runs = delete_study(study, studies)
    if as_json:
        print_json({"study": folder.name, "folder": str(folder), "mlflow_runs": runs})
    else:
        click.echo(deleted(definition, folder, runs))
