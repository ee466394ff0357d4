"""Which names the members of an archive may have: relative paths that mean the same on every system."""

import re
import unicodedata
from collections.abc import Iterable

from nas.errors import InputError

LONGEST_NAME_BYTES = 200
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


def check_names(place: object, names: Iterable[str]) -> None:
    """Raise an InputError for a name that could leave the folder, or that two members would share.

    Args:
        place: the archive in messages.
        names: of all members, in order.
    """
    taken: dict[str, str] = {}
    folders: dict[str, str] = {}
    for name in names:
        if fault := _fault(name):
            raise InputError(f"{place}: {name!r}", f"must be a relative path inside the archive, {fault}")
        same = _folded(name)
        if same in taken:
            rule = "must be there once; some systems take no notice of case"
            raise InputError(f"{place}: {name!r}", rule, got=f"also {taken[same]!r}")
        taken[same] = name
        parts = same.split("/")
        folders |= {"/".join(parts[:end]): name for end in range(1, len(parts))}
    for same in taken.keys() & folders.keys():
        raise InputError(f"{place}: {taken[same]!r}", "must not be a folder too", got=f"{folders[same]!r} in it")


def _folded(name: str) -> str:
    """Return the same text for names that are one file on a system that ignores case and forms of accents."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _fault(name: str) -> str | None:
    """Return what is wrong with a name, in words."""
    if not name or len(name.encode(errors="replace")) > LONGEST_NAME_BYTES:
        return f"of 1 to {LONGEST_NAME_BYTES} bytes"
    if not name.isprintable():
        return "without control characters"
    if any(mark in name for mark in '\\:*?"<>|'):
        return 'without \\ : * ? " < > |'
    if name.startswith("/"):
        return "not an absolute one"
    parts = name.split("/")
    if any(part in ("", ".", "..") for part in parts):
        return "without empty parts, . and .."
    if any(part[-1] in ". " or _RESERVED.match(part) for part in parts):
        return "without a part that ends in a dot or a space, or that is a device on Windows"
    return None
