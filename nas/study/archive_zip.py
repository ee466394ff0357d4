"""The archive of a model as one file, `.nas.zip`: everything that belongs to it, each part with its digest.

The first member, `manifest.json`, names all others with their sizes and SHA-256 digests; the file's comment is the
SHA-256 of all bytes before its last record. So each byte of an archive is checked, and all are before any is used.
"""

import io
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nas.codec import Place, to_data
from nas.errors import InputError
from nas.files import read_regular, write_atomic
from nas.study.environment import versions
from nas.study.manifest import FORMAT, MANIFEST, Manifest, Member, digest, read_manifest
from nas.study.zip_names import check_names
from nas.study.zip_reading import (
    AGAIN,
    MOST_MEMBER_BYTES,
    MOST_MEMBERS,
    MOST_RATIO,
    MOST_TOTAL_BYTES,
    Entry,
    StrictZip,
    open_strict,
)
from nas.text import document

_NO_DATE = (1980, 1, 1, 0, 0, 0)
_END_BYTES = 22


@dataclass(frozen=True, slots=True)
class Contents:
    """What an archive is made of.

    Attributes:
        name: of the model.
        kind: what the model is: the `winner` of a study, a `trial` of one, or a `training`.
        members: contents by path, such as `tflite/int8.tflite`; texts are written as UTF-8.
        about: facts for those who look at the archive: scores, sizes, the target.
        mlflow_run_id: of the run in MLflow that logged the model; None if there is none.
    """

    name: str
    kind: str
    members: Mapping[str, bytes | str]
    about: Mapping[str, Any] = field(default_factory=dict)
    mlflow_run_id: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class ArchiveFile:
    """An archive that was read, and is whole.

    Attributes:
        file: its path.
        manifest: what it says of itself.
        members: contents by path.
    """

    file: str
    manifest: Manifest
    members: Mapping[str, bytes]

    def member(self, name: str) -> bytes:
        """Return the content of a member; InputError if the archive has none of this name."""
        if name not in self.members:
            raise InputError(self.file, f"must hold {name}", got=", ".join(self.members))
        return self.members[name]

    def to_json(self) -> dict[str, Any]:
        """Return what `nas archive show --json` prints."""
        return {"file": self.file, **to_data(self.manifest)}

    def __repr__(self) -> str:
        size = sum(map(len, self.members.values()))
        made = self.manifest.versions.get("nas", "?")
        return f"<nas.ArchiveFile: {self.manifest.name}, {len(self.members)} members, {size:,} B, made by nas {made}>"


def pack(contents: Contents) -> bytes:
    """Return the content of an archive's file; equal contents give equal bytes on one machine.

    Raises:
        InputError: a member's name is not one that every system takes, or the members are too many or too large.
    """
    members = {
        name: content.encode() if isinstance(content, str) else content
        for name, content in sorted(contents.members.items())
    }
    _check(contents.name, members)
    listed = tuple(Member(name, len(content), digest(content)) for name, content in members.items())
    about, run = dict(contents.about), contents.mlflow_run_id
    manifest = Manifest(FORMAT, contents.name, contents.kind, about, versions(), listed, run)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in {MANIFEST: document(to_data(manifest)).encode(), **members}.items():
            info = zipfile.ZipInfo(name, _NO_DATE)
            info.create_system, info.external_attr = 3, (stat.S_IFREG | 0o644) << 16
            archive.writestr(info, content, _method(content), 9)
    return _sealed(file.getvalue())


def write_archive(path: Path, contents: Contents) -> Path:
    """Write an archive whole or not at all, and return its path.

    Raises:
        InputError: as `pack` does; or the file cannot be written, for a full disk or a folder without permission.
    """
    content = pack(contents)
    try:
        return write_atomic(path, content)
    except OSError as error:
        raise InputError(path, "must be writable; nothing of it was written", got=error.strerror or error) from error


