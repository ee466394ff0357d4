"""Downloading a file: resumed where an earlier try ended, and checked before it counts."""

import http.client
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nas.data.public.catalog import Source
from nas.errors import InputError
from nas.files import digest_of

Progress = Callable[[int], None]
"""Called with the bytes of a file that are there."""

TIMEOUT_S = 60
TRIES = 4
"""Times in a row that a connection may break without a byte."""

UNKNOWN_BYTES = 4 << 30
"""No more than this is taken of a file whose size is unknown."""

_BLOCK = 1 << 18
_SCHEMES = ("http://", "https://")


def download(source: Source, folder: Path, mirror: str | None = None, progress: Progress = lambda there: None) -> Path:
    """Return the file of a source, downloaded into a folder if it is not there.

    What is incomplete is kept as `NAME.part`, from whose end the next try goes on.

    Args:
        source: the file.
        folder: where to keep it.
        mirror: address of a folder that holds a file of the same name, in place of the source's address.
        progress: told how far it is.

    Raises:
        InputError: the server does not answer or has no such file, or what came has another size or digest; then it is
            deleted.
    """
    path, part = folder / source.name, folder / f"{source.name}.part"
    if path.is_file():
        progress(path.stat().st_size)
        return path
    url = source.url if mirror is None else f"{mirror.rstrip('/')}/{source.url.rpartition('/')[2]}"
    if not url.lower().startswith(_SCHEMES):
        raise InputError(url, "must begin with http:// or https://")
    folder.mkdir(parents=True, exist_ok=True)
    _fill(url, part, source, progress)
    _check(source, part, url)
    part.replace(path)
    return path


def _fill(url: str, part: Path, source: Source, progress: Progress) -> None:
    """Bring `part` to its full length; tries again where a connection breaks."""
    failures = 0
    while True:
        before = part.stat().st_size if part.exists() else 0
        if source.size_bytes is not None and before >= source.size_bytes:
            return
        try:
            if _take(url, part, before, source, progress):
                return
            error: Exception | None = None
        except (OSError, http.client.HTTPException) as broken:
            error = broken
        grown = part.exists() and part.stat().st_size > before
        failures = 0 if grown else failures + 1
        if failures >= TRIES or _is_final(error):
            hint = "run it again to go on where it was; --mirror gives another server"
            raise InputError(url, "cannot be downloaded", got=_why(error), hint=hint) from error


def _take(url: str, part: Path, start: int, source: Source, progress: Progress) -> bool:
    """Append what the server sends from byte `start` on; return whether the file is complete."""
    headers = {"Range": f"bytes={start}-"} if start else {}
    request = urllib.request.Request(url, headers={"User-Agent": "nas", **headers})
    most = source.size_bytes or UNKNOWN_BYTES
    try:
        answer = urllib.request.urlopen(request, timeout=TIMEOUT_S)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE and start:
            return True  # nothing is left to send; the check decides
        raise
    with answer:
        resumes = start > 0 and answer.status == http.client.PARTIAL_CONTENT
        expected = _length(answer)
        there = start if resumes else 0
        with part.open("ab" if resumes else "wb") as file:
            while block := answer.read(_BLOCK):
                there += len(block)
                if there > most:
                    raise InputError(url, f"sends more than the {most:,} bytes of {source.name}")
                file.write(block)
                progress(there)
    complete = expected is None or there >= (start if resumes else 0) + expected
    return complete and (source.size_bytes is None or there >= source.size_bytes)


def _length(answer: Any) -> int | None:
    text = answer.headers.get("Content-Length")
    return int(text) if text and text.isdigit() else None


def _check(source: Source, part: Path, url: str) -> None:
    size = part.stat().st_size
    if source.size_bytes is not None and size != source.size_bytes:
        part.unlink()
        raise InputError(url, f"must have {source.size_bytes:,} bytes", got=f"{size:,}", hint="give another --mirror")
    for name, digest in (("SHA-256", source.sha256), ("MD5", source.md5)):
        if digest is not None and (found := digest_of(part, name.replace("-", "").lower())) != digest:
            part.unlink()
            rule = f"must have the {name} {digest}; the file was deleted"
            raise InputError(url, rule, got=found, hint="fetch it again, or give another --mirror")


def _is_final(error: Exception | None) -> bool:
    return isinstance(error, urllib.error.HTTPError) and 400 <= error.code < 500


def _why(error: Exception | None) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return f"status {error.code}"
    return str(getattr(error, "reason", None) or error or "an incomplete file")
