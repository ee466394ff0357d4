"""Fetching a public data set: download, check, arrange, and say where it is from."""

import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from nas.data.public.catalog import PUBLIC, PublicSet
from nas.data.public.download import download
from nas.errors import InputError
from nas.files import digest_of, write_atomic

ORIGIN = "SOURCE.json"
"""The file that says where a data set is from; it is written last, so where it is, the data are whole."""


@dataclass(frozen=True, slots=True)
class FetchedData:
    """A public data set on this machine.

    Attributes:
        name: of the set.
        folder: where it is.
        data: what to give to `--data`.
        licence: its terms.
        cite: whom to cite.
        digests: SHA-256 of the files that were downloaded, by name.
        checked: whether the digests were known before, and so the files are the ones that others have.
    """

    name: str
    folder: str
    data: str
    licence: str
    cite: str
    digests: dict[str, str]
    checked: bool

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def fetch(
    name: str, folder: Path, mirror: str | None = None, progress: Callable[[str, int, int | None], None] | None = None
) -> FetchedData:
    """Download a public data set, check it and arrange it as data.

    An interrupted download goes on where it was; a set that is there is not fetched again.

    Args:
        name: of the set.
        folder: where to put it; it must not exist, or hold this set.
        mirror: address of a folder with the same files.
        progress: told the name of a file, the bytes of it that are there, and those that it has.

    Raises:
        InputError: there is no such set, the folder holds something else, the disk is too full, or a file cannot be
            downloaded, checked or unpacked.
    """
    wanted = PUBLIC.find(name, "fetch")
    if (folder / ORIGIN).is_file():
        return _known(name, folder)
    if folder.exists() and any(folder.iterdir()):
        raise InputError(folder, "must be empty, or hold this data set", hint="give another folder with -o")
    folder.parent.mkdir(parents=True, exist_ok=True)
    downloads = folder.with_name(f"{folder.name}.download")
    _check_space(wanted, folder.parent)
    digests = {}
    for source in wanted.sources:

        def told(there: int, name: str = source.name, size: int | None = source.size_bytes) -> None:
            if progress is not None:
                progress(name, there, size)

        file = download(source, downloads, mirror, told)
        digests[source.name] = source.sha256 or digest_of(file)  # a known digest was checked
    fetched = FetchedData(
        name, str(folder), str(folder / wanted.data) if wanted.data else str(folder), wanted.licence, wanted.cite,
        digests, wanted.is_checked,
    )  # fmt: skip
    _arrange(wanted, fetched, downloads, folder)
    return fetched


def _arrange(wanted: PublicSet, fetched: FetchedData, downloads: Path, folder: Path) -> None:
    """Make data of the downloads beside the folder, and rename: the folder is whole or not there."""
    beside = folder.with_name(f"{folder.name}.unpacking")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir()
    try:
        wanted.arrange(downloads, beside)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    told = {"sources": [source.url for source in wanted.sources], "split": wanted.split, "summary": wanted.summary}
    place = {"folder", "data"}
    origin = {key: value for key, value in fetched.to_json().items() if key not in place} | told
    write_atomic(beside / ORIGIN, json.dumps(origin, indent=2) + "\n")
    if folder.exists():
        folder.rmdir()
    beside.rename(folder)
    shutil.rmtree(downloads, ignore_errors=True)


def _known(name: str, folder: Path) -> FetchedData:
    try:
        origin = json.loads((folder / ORIGIN).read_text())
        known = str(origin["name"])
        data = PUBLIC[known].data
        fields = (str(origin["licence"]), str(origin["cite"]), dict(origin["digests"]), bool(origin["checked"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(folder / ORIGIN, "cannot be read", hint="delete the folder, or give another one") from error
    if known != name:
        raise InputError(folder, f"holds the data set {known}", hint="give another folder with -o")
    return FetchedData(name, str(folder), str(folder / data) if data else str(folder), *fields)


def _check_space(wanted: PublicSet, folder: Path) -> None:
    needed, free = (wanted.size_bytes or 0) * 2, shutil.disk_usage(folder).free
    if needed > free:
        got = f"{free / 1e9:.1f} GB free"
        raise InputError(folder, f"must have {needed / 1e9:.1f} GB free for {wanted.sources[0].name}", got=got)
