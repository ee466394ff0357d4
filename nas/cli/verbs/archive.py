"""`nas archive`: a model with everything that belongs to it as one file."""

from pathlib import Path

import click

from nas.cli.default_group import DefaultGroup
from nas.cli.options import json_option, studies_option
from nas.cli.views.output import print_json, print_view

EPILOG = """\b
Examples:
  nas archive mine
  nas archive studies/mine --trial 17 -o trial-17.nas.zip
  nas archive mine --front
  nas archive models/mine
  nas archive show mine.nas.zip
  nas archive verify mine.nas.zip
  nas archive extract mine.nas.zip -o mine/
"""


@click.group(cls=DefaultGroup, default="make", epilog=EPILOG)
def command() -> None:
    """Write a study's winner or a training as one .nas.zip, or show, verify or extract such a file.

    `nas archive STUDY` is short for `nas archive make STUDY`. An archive is written whole or not at all. Each byte of
    it is checked whenever it is opened, and no code in it is run. Each command takes --json.
    """


@command.command(epilog=EPILOG)
@click.argument("source", metavar="STUDY|FOLDER")
@click.option("--trial", type=int, help="Number of a complete trial to archive instead of the winner.")
@click.option("--front", is_flag=True, help="Write an archive for each member of the Pareto front.")
@click.option(
    "-o",
    "--file",
    "out",
    type=click.Path(path_type=Path),
    help="File to write, NAME.nas.zip; with --front, a folder.  [default: in the study's folder]",
)
@studies_option
@json_option
def make(source: str, trial: int | None, front: bool, out: Path | None, studies: Path, as_json: bool) -> None:
    """Archive a study's winner or a training.

    A STUDY is named by its name or folder; --trial takes another trial of it. FOLDER is that of a training.
    """
    from nas import archive, archive_front

    if front and trial is not None:
        raise click.UsageError("--front archives every member of the front; leave --trial out.")
    if front:
        files = archive_front(source, out=out, root=studies)
    else:
        files = [archive(source, out=out, trial=trial, root=studies)]
    if as_json:
        print_json({"study": source, "files": list(map(str, files))})
    else:
        click.echo("\n".join(map(str, files)))


@command.command(epilog="Example: nas archive show mine.nas.zip")
@click.argument("file")
@json_option
def show(file: str, as_json: bool) -> None:
    """Show what FILE is and what it holds.

    All of it is checked before.
    """
    from nas import open_archive
    from nas.cli.views.archives import contents

    found = open_archive(file)
    if as_json:
        print_json(found.to_json())
    else:
        print_view(contents(found))


@command.command(epilog="Example: nas archive verify mine.nas.zip")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@json_option
def verify(files: tuple[str, ...], as_json: bool) -> None:
    """Check every byte of each FILE.

    The exit code is 1 if one is damaged or was changed.
    """
    from nas import open_archive

    found = [open_archive(file) for file in files]
    if as_json:
        print_json([{"file": one.file, "members": len(one.members), "sound": True} for one in found])
    else:
        click.echo("\n".join(f"{one.file}: sound, {len(one.members)} members" for one in found))


@command.command(epilog="Example: nas archive extract mine.nas.zip -o mine/")
@click.argument("file")
@click.option(
    "-o",
    "--folder",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="A new or empty folder to write into.",
)
@json_option
def extract(file: str, folder: Path, as_json: bool) -> None:
    """Write the members of FILE into a folder, all or none."""
    from nas import extract_archive

    files = list(map(str, extract_archive(file, folder)))
    if as_json:
        print_json({"file": file, "files": files})
    else:
        click.echo("\n".join(files))
