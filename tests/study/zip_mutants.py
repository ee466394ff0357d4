"""Zip files written by hand, field by field, and hundreds of damaged or hostile versions of an archive from a seed."""

import hashlib
import json
import random
import stat
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

HEADER, ENTRY, END = struct.Struct("<4s5H3L2H"), struct.Struct("<4s6H3L5H2L"), struct.Struct("<4s4H2LH")
DATE = 0x21  # 1 January 1980


@cache
def deflated(content: bytes) -> bytes:
    """A raw deflate stream."""
    stream = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return stream.compress(content) + stream.flush()


@dataclass(frozen=True)
class Raw:
    """A member of a zip file; every number that its headers tell can be set to a lie."""

    name: bytes
    content: bytes
    method: int = 8
    packed: bytes | None = None
    size: int | None = None
    crc: int | None = None
    flags: int = 0
    mode: int = stat.S_IFREG | 0o644
    extra: bytes = b""
    header: Mapping[str, int] | None = None
    header_name: bytes | None = None
    offset: int | None = None
    packed_size: int | None = None

    @property
    def data(self) -> bytes:
        """The bytes in the file."""
        if self.packed is not None:
            return self.packed
        return self.content if self.method == 0 else deflated(self.content)

    def numbers(self) -> dict[str, int]:
        """What both headers tell."""
        return {
            "flags": self.flags,
            "method": self.method,
            "crc": zlib.crc32(self.content) if self.crc is None else self.crc,
            "packed": len(self.data) if self.packed_size is None else self.packed_size,
            "size": len(self.content) if self.size is None else self.size,
        }

    def written(self) -> bytes:
        told, name = {**self.numbers(), **(self.header or {})}, self.header_name or self.name
        head = HEADER.pack(
            b"PK\x03\x04", 20, told["flags"], told["method"], 0, DATE,
            told["crc"], told["packed"], told["size"], len(name), len(self.extra),
        )  # fmt: skip
        return head + name + self.extra + self.data

    def entry(self, offset: int) -> bytes:
        told, offset = self.numbers(), offset if self.offset is None else self.offset
        head = ENTRY.pack(
            b"PK\x01\x02", 0x314, 20, told["flags"], told["method"], 0, DATE, told["crc"], told["packed"],
            told["size"], len(self.name), len(self.extra), 0, 0, 0, self.mode << 16, offset,
        )  # fmt: skip
        return head + self.name + self.extra


def zipped(members: Sequence[Raw], *, count: int | None = None, between: bytes = b"", seal: bool = True) -> bytes:
    """Write a zip file; with `seal`, its comment is right, so that nothing but the change itself can be noticed."""
    body, directory = b"", b""
    for member in members:
        directory += member.entry(len(body))
        body += member.written()
    body += between
    count = len(members) if count is None else count
    front = body + directory
    comment = hashlib.sha256(front).hexdigest().encode() if seal else b""
    return front + END.pack(b"PK\x05\x06", 0, 0, count, count, len(directory), len(body), len(comment)) + comment


def manifest(there: Sequence[Raw], **changes: object) -> Raw:
    """A manifest that names the members as they are."""
    listed = [
        {
            "name": m.name.decode(errors="replace"),
            "bytes": len(m.content),
            "sha256": hashlib.sha256(m.content).hexdigest(),
        }
        for m in there
    ]
    facts = {"format": 1, "name": "mine", "kind": "winner", "about": {}, "versions": {"nas": "0.1.0"}}
    return Raw(b"manifest.json", json.dumps({**facts, "members": listed, **changes}).encode())


def archived(members: Sequence[Raw]) -> bytes:
    """An archive of members whose manifest names them rightly, whatever they are."""
    return zipped([manifest(members), *members])


def whole(rng: random.Random) -> list[Raw]:
    """Members of a sound archive."""
    return [
        Raw(b"architecture.json", json.dumps({"blocks": [rng.random() for _ in range(40)]}).encode()),
        Raw(b"figures/history.svg", b"<svg>" + b"0 1 2 3 " * 200 + b"</svg>"),
        Raw(b"tflite/int8.tflite", rng.randbytes(3000), method=0),
        Raw(b"weights.npz", rng.randbytes(2000)),
    ]


HOSTILE_NAMES = [
    b"../escaped", b"../../escaped", b"figures/../../escaped", b"figures/..", b"..", b".", b"./inside", b"/escaped",
    b"/tmp/escaped", b"//host/share/escaped", b"C:/escaped", b"C:escaped", b"c:\\escaped", b"..\\escaped",
    b"figures\\..\\..\\escaped", b"\\\\host\\share", b"figures//twice", b"figures/", b"", b"escaped\0.svg",
    b"figures/a\nb", b"figures/\x1b[31mred", b"name:stream", b"what?", b"a*", b"nul", b"figures/CON.svg", b"ends.",
    b"ends ", b"figures./x", b"a" * 201, b"figures/" + b"b/" * 120 + b"c", b"\xff\xfe", "weights\u202e.npz".encode(),
]  # fmt: skip


