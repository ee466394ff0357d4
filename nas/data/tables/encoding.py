"""The content of a file, and text whatever its encoding: UTF-8, UTF-16, UTF-32 or Latin-1."""

import codecs
import re
import stat
from pathlib import Path

from nas.errors import InputError

BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
"""Marks at the start of a file; that of UTF-16 begins that of UTF-32, so it is asked later."""

CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
"""Characters that no text file holds; `\\x1a`, which old programs wrote at the end, is taken off before."""

KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISSOCK, "a socket"),
)
PROBE = 65_536
"""Bytes or characters at the start of a file that tell whether it is text."""


def check_file(path: Path, place: str) -> None:
    """Raise InputError unless `path` is a regular file, or a link to one: pipes and devices may have no end."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        raise InputError(place, "cannot be read", got=getattr(error, "strerror", None) or error) from None
    if not stat.S_ISREG(mode):
        kind = next((words for test, words in KINDS if test(mode)), "something else")
        raise InputError(place, "must be a regular file", got=kind, hint="remove it, or give the file itself")


def read_bytes(path: Path, place: str) -> bytes:
    """Return the content of a regular file; InputError at `place` if it is none or cannot be read."""
    check_file(path, place)
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(place, "cannot be read", got=error.strerror) from error


def decode(content: bytes, place: str) -> tuple[str, str | None]:
    """Return text and a note on its encoding; None for UTF-8.

    Raises:
        InputError: the content is not text.
    """
    codec, name = _codec(content)
    try:
        text = content.decode(codec)
    except UnicodeDecodeError as error:
        if codec != "utf-8":
            raise InputError(place, "cannot be read as text", got=error) from error
        text, name = content.decode("cp1252", errors="replace"), "Latin-1"
    text = text.rstrip("\x1a\0")
    if CONTROL.search(text, 0, PROBE) or "\0" in text:
        raise InputError(place, "cannot be read as text", got="bytes that are not characters", hint="export it as text")
    return text, None if name == "UTF-8" else f"encoding: {name}"


def _codec(content: bytes) -> tuple[str, str]:
    """Return the encoding by the mark at the start, or by where zeros are: they are half of UTF-16's Latin letters."""
    marked = next(((codec, name) for mark, codec, name in BOMS if content.startswith(mark)), None)
    if marked:
        return marked
    even, odd = content[0:PROBE:2].count(0), content[1:PROBE:2].count(0)
    half = len(content[:PROBE]) // 2
    if half and odd > 0.9 * half and not even:
        return "utf-16-le", "UTF-16"
    if half and even > 0.9 * half and not odd:
        return "utf-16-be", "UTF-16"
    return "utf-8", "UTF-8"
