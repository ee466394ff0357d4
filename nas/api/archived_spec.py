"""The specification in an archive, with the files that it names; code in an archive runs only if the user trusts it."""

import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from nas.errors import InputError
from nas.files import write_atomic
from nas.study.archive_file import spec_of
from nas.study.archive_zip import ArchiveFile, read_archive
from nas.study.model_spec import FILE, ModelSpec
from nas.study.model_spec_paths import is_code, moved
from nas.study.model_spec_tables import CallbackEntry

_OUTSIDE = re.compile(r"\.\.|://|\\|^[A-Za-z]:")


@contextmanager
def archived_spec(path: Path, *, trust: bool = False) -> Iterator[ModelSpec]:
    """Yield the specification in an archive; the files of it that it names are there until the end of the block.

    Relative paths of data start at the current folder.

    Args:
        path: of the archive.
        trust: whether the user trusts the author of the code in it.

    Raises:
        InputError: the archive is damaged, has no specification, or is not trusted and has code, or lets a callback
            write outside the folder of the training.
    """
    archive = read_archive(path)
    spec = spec_of(archive)
    if not trust:
        _require_harmless(spec.training.callbacks, f"{archive.file}: {FILE}")
    with tempfile.TemporaryDirectory() as folder:
        yield moved(spec, lambda text: _found(archive, text, Path(folder), trust=trust))


def _require_harmless(callbacks: Iterable[CallbackEntry], place: str) -> None:
    """Raise an InputError for an argument of a callback that is a path out of the training's folder, or an address."""
    for entry in callbacks:
        for key, value in entry.arguments.items():
            if isinstance(value, str) and (_OUTSIDE.search(value) or Path(value).is_absolute()):
                hint = "if you trust the author of the archive, give --trust"
                raise InputError(f"{place}: {entry.name}.{key}", "must stay in the folder", got=repr(value), hint=hint)


def _found(archive: ArchiveFile, text: str, folder: Path, *, trust: bool) -> str:
    """Return a path of the specification, or `FILE.py:NAME`, as it is now; a member that it names is written."""
    file, colon, name = text.rpartition(":") if is_code(text) else (text, "", "")
    if colon and file not in archive.members:
        raise InputError(f"{archive.file}: {FILE}", "must name only code that is in the archive", got=text)
    if colon and not trust:
        hint = "read it with `nas archive extract`, and give --trust to run it"
        raise InputError(f"{archive.file}: {file}", "is code, which runs only if you trust its author", hint=hint)
    if file not in archive.members:
        return text
    return f"{write_atomic(folder / file, archive.members[file])}{colon}{name}"