def hostile(rng: random.Random) -> Iterator[tuple[str, bytes]]:
    """Yield archives made on purpose, each with what is wrong with it; checksums and manifests are right elsewhere."""
    good = whole(rng)
    for name in HOSTILE_NAMES:
        yield f"name {name!r}", archived([*good, Raw(name, b"x", flags=0 if name.isascii() else 1 << 11)])
    yield "name in another encoding", archived([*good, Raw("größe.py".encode("latin-1"), b"x")])
    yield "name not marked as UTF-8", archived([*good, Raw("größe.py".encode(), b"x")])
    yield from _twins(good)
    yield from _special(good)
    yield from _bombs(good)
    yield from _lies(good, rng)
    yield from _layouts(good)
    yield from _manifests(good)


def _twins(good: list[Raw]) -> Iterator[tuple[str, bytes]]:
    marked = 1 << 11
    yield "a name twice", archived([*good, Raw(b"weights.npz", b"other")])
    yield "the manifest twice", zipped([manifest(good), *good, manifest([])])
    yield "names equal but for case", archived([*good, Raw(b"Weights.NPZ", b"other")])
    yield (
        "names equal but for the form of an accent",
        archived([*good, Raw("é".encode(), b"x", flags=marked), Raw("e\u0301".encode(), b"y", flags=marked)]),
    )
    yield "a file that is a folder too", archived([*good, Raw(b"figures", b"x")])
    yield "a member below a file", archived([*good, Raw(b"weights.npz/x", b"x")])


def _special(good: list[Raw]) -> Iterator[tuple[str, bytes]]:
    kinds = {"link": stat.S_IFLNK, "folder": stat.S_IFDIR, "pipe": stat.S_IFIFO, "socket": stat.S_IFSOCK}
    for kind, mode in {**kinds, "device": stat.S_IFCHR, "disk": stat.S_IFBLK}.items():
        yield f"a {kind}", archived([*good, Raw(b"link", b"/etc/passwd", mode=mode | 0o777)])
    for bit in range(16):
        if bit != 11:
            yield f"flag {bit}", archived([*good, Raw(b"x", b"content", flags=1 << bit)])
    for method in (1, 6, 9, 12, 14, 93, 95, 99):
        yield f"method {method}", archived([*good, Raw(b"x", b"content", method=method, packed=b"content")])
    yield (
        "an extra field that renames",
        archived([*good, Raw(b"x", b"y", extra=struct.pack("<HH", 0x7075, 4) + b"name")]),
    )
    sizes = struct.pack("<HHQQ", 1, 16, 7, 7)
    yield "an extra field of 64-bit sizes", archived([*good, Raw(b"x", b"content", extra=sizes, size=0xFFFFFFFF)])


def _bombs(good: list[Raw]) -> Iterator[tuple[str, bytes]]:
    zeros = bytes(5_000_000)
    yield "a bomb that its header admits", archived([*good, Raw(b"bomb", zeros)])
    yield "a bomb in the manifest's place", zipped([Raw(b"manifest.json", b" " * 5_000_000), *good])
    packed = deflated(zeros)
    for size in (0, 1, 1000, 100 * len(packed)):
        told = Raw(b"bomb", zeros[:size], packed=packed)
        yield f"a bomb whose header tells of {size} bytes", archived([*good, told])
    yield "a bomb of many members", archived([*good, *(Raw(b"%d" % i, b"") for i in range(2000))])
    for size in (300 * 2**20, 2**32 - 1):
        yield f"a member of {size} bytes", archived([*good, Raw(b"bomb", b"", packed=bytes(2**21), size=size)])
    large = [Raw(b"large%d" % i, b"", packed=bytes(2**20 + 2**19), size=200 * 2**20) for i in range(3)]
    yield "members that are too large together", archived([*good, *large])
    shared = Raw(b"first", zeros[:100_000])
    again = [replace(shared, name=b"other", offset=0, header_name=b"first") for _ in range(2)]
    yield "members that share their data", archived([shared, *again])


def _lies(good: list[Raw], rng: random.Random) -> Iterator[tuple[str, bytes]]:
    for i, member in enumerate(good):
        told = member.numbers()
        for key, value in told.items():
            for lie in {0, 1, value + 1, value ^ 0x8000, rng.randrange(1 << 16)} - {value}:
                header = replace(member, header={key: lie})
                yield f"the header of {member.name!r} tells {key} {lie}", archived([*good[:i], header, *good[i + 1 :]])
        for size in (len(member.content) - 1, len(member.content) + 1, 0):
            other = replace(member, size=size)
            yield f"both tell {size} bytes of {member.name!r}", archived([*good[:i], other, *good[i + 1 :]])
        yield (
            f"another checksum of {member.name!r}",
            archived([*good[:i], replace(member, crc=told["crc"] ^ 1), *good[i + 1 :]]),
        )
        yield (
            f"another name in the header of {member.name!r}",
            archived([*good[:i], replace(member, header_name=member.name[::-1]), *good[i + 1 :]]),
        )
        data = member.data
        for packed in (data + b"more", data[:-1], b"", b"\x07", rng.randbytes(len(data))):
            other = replace(member, packed=packed)
            yield f"{len(packed)} bytes of data for {member.name!r}", archived([*good[:i], other, *good[i + 1 :]])


