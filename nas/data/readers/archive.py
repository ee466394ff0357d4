"""The arrays of an `.npz` file: only those that are asked for, after their headers have shown what they take."""

import io
import math
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO

import numpy as np

from nas.arrays import Array
from nas.data.tables.encoding import check_file
from nas.errors import InputError

LONGEST_HEADER = 10_000
"""Most bytes of an array's header; numpy's own limit, since longer ones are slow to parse."""


def read_arrays(source: str, path: Path, name: Callable[[str], str | None]) -> tuple[dict[str, Array], list[str]]:
    """Read arrays from an `.npz` file; nothing is unpickled, since that runs code of the file's author.

    Args:
        source: the file in messages.
        path: the file.
        name: gives the name under which to return an array, given its key; None for arrays that are not needed.

    Returns:
        The arrays by name, and all keys of the file.

    Raises:
        InputError: the file is damaged or no `.npz`, or an array that is needed holds Python objects or more than the
            memory of this machine.
    """
    check_file(path, source)
    if not zipfile.is_zipfile(path):
        raise InputError(source, "must be an .npz file, as numpy.savez writes it", hint="save the arrays again")
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise InputError(source, "cannot be read as .npz", got=error) from error
    with archive:
        members = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
        wanted = {named: key for key in members if (named := name(key)) and (named == key or named not in members)}
        return {named: _read(archive, members[key], f"{source}: {key}") for named, key in wanted.items()}, list(members)


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, place: str) -> Array:
    try:
        with archive.open(info) as file:
            _check_header(file, info.file_size, place)
        with archive.open(info) as file:
            array: Array = np.lib.format.read_array(file, allow_pickle=False)
        if array.dtype.kind == "U":
            array.tolist()  # raises now, not later, if the bytes are not valid text
    except InputError:
        raise
    except Exception as error:
        # For a damaged header numpy raises errors of many types: SyntaxError, TokenError, SystemError and others.
        raise InputError(place, "cannot be read as .npz", got=error, hint="save the arrays again") from error
    return array


def _check_header(file: IO[bytes], size: int, place: str) -> None:
    """Refuse what an array's header tells to be no plain array, incomplete, or too large."""
    start = file.read(12)
    if not start.startswith(b"\x93NUMPY"):
        raise InputError(
            place, "must be an array, as numpy.savez writes it", hint="write the file again with numpy.savez"
        )
    wide = start[6] > 1
    length = int.from_bytes(start[8:12] if wide else start[8:10], "little")
    if length > LONGEST_HEADER:
        raise InputError(place, f"has a header of {length:,} bytes", hint="save it again as a plain array of numbers")
    header = io.BytesIO(start[8:] + file.read(length - (0 if wide else 2)))
    read = np.lib.format.read_array_header_2_0 if wide else np.lib.format.read_array_header_1_0
    shape, _, dtype = read(header)
    if dtype.hasobject:
        key = place.rpartition(": ")[2]
        kind = "float" if key.lower().startswith("x") else "str"
        raise InputError(
            place, "must hold numbers or text, but holds Python objects", hint=f"save np.array({key}, dtype={kind})"
        )
    taken = math.prod(shape) * dtype.itemsize
    if taken > size:
        raise InputError(place, f"is cut off: its header tells of {taken:,} bytes", got=f"{size:,}")
    # Rows are turned into float32 beside the array itself.
    needed, there = taken + 4 * math.prod(shape), _memory_bytes()
    if needed > there:
        gib = 1 << 30
        raise InputError(
            place, f"needs {needed / gib:.1f} GB of memory, of {there / gib:.1f} GB", got=f"shape {shape}, {dtype}",
            hint="save fewer rows, or shorter ones",
        )  # fmt: skip


def _memory_bytes() -> int:
    """Return the memory of this machine; where the system does not tell, a number that no array reaches."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return 1 << 62