def read_archive(path: Path) -> ArchiveFile:
    """Read an archive and check every byte of it; nothing is written, and no code in it is run.

    Raises:
        InputError: in one line that names the member, for whatever is not as `write_archive` leaves it.
    """
    opened = open_strict(read_regular(path, MOST_TOTAL_BYTES), path)
    if not opened.entries or opened.entries[0].name != MANIFEST:
        raise InputError(path, f"must be an archive of nas, whose first member is {MANIFEST}")
    manifest = read_manifest(opened.unpack(opened.entries[0]), Place(f"{path}: {MANIFEST}"))
    listed = _listed(manifest, opened)
    opened.check_layout()
    members = {entry.name: _verified(opened, entry, listed[entry.name]) for entry in opened.entries[1:]}
    _check_seal(opened)
    return ArchiveFile(str(path), manifest, members)


def extract(archive: ArchiveFile, folder: Path) -> list[Path]:
    """Write all members into a new or empty folder, all or none, and return their paths.

    Raises:
        InputError: the folder holds something, is the current one, or cannot be written.
    """
    place = folder.resolve()
    if place.exists() and (not place.is_dir() or any(place.iterdir())):
        raise InputError(folder, "must be a new or an empty folder", hint="give another one by -o")
    if place == Path.cwd():
        raise InputError(folder, "must not be the current folder", hint="name a new one in it")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent, prefix=f".{place.name}.") as beside:
            _write_all(archive.members, Path(beside, "whole"))
            Path(beside, "whole").replace(place)
    except OSError as error:
        raise InputError(folder, "must be writable; nothing was extracted", got=error.strerror or error) from error
    return [folder / name for name in archive.members]


def _write_all(members: Mapping[str, bytes], folder: Path) -> None:
    folder.mkdir()
    for name, content in members.items():
        write_atomic(folder / name, content)


def _check(name: str, members: Mapping[str, bytes]) -> None:
    """Raise an InputError for members that reading would refuse."""
    place = f"archive of {name}"
    check_names(place, [MANIFEST, *members])
    if len(members) >= MOST_MEMBERS:
        raise InputError(place, f"must have fewer than {MOST_MEMBERS:,} members", got=f"{len(members):,}")
    total = sum(map(len, members.values()))
    if total > MOST_MEMBER_BYTES:
        raise InputError(place, f"must have at most {MOST_MEMBER_BYTES:,} bytes", got=f"{total:,}")


def _method(content: bytes) -> int:
    """Return how a member is packed: not at all if that saves nothing, or so much that it looks like a zip bomb."""
    packed = len(zlib.compress(content, 9))
    return zipfile.ZIP_DEFLATED if packed < len(content) < MOST_RATIO // 2 * packed else zipfile.ZIP_STORED


def _sealed(content: bytes) -> bytes:
    """Return a zip file with the digest of all before its last record as its comment."""
    seal = digest(content[:-_END_BYTES]).encode()
    return content[:-2] + len(seal).to_bytes(2, "little") + seal


def _check_seal(opened: StrictZip) -> None:
    """Raise an InputError if a byte has changed since the archive was written; a file packed again has no comment."""
    if opened.comment and opened.comment != digest(opened.content[: opened.end]).encode():
        rule = "must be as it was written: its bytes do not have the digest at its end"
        raise InputError(opened.place, rule, hint=AGAIN)


def _listed(manifest: Manifest, opened: StrictZip) -> dict[str, Member]:
    """Return what the manifest says of each member; InputError if one is there that it does not name, or is missing."""
    listed = {member.name: member for member in manifest.members}
    there = [entry.name for entry in opened.entries[1:]]
    for name in there:
        if name not in listed:
            raise InputError(f"{opened.place}: {name}", f"must be named in {MANIFEST}")
    for name in sorted(listed.keys() - set(there)):
        raise InputError(f"{opened.place}: {name!r}", f"must be there, since {MANIFEST} names it")
    if len(listed) != len(manifest.members):
        raise InputError(f"{opened.place}: {MANIFEST}", "must name each member once")
    return listed


def _verified(opened: StrictZip, entry: Entry, listed: Member) -> bytes:
    """Return a member's content; InputError if it is not what the manifest says."""
    place = f"{opened.place}: {entry.name}"
    if entry.size != listed.bytes:
        raise InputError(place, f"must have {listed.bytes:,} bytes, as {MANIFEST} says", got=f"{entry.size:,}")
    content = opened.unpack(entry)
    if digest(content) != listed.sha256:
        raise InputError(place, f"must have the SHA-256 digest that {MANIFEST} names: its content was changed")
    return content
