"""Strict reading of a zip file that may come from anyone: members in memory, or one line that says what is wrong.

Python's `zipfile` is made to read what it can. It takes the last of several central directories, data before the first
member, members that overlap or appear twice, names that end at a NUL; it ignores what a member's own header says beside
its name, gives as many bytes as the directory tells even if the stream holds more, and unpacks as much as the directory
announces. Here the file must be exactly its members, one after another, then one directory, then its end:

    (header, name, data) for each member | (entry, name) for each member, in the same order | end, comment

The format is that of PKWARE's APPNOTE.TXT, sections 4.3.7 (header), 4.3.12 (entry) and 4.3.16 (end).
"""

import stat
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from nas.errors import InputError
from nas.study.zip_names import check_names

# Far more than an archive of a microcontroller's model has.
MOST_MEMBERS = 1000
MOST_MEMBER_BYTES = 256 * 2**20
MOST_TOTAL_BYTES = 512 * 2**20
MOST_RATIO = 200
"""How many times its packed size a member may have; deflate reaches 1,032 where a byte repeats."""

STORED, DEFLATED = 0, 8
_UTF8, _ENCRYPTED = 1 << 11, 1 << 0
_HEADER = struct.Struct("<4s5H3L2H")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_HEADER_MARK, _ENTRY_MARK, _END_MARK = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
AGAIN = "get the file again, or make it again with `nas archive`"
"""What to do about an archive that is damaged."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What the directory says of a member.

    Attributes:
        name: its path.
        flags, method, crc, packed, size: as the header of the member must repeat them; the sizes are bytes of its data
            in the file and unpacked.
        offset: of its header from the file's start.
        mode: the Unix type and permissions.
    """

    name: str
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    offset: int
    mode: int

    @property
    def end(self) -> int:
        """Where its data end."""
        return self.offset + _HEADER.size + len(self.name.encode()) + self.packed


@dataclass(frozen=True, slots=True)
class StrictZip:
    """A zip file whose directory is known to be sound; `unpack` checks each member.

    Attributes:
        content: of the file.
        place: the file in messages.
        entries: of its members, in order.
        comment: of the file.
        directory: offset of the directory; `end` that of the record which ends the file.
    """

    content: bytes
    place: object
    entries: tuple[Entry, ...]
    comment: bytes
    directory: int
    end: int

    def unpack(self, entry: Entry) -> bytes:
        """Return a member's content; InputError if it is not exactly what its entry says."""
        place = f"{self.place}: {entry.name}"
        self._check_header(entry, place)
        packed = self.content[entry.end - entry.packed : entry.end]
        content = packed if entry.method == STORED else _inflate(packed, entry.size, place)
        if len(content) != entry.size:
            raise InputError(place, f"must have {entry.size:,} bytes, as its entry says", got=f"{len(content):,}")
        if zlib.crc32(content) != entry.crc:
            raise InputError(place, "must have the checksum of its entry: it is damaged", hint=AGAIN)
        return content

    def check_layout(self) -> None:
        """Raise an InputError if members overlap, leave gaps, or are not followed by the directory."""
        expected = 0
        for entry in self.entries:
            if entry.offset != expected:
                rule = "must begin where the member before it ends"
                raise InputError(f"{self.place}: {entry.name}", rule, got=f"byte {entry.offset:,}, not {expected:,}")
            expected = entry.end
        if expected != self.directory:
            raise InputError(self.place, "must hold nothing between its members and its directory")

    def _check_header(self, entry: Entry, place: str) -> None:
        """Raise an InputError unless the member's own header repeats its entry."""
        name = entry.name.encode()
        found = self.content[entry.offset : entry.offset + _HEADER.size + len(name)]
        if len(found) < _HEADER.size + len(name) or entry.end > self.directory:
            raise InputError(place, "must lie before the directory: the file is damaged or cut off", hint=AGAIN)
        mark, _, flags, method, _, _, crc, packed, size, name_bytes, extra = _HEADER.unpack_from(found)
        told = (_HEADER_MARK, entry.flags, entry.method, entry.crc, entry.packed, entry.size, len(name), 0)
        if (mark, flags, method, crc, packed, size, name_bytes, extra) != told or found[_HEADER.size :] != name:
            raise InputError(place, "must have a header that agrees with its entry in the directory", hint=AGAIN)


