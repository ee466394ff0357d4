"""Dataclasses become JSON and TOML, and come back equal; what does not fit is refused at its place."""

import dataclasses
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nas.codec import Place, from_data, parse_json, parse_toml, read_toml, to_data, to_toml
from nas.errors import InputError


class Colour(StrEnum):
    RED = "red"
    DARK_BLUE = "dark blue"


@dataclass(frozen=True, slots=True)
class Leaf:
    size: float
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reversed:
    """Has a document of its own: its text backwards."""

    text: str

    def to_json(self) -> str:
        return self.text[::-1]

    @classmethod
    def from_json(cls, data: object, place: Place) -> "Reversed":
        if not isinstance(data, str):
            raise InputError(place, "must be text, backwards")
        return cls(data[::-1])


@dataclass(frozen=True, slots=True)
class Tree:
    count: int
    on: bool
    colour: Colour
    leaf: Leaf
    leaves: tuple[Leaf, ...] = ()
    grid: tuple[tuple[int, ...], ...] = ()
    by_name: Mapping[str, Leaf] = field(default_factory=dict)
    curves: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    maybe: float | None = None
    maybe_leaf: Leaf | None = None
    maybe_names: tuple[str, ...] | None = None
    anything: Any = None
    special: Reversed = Reversed("abc")


finite = st.floats(allow_nan=False, allow_infinity=False)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
leaves = st.builds(Leaf, size=finite, names=st.lists(texts, max_size=2).map(tuple))
integers = st.integers(-(2**63), 2**63 - 1)
trees = st.builds(
    Tree,
    count=integers,
    on=st.booleans(),
    colour=st.sampled_from(Colour),
    leaf=leaves,
    leaves=st.lists(leaves, max_size=2).map(tuple),
    grid=st.lists(st.lists(integers, max_size=2).map(tuple), max_size=2).map(tuple),
    by_name=st.dictionaries(texts, leaves, max_size=2),
    curves=st.dictionaries(texts, st.lists(finite, max_size=2).map(tuple), max_size=2),
    maybe=st.none() | finite,
    maybe_leaf=st.none() | leaves,
    maybe_names=st.none() | st.lists(texts, max_size=2).map(tuple),
    anything=st.none() | integers | texts | st.lists(st.booleans(), max_size=2),
    special=st.builds(Reversed, texts),
)
TREE = Tree(1, True, Colour.RED, Leaf(0.5))


@given(trees)
def test_a_dataclass_survives_json(tree: Tree) -> None:
    assert from_data(Tree, json.loads(json.dumps(to_data(tree))), Place("here")) == tree


@given(leaves)
def test_data_are_the_standard_library_s_with_lists_for_tuples(leaf: Leaf) -> None:
    assert to_data(leaf) == json.loads(json.dumps(dataclasses.asdict(leaf)))


@given(
    st.dictionaries(
        st.from_regex(r"[a-z]{1,8}", fullmatch=True),
        st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | finite | texts,
        max_size=4,
    )
)
def test_toml_gives_the_values_back_and_leaves_none_out(values: dict[str, Any]) -> None:
    given = {key: value for key, value in values.items() if value is not None}
    assert tomllib.loads(to_toml({**values, "table": values})) == {**given, "table": given}


def test_missing_keys_have_their_defaults() -> None:
    data = {"count": 1, "on": True, "colour": "red", "leaf": {"size": 0.5}}
    assert from_data(Tree, data, Place("here")) == TREE


