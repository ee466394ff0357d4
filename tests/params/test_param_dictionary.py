"""The bytes of parameters: read by FlatBuffers' generic reader, and by ours when other builders wrote them."""

import struct

import flatbuffers
import numpy as np
import pytest
from flatbuffers import number_types as types
from flatbuffers.table import Table
from hypothesis import given
from hypothesis import strategies as st

from nas.model.deploy.params.dictionary import decode, encode
from nas.model.deploy.params.kinds import Param, make_param, make_params

# Numbers of the union and the flags of FlatBuffers' reader: Silicon Labs' documentation gives the order.
NUMBERS = {
    1: types.BoolFlags, 2: types.Int8Flags, 3: types.Uint8Flags, 4: types.Int16Flags, 5: types.Uint16Flags,
    6: types.Int32Flags, 7: types.Uint32Flags, 8: types.Int64Flags, 9: types.Uint64Flags, 10: types.Float32Flags,
    11: types.Float64Flags,
}  # fmt: skip
LISTS = {12: "string", 13: "strings", 14: "ints", 15: "floats", 16: "bytes"}
NAMES = dict(enumerate(("bool", *(f"{sign}int{bits}" for bits in (8, 16, 32, 64) for sign in ("", "u"))), start=1))
NAMES |= {10: "float32", 11: "float64", **LISTS}


def generic(content: bytes) -> dict[str, tuple[str, object]]:
    """Read parameters by offsets alone, with FlatBuffers' own table."""

    def field(table: Table, number: int) -> int:
        offset = table.Offset(4 + 2 * number)
        return table.Pos + offset if offset else 0

    top = Table(content, struct.unpack_from("<I", content)[0])
    assert top.Get(types.Uint8Flags, field(top, 0)) == 1
    found = {}
    entries = field(top, 1) - top.Pos
    for i in range(top.VectorLen(entries)):
        entry = Table(content, top.Indirect(top.Vector(entries) + 4 * i))
        kind = entry.Get(types.Uint8Flags, field(entry, 1))
        value = Table(content, entry.Indirect(field(entry, 2)))
        at = field(value, 0)
        if kind in NUMBERS:
            read: object = value.Get(NUMBERS[kind], at) if at else 0
        elif kind == 12:
            read = value.String(at).decode()
        else:
            read = listed(content, value, at, kind)
        found[entry.String(field(entry, 0)).decode()] = (NAMES[kind], read)
    return found


def listed(content: bytes, value: Table, at: int, kind: int) -> object:
    """Read a list of texts, of whole numbers or of floats, or bytes."""
    start, count = value.Vector(at - value.Pos), value.VectorLen(at - value.Pos)
    if kind == 13:
        return tuple(value.String(start + 4 * i).decode() for i in range(count))
    if kind == 16:
        return content[start : start + count]
    return tuple(np.frombuffer(content, "<i4" if kind == 14 else "<f4", count, start).tolist())


def test_a_generic_reader_finds_every_value(every_kind):
    found = generic(encode(every_kind))
    assert list(found) == list(every_kind)
    for key, param in every_kind.items():
        kind, value = found[key]
        assert kind == param.kind
        if "float" in kind and kind != "float64":
            np.testing.assert_array_equal(np.float32(value), np.float32(param.value))
        else:
            assert value == param.value


def test_parameters_are_read_back_as_they_were(every_kind):
    assert decode(encode(every_kind)) == every_kind
    minus_zero = decode(encode(every_kind))["minus_zero"].value
    assert struct.pack("<d", minus_zero) == struct.pack("<d", -0.0)


texts = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"))
values = st.one_of(
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.floats(allow_nan=False),
    texts,
    st.binary(),
    st.lists(texts),
    st.lists(st.integers(-(2**31), 2**31 - 1)),
)


@given(st.dictionaries(texts, values))
def test_any_parameters_are_read_back_as_they_were(plain):
    params = {key: make_param(value, None, "here") for key, value in plain.items()}
    assert decode(encode(params)) == params