def open_strict(content: bytes, place: object) -> StrictZip:
    """Read the directory of a zip file, and refuse what it alone shows to be wrong.

    Raises:
        InputError: the content is no zip file, is cut off, or has an entry that no archive of nas has.
    """
    if not content.startswith(_HEADER_MARK):
        raise InputError(place, "must be an archive of nas, a .nas.zip: it is no zip file, or something precedes it")
    end, count, size, start, comment = _find_end(content, place)
    if start + size != end:
        raise InputError(place, "must have one directory, right before its end", hint=AGAIN)
    if count > MOST_MEMBERS:
        raise InputError(place, f"must have at most {MOST_MEMBERS:,} members", got=f"{count:,}")
    entries = tuple(_entries(content[start:end], place))
    if len(entries) != count:
        raise InputError(place, f"must have {count:,} members, as its end says", got=f"{len(entries):,}", hint=AGAIN)
    check_names(place, [entry.name for entry in entries])
    for entry in entries:
        _check_entry(entry, f"{place}: {entry.name}")
    total = sum(entry.size for entry in entries)
    if total > MOST_TOTAL_BYTES:
        raise InputError(place, f"must unpack to at most {MOST_TOTAL_BYTES:,} bytes", got=f"{total:,}")
    return StrictZip(content, place, entries, comment, start, end)


def _find_end(content: bytes, place: object) -> tuple[int, int, int, int, bytes]:
    """Return where the last record stands, and its number of members, directory's size and start, and comment."""
    at = content.rfind(_END_MARK, max(0, len(content) - _END.size - 0xFFFF))
    if at < 0 or at + _END.size > len(content):
        raise InputError(place, "must be a whole zip file: its end is missing, as if it were cut off", hint=AGAIN)
    _, disk, first_disk, here, count, size, start, comment_bytes = _END.unpack_from(content, at)
    if at + _END.size + comment_bytes != len(content):
        raise InputError(place, "must end where its last record says: it is cut off, or something follows", hint=AGAIN)
    if disk or first_disk or here != count:
        raise InputError(place, "must be in one part", got="a zip file of several")
    return at, count, size, start, content[at + _END.size :]


def _entries(directory: bytes, place: object) -> Iterator[Entry]:
    """Yield the entries of the directory; InputError for what is none, and for a name that is not UTF-8."""
    at = 0
    while at < len(directory):
        head = directory[at : at + _ENTRY.size]
        if len(head) < _ENTRY.size or not head.startswith(_ENTRY_MARK):
            raise InputError(place, "must have a sound directory: it is damaged", hint=AGAIN)
        _, _, _, flags, method, _, _, crc, packed, size, *rest = _ENTRY.unpack(head)
        name_bytes, extra, comment, disk, _, attributes, offset = rest
        raw = directory[at + _ENTRY.size : at + _ENTRY.size + name_bytes]
        if len(raw) < name_bytes:
            raise InputError(place, "must have a sound directory: it is damaged", hint=AGAIN)
        name = _name(raw, flags, place)
        if extra or comment or disk:
            rule = "must have no extra fields and no comment, such as those of files beyond 4 GB"
            raise InputError(f"{place}: {name!r}", rule, hint="make it with `nas archive`")
        yield Entry(name, flags, method, crc, packed, size, offset, attributes >> 16)
        at += _ENTRY.size + name_bytes


def _name(raw: bytes, flags: int, place: object) -> str:
    try:
        name = raw.decode()
    except UnicodeDecodeError:
        raise InputError(f"{place}: {raw!r}", "a member's name must be UTF-8") from None
    if not name.isascii() and not flags & _UTF8:
        raise InputError(f"{place}: {raw!r}", "a member's name must be marked as UTF-8")
    return name


def _check_entry(entry: Entry, place: str) -> None:
    """Raise an InputError for a member that is no plain file of a size that an archive may have."""
    if entry.flags & _ENCRYPTED:
        raise InputError(place, "must not be encrypted", hint="ask for it without a password")
    if entry.method not in (STORED, DEFLATED):
        raise InputError(place, "must be stored or deflated", got=f"compression method {entry.method}")
    if entry.flags & ~_UTF8:
        raise InputError(place, "must be a plain member", got=f"flags {entry.flags:#06x}")
    if stat.S_IFMT(entry.mode) not in (0, stat.S_IFREG):
        kind = "a link" if stat.S_ISLNK(entry.mode) else "a folder, a device or the like"
        raise InputError(place, "must be a regular file", got=kind)
    if entry.size > MOST_MEMBER_BYTES:
        raise InputError(place, f"must unpack to at most {MOST_MEMBER_BYTES:,} bytes", got=f"{entry.size:,}")
    if entry.size > MOST_RATIO * entry.packed:
        rule = f"must unpack to at most {MOST_RATIO} times its size, as a zip bomb does not"
        raise InputError(place, rule, got=f"{entry.size:,} of {entry.packed:,} bytes")


def _inflate(packed: bytes, size: int, place: str) -> bytes:
    """Unpack a raw deflate stream that must give `size` bytes; never more than one byte beyond is unpacked."""
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        content = stream.decompress(packed, size + 1)
    except zlib.error as error:
        raise InputError(place, f"must be a sound deflate stream: {error}", hint=AGAIN) from None
    if len(content) <= size and (not stream.eof or stream.unused_data):
        raise InputError(place, "must be one whole deflate stream", hint=AGAIN)
    if len(content) > size:
        raise InputError(place, f"must unpack to {size:,} bytes, as its entry says", got="more")
    return content