def test_a_whole_number_may_stand_for_a_number_and_an_instance_for_its_data() -> None:
    assert from_data(Leaf, {"size": 1}, Place("here")) == Leaf(1.0)
    assert from_data(Tree, {**to_data(TREE), "leaf": Leaf(3.0)}, Place("here")).leaf == Leaf(3.0)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"count": 1.5}, "file.json: count: must be a whole number, got 1.5"),
        ({"count": True}, "file.json: count: must be a whole number, got True"),
        ({"count": None}, "file.json: count: must be a whole number, got None"),
        ({"on": 1}, "file.json: on: must be true or false, got 1"),
        ({"colour": "green"}, "file.json: colour: unknown value 'green'"),
        ({"colour": ["red"]}, "file.json: colour: unknown value"),
        ({"leaf": 3}, "file.json: leaf: must be a table of keys and values, got 3"),
        ({"leaf": {}}, "file.json: leaf: must have the key size"),
        ({"leaf": {"size": "1"}}, "file.json: leaf.size: must be a number, got '1'"),
        ({"leaf": {"size": False}}, "file.json: leaf.size: must be a number, got False"),
        ({"leaf": {"size": 1, "sise": 1}}, "file.json: leaf: unknown key 'sise'; did you mean size?"),
        ({"leaf": {"size": 1, "names": "ab"}}, "file.json: leaf.names: must be a list, got 'ab'"),
        ({"leaves": [{"size": 1}, {"size": None}]}, "file.json: leaves[1].size: must be a number, got None"),
        ({"grid": [[1], [2, "x"]]}, "file.json: grid[1][1]: must be a whole number, got 'x'"),
        ({"by_name": {"a": {"size": []}}}, "file.json: by_name.a.size: must be a number, got []"),
        ({"by_name": []}, "file.json: by_name: must be a table of keys and values, got []"),
        ({"curves": {"loss": [0.5, None]}}, "file.json: curves.loss[1]: must be a number, got None"),
        ({"maybe": "1"}, "file.json: maybe: must be a number, got '1'"),
        ({"maybe_leaf": "1"}, "file.json: maybe_leaf: must be a table of keys and values, got '1'"),
        ({"special": 3}, "file.json: special: must be text, backwards"),
        ({"colours": 3}, "file.json: unknown key 'colours'; did you mean colour?"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_place(change: dict[str, Any], line: str) -> None:
    with pytest.raises(InputError) as error:
        from_data(Tree, {**to_data(TREE), **change}, Place("file.json"))
    assert str(error.value).startswith(line)


@pytest.mark.parametrize("data", [None, [], "text", 3])
def test_a_document_that_is_no_table_is_refused(data: object) -> None:
    with pytest.raises(InputError, match=r"^file.json: must be a table of keys and values"):
        from_data(Tree, data, Place("file.json"))


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("a = [", "must be valid TOML"),
        (f"a = {'1' * 5000}", "whole numbers must have at most 64 bits"),
        ("a = {b = [1, 9223372036854775808]}", r"a.b\[1\]: a whole number must have at most 64 bits"),
        ("a = " + "[" * 5000 + "]" * 5000, "must not be nested this deeply"),
        (".".join("a" * 20_000) + " = 1", "a key must have fewer than 32 parts"),
        (" . ".join(['"a"'] * 20_000) + " = 1", "a key must have fewer than 32 parts"),
        ("[" + ".".join("a" * 40) + "]", "a key must have fewer than 32 parts"),
    ],
)
def test_toml_that_takes_long_or_overflows_is_refused_in_one_line(text: str, rule: str) -> None:
    with pytest.raises(InputError, match=f"^here: {rule}"):
        parse_toml(text, "here")


def test_toml_without_excess_is_what_the_standard_library_reads() -> None:
    text = "a.b.c = 9223372036854775807\nx = [" + ", ".join(["0.25"] * 100) + f"]\nlong = '{'w' * 60_000}'\n"
    assert parse_toml(text, "here") == tomllib.loads(text)


def test_a_toml_file_must_be_small_text(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_bytes(b"a = '\xff'")
    with pytest.raises(InputError, match=r"s.toml: must be valid TOML"):
        read_toml(path)
    path.write_text("# " + "x" * 70_000)
    with pytest.raises(InputError, match=r"s.toml: must have at most 65,536 bytes"):
        read_toml(path)


@pytest.mark.parametrize(
    ("content", "rule"),
    [(b"{", "must be valid JSON"), (b"\xff", "must be valid JSON"), (b"[" * 100_000, "must not be")],
)
def test_json_that_cannot_be_read_is_refused_in_one_line(content: bytes, rule: str) -> None:
    with pytest.raises(InputError, match=f"^here: {rule}"):
        parse_json(content, "here")
