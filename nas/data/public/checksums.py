"""Comparing unpacked files with a published list of digests, as `sha256sum` and PhysioNet write it."""

import re
from collections.abc import Iterable
from pathlib import Path

from nas.errors import InputError
from nas.files import digest_of

_LINE = re.compile(r"([0-9a-f]{64}) [ *]?(.+)")


def check_files(listing: Path, files: Iterable[Path]) -> None:
    """Compare files with a list of SHA-256 digests and names.

    Raises:
        InputError: the list has no digest of a file, or a file has another one.
    """
    lines = listing.read_text("utf-8", "replace").splitlines()
    listed = {match[2]: match[1] for line in lines if (match := _LINE.fullmatch(line.strip()))}
    for path in files:
        if path.name not in listed:
            raise InputError(path.name, f"must be listed in {listing.name}", hint="fetch it again")
        if (found := digest_of(path)) != listed[path.name]:
            rule = f"must have the SHA-256 {listed[path.name]}, as {listing.name} says"
            raise InputError(path.name, rule, got=found, hint="fetch it again, or give another --mirror")
