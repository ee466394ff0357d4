"""`nas search`: run or resume a study."""

import shlex
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nas.cli.completion import studies as complete_studies
from nas.cli.options import json_option, studies_option
from nas.cli.signals import Interruption
from nas.cli.study_options import study_options
from nas.cli.views.output import print_json, print_text
from nas.errors import InputError

if TYPE_CHECKING:
    from nas import Study

EPILOG = """\b
Examples:
  nas search --space cnn_timeseries --budget-kb 6
  nas search --space cnn_timeseries --data recordings/ --window 128 --stride 64 --budget-kb 6 --minutes 10
  nas search studies/cnn_timeseries-synthetic-6kb --minutes 5      # resume a study
  nas search studies/cnn_timeseries-synthetic-6kb --finish         # run its finals now
"""


def _print_recipe(context: click.Context, parameter: click.Parameter, wanted: bool) -> None:
    if wanted:
        from nas import Recipe
        from nas.cli.views.recipe import settings

        click.echo(settings(Recipe()))
        context.exit()


@click.command(epilog=EPILOG)
@click.argument("study", required=False, shell_complete=complete_studies)
@study_options
@click.option(
    "--recipe",
    multiple=True,
    metavar="KEY=VALUE",
    help="A setting of training, augment, fidelity or finals, such as epochs=20; may be repeated. --help-recipe lists "
    "the settings.",
)
@click.option(
    "--help-recipe",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_recipe,
    help="List the settings of --recipe with their defaults, and stop.",
)
@studies_option
@click.option(
    "--finish",
    is_flag=True,
    help="Search no further: run the finals now, with the candidates that the study has, and write the winner. They "
    "take the time that they need, unless --minutes gives another limit than the study has.",
)
@click.option(
    "--archives",
    is_flag=True,
    help="Write an archive, .nas.zip, for each member of the Pareto front too; that of the winner is always written.",
)
@click.option(
    "--detach",
    is_flag=True,
    help="Search in the background, also when the terminal is closed; `nas attach` follows it, `nas stop` ends it.",
)
@click.option(
    "--dry-run",
    is_flag=True,
    help="Read the data, check all that a search checks before its first trial, print the study.toml, and stop.",
)
@json_option
def command(
    study: str | None,
    studies: Path,
    finish: bool,
    archives: bool,
    detach: bool,
    dry_run: bool,
    as_json: bool,
    **settings: Any,
) -> None:
    """Search a space for the most accurate int8 network that fits.

    STUDY is a study.toml or a study's folder; flags override it. The same command resumes a study that was
    interrupted. Limits hold for network and front-end together.
    """
    from nas import define_study, open_study

    given = {key: value for key, value in settings.items() if value not in (None, ())}
    if "recipe" in given:
        given["recipe"] = dict(map(_setting, given["recipe"]))
    definition = define_study(given, study, studies)
    if study is not None and (Path(study) / "study.toml").is_file():
        # It goes on in the folder where it is.
        studies = open_study(study)[1].parent
    if dry_run:
        _check(definition, studies, finish=finish, as_json=as_json)
        return
    if detach:
        _detach(definition, studies, finish=finish, archives=archives, as_json=as_json)
        return
    from nas import Progress, search, show_study
    from nas.cli.views.result import told
    from nas.cli.views.studies import kept

    with Progress(f"nas search: study {definition.name}", definition.trials) as view:
        try:
            result = search(definition, studies, view, finish=finish, archives=archives)
        except Interruption as end:
            with suppress(InputError):  # there may be no folder of the study yet
                end.kept = kept(show_study(definition.name, studies))
            raise
    if as_json:
        print_json(result.to_contract(str(Path(result.folder) / "best" / "model.tflite")))
    else:
        print_text(told(definition, result, finish=finish))


def _check(definition: "Study", studies: Path, *, finish: bool, as_json: bool) -> None:
    """Check all that a search checks before its first trial, and print the study that would be run."""
    from nas import check_search, limits_in_words
    from nas.cli.views.checked import Checked

    check_search(definition, studies, Checked(figures=not as_json), finish=finish)
    if as_json:
        limits = limits_in_words(definition)
        print_json({**definition.definition(), "study_toml": definition.to_toml(), "limits": limits})
        return
    click.echo(definition.to_toml(), nl=False)


def _detach(definition: "Study", studies: Path, *, finish: bool, archives: bool, as_json: bool) -> None:
    """Begin the search in the background, and say how to go on."""
    from nas import start_search

    begun = start_search(definition, studies, finish=finish, archives=archives)
    if as_json:
        print_json(begun.to_json())
        return
    folder = shlex.quote(begun.folder)
    click.echo(f"study {begun.study} is searched in the background by process {begun.pid}; its log is {begun.log}")
    click.echo(f"follow it: nas attach {folder}\nend it:    nas stop {folder}")


def _setting(text: str) -> tuple[str, Any]:
    key, equals, value = text.partition("=")
    if not (key and equals):
        raise InputError("--recipe", "must be KEY=VALUE", got=repr(text[:80]), hint="such as --recipe epochs=20")
    try:
        return key, tomllib.loads(f"value = {value}")["value"]
    except (ValueError, RecursionError):  # text without quotes, a number of thousands of digits, too many brackets
        return key, value[:80]
