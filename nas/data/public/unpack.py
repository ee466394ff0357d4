"""Unpacking what was downloaded: regular files only, none outside of the folder, and no more than a limit."""

import gzip
import os
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from nas.errors import InputError

MOST_FILES = 300_000
_BLOCK = 1 << 20


def unpack(archive: Path, folder: Path, most_bytes: int) -> None:
    """Unpack a `.zip`, `.tar` or `.tar.gz` file into a folder.

    Links, devices and pipes are left out.

    Raises:
        InputError: the archive is damaged, holds more than `most_bytes` or `MOST_FILES`, or a name in it leads out of
            the folder.
    """
    left = most_bytes
    try:
        for number, (name, size, opened) in enumerate(_members(archive)):
            if number >= MOST_FILES:
                raise InputError(archive.name, f"must hold at most {MOST_FILES:,} files")
            path = _inside(folder, name, archive.name)
            if size > left:
                raise _too_much(archive, most_bytes)
            path.parent.mkdir(parents=True, exist_ok=True)
            with opened() as source, path.open("wb") as target:
                left -= _copy(source, target, left, archive, most_bytes)
    except (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise InputError(archive.name, "cannot be unpacked", got=error, hint="fetch it again") from error


def read_gzip(path: Path, most_bytes: int) -> bytes:
    """Return the content of a `.gz` file; InputError if it is damaged or holds more than `most_bytes`."""
    try:
        with gzip.open(path) as file:
            content = file.read(most_bytes + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(path.name, "cannot be unpacked", got=error, hint="fetch it again") from error
    if len(content) > most_bytes:
        raise _too_much(path, most_bytes)
    return content


def _members(archive: Path) -> Iterator[tuple[str, int, Callable[[], IO[bytes]]]]:
    """Yield name, size and opener of each regular file."""
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as pack:
            for info in pack.infolist():
                mode = info.external_attr >> 16
                if not info.is_dir() and (stat.S_IFMT(mode) in (0, stat.S_IFREG)):
                    yield info.filename, info.file_size, lambda info=info: pack.open(info)  # type: ignore[misc]
        return
    with tarfile.open(archive) as tar:
        for member in tar:
            if member.isreg():
                yield member.name, member.size, lambda member=member: tar.extractfile(member)  # type: ignore[misc]


def _inside(folder: Path, name: str, place: str) -> Path:
    path = Path(os.path.normpath(folder / name.replace("\\", "/")))
    if not path.is_relative_to(os.path.normpath(folder)) or path == folder or "\0" in name:
        raise InputError(place, "holds a name that leads out of the folder", got=repr(name))
    return path


def _copy(source: IO[bytes], target: IO[bytes], left: int, archive: Path, most_bytes: int) -> int:
    """Copy a file, and return its bytes; sizes in a directory may be wrong."""
    copied = 0
    while block := source.read(_BLOCK):
        copied += len(block)
        if copied > left:
            raise _too_much(archive, most_bytes)
        target.write(block)
    return copied


def _too_much(archive: Path, most_bytes: int) -> InputError:
    return InputError(archive.name, f"holds more than {most_bytes:,} bytes, which this data set does not")