def other_builder(entries: list[tuple[str, int, object]]) -> bytes:
    """Parameters as another program might build them: no part is shared, fields come in another order."""
    builder = flatbuffers.Builder(0)
    builder.ForceDefaults(True)
    tables = []
    for key, kind, value in entries:
        if isinstance(value, str):
            offset = builder.CreateString(value)
        elif isinstance(value, list):
            strings = [builder.CreateString(text) for text in value]
            builder.StartVector(4, len(strings), 4)
            for string in reversed(strings):
                builder.PrependUOffsetTRelative(string)
            offset = builder.EndVector()
        builder.StartObject(1)
        if isinstance(value, str | list):
            builder.PrependUOffsetTRelativeSlot(0, offset, 0)
        else:
            builder.PrependSlot(NUMBERS[kind], 0, value, 0)
        table = builder.EndObject()
        name = builder.CreateString(key)
        builder.StartObject(3)
        builder.PrependUint8Slot(1, kind, 0)
        builder.PrependUOffsetTRelativeSlot(2, table, 0)
        builder.PrependUOffsetTRelativeSlot(0, name, 0)
        tables.append(builder.EndObject())
    builder.StartVector(4, len(tables), 4)
    for table in reversed(tables):
        builder.PrependUOffsetTRelative(table)
    listed = builder.EndVector()
    builder.StartObject(2)
    builder.PrependUint8Slot(0, 1, 0)
    builder.PrependUOffsetTRelativeSlot(1, listed, 0)
    builder.Finish(builder.EndObject())
    return bytes(builder.Output())


def test_parameters_of_another_builder_are_read():
    content = other_builder([("classes", 13, ["up", "down"]), ("fe.n", 5, 40), ("zero", 6, 0), ("name", 12, "m")])
    assert decode(content) == {
        "classes": Param("strings", ("up", "down")),
        "fe.n": Param("uint16", 40),
        "zero": Param("int32", 0),
        "name": Param("string", "m"),
    }


def test_of_two_parameters_with_one_key_the_first_counts():
    assert decode(other_builder([("k", 6, 1), ("k", 6, 2)])) == {"k": Param("int32", 1)}


def test_damaged_bytes_are_read_as_something_or_refused_and_nothing_else(every_kind):
    content = encode(every_kind)
    random = np.random.default_rng(0)
    refused = 0
    for trial in range(1000):
        mutated = bytearray(content[: random.integers(len(content))] if trial % 4 == 0 else content)
        for _ in range(random.integers(1, 4)):
            if mutated:
                mutated[random.integers(len(mutated))] = random.choice([0, 1, 127, 255, random.integers(256)])
        try:
            decode(bytes(mutated))
        except ValueError:
            refused += 1
    assert 50 < refused < 1000


def test_a_trap_that_refers_to_one_long_text_many_times_is_refused():
    builder = flatbuffers.Builder(0)
    text = builder.CreateString("x" * 100_000)
    builder.StartVector(4, 50_000, 4)
    for _ in range(50_000):
        builder.PrependUOffsetTRelative(text)
    texts = builder.EndVector()
    builder.StartObject(1)
    builder.PrependUOffsetTRelativeSlot(0, texts, 0)
    value = builder.EndObject()
    key = builder.CreateString("k")
    builder.StartObject(3)
    builder.PrependUOffsetTRelativeSlot(0, key, 0)
    builder.PrependUint8Slot(1, 13, 0)
    builder.PrependUOffsetTRelativeSlot(2, value, 0)
    entry = builder.EndObject()
    builder.StartVector(4, 1, 4)
    builder.PrependUOffsetTRelative(entry)
    entries = builder.EndVector()
    builder.StartObject(2)
    builder.PrependUint8Slot(0, 1, 0)
    builder.PrependUOffsetTRelativeSlot(1, entries, 0)
    builder.Finish(builder.EndObject())
    with pytest.raises(ValueError, match="again and again"):
        decode(bytes(builder.Output()))


def test_parameters_of_a_newer_version_are_refused(every_kind):
    content = bytearray(encode(make_params({"k": 1})))
    top = Table(bytes(content), struct.unpack_from("<I", content)[0])
    content[top.Pos + top.Offset(4)] = 2
    with pytest.raises(ValueError, match="have version 2, version 1 is known"):
        decode(bytes(content))