def _layouts(good: list[Raw]) -> Iterator[tuple[str, bytes]]:
    sound = archived(good)
    yield "data before the first member", b"#!/bin/sh\n" + sound
    yield "another archive before it", archived(good[:1]) + sound
    yield "another archive behind it", sound + archived(good[:1])
    yield "data behind the end", sound + b"\0"
    yield "data between members and directory", zipped([manifest(good), *good], between=b"hidden")
    yield "an end that counts fewer members", zipped([manifest(good), *good], count=len(good))
    yield "an end that counts more members", zipped([manifest(good), *good], count=len(good) + 2)
    yield "no member", zipped([])
    yield "the manifest last", zipped([*good, manifest(good)])
    yield "a member over another", zipped([manifest(good), good[0], replace(good[1], offset=0), *good[2:]])
    yield "members in another order in the directory", _shuffled(good)
    for offset in (1, 2**31, 2**32 - 1):
        yield f"a member at {offset}", zipped([manifest(good), *good[:-1], replace(good[-1], offset=offset)])


def _shuffled(good: list[Raw]) -> bytes:
    members = [manifest(good), *good]
    offsets = [sum(len(m.written()) for m in members[:i]) for i in range(len(members))]
    body = b"".join(m.written() for m in members)
    order = [0, *range(len(members) - 1, 0, -1)]
    directory = b"".join(members[i].entry(offsets[i]) for i in order)
    seal = hashlib.sha256(body + directory).hexdigest().encode()
    end = END.pack(b"PK\x05\x06", 0, 0, len(order), len(order), len(directory), len(body), len(seal))
    return body + directory + end + seal


def _manifests(good: list[Raw]) -> Iterator[tuple[str, bytes]]:
    for i, member in enumerate(good):
        yield f"{member.name!r} missing", zipped([manifest(good), *good[:i], *good[i + 1 :]])
        yield f"{member.name!r} not named", zipped([manifest([*good[:i], *good[i + 1 :]]), *good])
        changed = bytes([member.content[0] ^ 1]) + member.content[1:]
        yield (
            f"{member.name!r} changed",
            zipped([manifest(good), *good[:i], replace(member, content=changed), *good[i + 1 :]]),
        )
    yield "the manifest names a member twice", zipped([manifest([*good, good[0]]), *good])
    broken: list[Raw] = [
        Raw(b"manifest.json", text)
        for text in (b"", b"{", b"[]", b"null", b"\xff", b"[" * 100_000, b'{"format": 1}', b"1" * 5000)
    ]
    broken += [manifest(good, format=value) for value in (0, -1, 2, 10**30, None, "1", True, 1.0)]
    broken += [manifest(good, **{key: value}) for key in ("name", "kind", "members", "versions") for value in (None, 3)]
    broken += [manifest(good, members=[{"name": "x", "bytes": "1", "sha256": ""}]), manifest(good, more=1)]
    broken += [manifest(good, about=value) for value in ({"deep": [[]]}, {"deep": {"er": 1}}, [], {"\x1b[2J": [{}]})]
    for i, one in enumerate(broken):
        yield f"manifest {i}", zipped([one, *good])


def damaged(sound: bytes, rng: random.Random) -> Iterator[tuple[str, bytes]]:
    """Yield versions of an archive that nobody made on purpose: cut off, or with bytes changed, lost or added."""
    edges = [0, 1, 3, 4, 21, 22, 30, len(sound) - 1, len(sound) - 22, len(sound) - 64, len(sound) - 86, len(sound) - 87]
    for length in sorted({*edges, *(rng.randrange(len(sound)) for _ in range(60))}):
        yield f"cut off after {length} bytes", sound[:length]
    for at in sorted({*range(0, len(sound), max(1, len(sound) // 150)), *range(len(sound) - 200, len(sound))}):
        yield f"byte {at} changed", _with(sound, at, sound[at] ^ (1 << rng.randrange(8)))
    change: Callable[[int], bytes]
    for name, change in {
        "lost": lambda at: sound[:at] + sound[at + 1 :],
        "doubled": lambda at: sound[: at + 1] + sound[at:],
        "zeroed for 64": lambda at: sound[:at] + bytes(64) + sound[at + 64 :],
    }.items():
        for at in rng.sample(range(len(sound) - 300), 20):
            if (other := change(at)) != sound:
                yield f"byte {at} {name}", other


def _with(content: bytes, at: int, value: int) -> bytes:
    return content[:at] + bytes([value]) + content[at + 1 :]
