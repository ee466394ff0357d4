"""`nas data fetch`: a public data set by its name."""

import sys
from pathlib import Path

import click

from nas.cli.options import json_option
from nas.cli.views.output import print_json, print_view


@click.command(short_help="List public data sets, or download one.")
@click.argument("name", required=False)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Folder to put it in.  [default: data/NAME]")
@click.option("--mirror", help="Address of a folder with the same files, in place of the set's own server.")
@click.option("--yes", is_flag=True, help="Do not ask before a download.")
@json_option
def command(name: str | None, output: Path | None, mirror: str | None, yes: bool, as_json: bool) -> None:
    """List public data sets, or download NAME, check it, unpack it and arrange it as data.

    Size and licence are told first, with a question before the download if there is a terminal. Files are compared with
    their known digests. An interrupted download goes on where it was.

    Example: nas data fetch mnist
    """
    from dataclasses import asdict

    from nas import fetch_data, list_public_data
    from nas.cli.views.public_data import listing, terms
    from nas.errors import unknown

    known = {each.name: each for each in list_public_data()}
    if name is None:
        print_json([asdict(each) for each in known.values()]) if as_json else print_view(listing(known.values()))
        return
    if name not in known:
        raise unknown("fetch", "public data set", name, known)
    click.echo(terms(known[name]), err=True)
    if not yes and sys.stdin.isatty() and sys.stderr.isatty():
        click.confirm("download it?", abort=True, err=True)
    fetched = fetch_data(name, output, mirror=mirror, progress=_Progress() if sys.stderr.isatty() else None)
    if as_json:
        print_json(fetched.to_json())
        return
    click.echo(f"{fetched.folder}: {'checked' if fetched.checked else 'not checked: no digest is known'}")
    if not fetched.checked:
        for file, digest in fetched.digests.items():
            click.echo(f"SHA-256 of {file}: {digest}")
    click.echo(f"next: nas data {fetched.data}")


class _Progress:
    """A line on a terminal that says how far a file is."""

    def __init__(self) -> None:
        self._percent = -1

    def __call__(self, name: str, there: int, size: int | None) -> None:
        percent = -1 if size is None else 100 * there // size
        if percent != self._percent or size is None:
            self._percent = percent
            told = f"{there / 1e6:,.1f} MB" + ("" if size is None else f" of {size / 1e6:,.1f} MB")
            click.echo(f"\r{name}: {told} ", nl=size is not None and there >= size, err=True)
