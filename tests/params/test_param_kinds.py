"""What a value becomes when it is stored, and what is refused."""

import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nas.errors import InputError
from nas.model.deploy.params.kinds import Param, make_param, make_params


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (True, "bool"),
        (5, "int32"),
        (-(2**31), "int32"),
        (2**31, "uint32"),
        (2**32, "int64"),
        (-(2**31) - 1, "int64"),
        (2**63, "uint64"),
        (0.1, "float32"),
        (50.0, "float32"),
        (3.141592653589793, "float64"),
        (1e300, "float64"),
        (float("inf"), "float32"),
        ("5", "string"),
        (b"\0", "bytes"),
        (["a"], "strings"),
        ([], "strings"),
        ([1, 2], "ints"),
        ([1, 2.5], "floats"),
        (np.uint16(7), "uint16"),
        (np.float64(0.1), "float64"),
        (np.array([1, 2]), "ints"),
        (np.array([0.5], np.float32), "floats"),
    ],
)
def test_a_value_without_a_kind_gets_one_that_holds_it_exactly(value, kind):
    param = make_param(value, None, "here")
    assert param.kind == kind
    expected = value.tolist() if isinstance(value, np.generic | np.ndarray) else value
    assert param.value == (tuple(expected) if isinstance(expected, list) else expected)


@given(st.floats(allow_nan=False))
def test_a_number_without_a_kind_is_read_back_as_the_same_number(value):
    assert make_param(value, None, "here").value == value


@given(st.floats(width=32, allow_nan=False))
def test_a_float32_is_read_back_as_a_number_that_float32_rounds_to_the_same(value):
    assert np.float32(make_param(value, "float32", "here").value) == np.float32(value)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("5", "uint16", 5),
        ("0x10", "int8", 16),
        ("yes", "bool", True),
        ("0", "bool", False),
        ("1.5", "float64", 1.5),
        ("1.10", "string", "1.10"),
        ("a, b", "strings", ("a", "b")),
        ('["a, b"]', "strings", ("a, b",)),
        ("1,-2", "ints", (1, -2)),
        ("0.5, 1", "floats", (0.5, 1.0)),
        ("00ff", "bytes", b"\x00\xff"),
        ("", "ints", ()),
    ],
)
def test_a_text_is_read_as_the_kind_that_is_named(text, kind, value):
    assert make_params({f"key:{kind}": text}) == {"key": Param(kind, value)}


def test_the_entries_of_a_table_get_its_name():
    nested = {"fe": {"sample_rate_hz:uint32": 16000, "window": {"ms": 25}}, "day": datetime.date(2026, 11, 26)}
    found = {key: (param.kind, param.value) for key, param in make_params(nested).items()}
    assert found == {
        "fe.sample_rate_hz": ("uint32", 16000),
        "fe.window.ms": ("int32", 25),
        "day": ("string", "2026-11-26"),
    }


def test_the_names_that_other_tools_give_to_kinds_are_known():
    found = make_params({"a:str_list": ["x"], "b:double": 1, "c:int32_list": [1], "d:bin": b"x"})
    assert [param.kind for param in found.values()] == ["strings", "float64", "ints", "bytes"]


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"k:uint8": 256}, "parameters: k: must be from 0 to 255, since its kind is uint8, got 256"),
        ({"k:int8": "200"}, "parameters: k: must be from -128 to 127"),
        ({"k:uint88": 1}, "parameters: k: unknown kind 'uint88'; did you mean uint8?"),
        ({"k": None}, "parameters: k: must be a boolean, number, text"),
        ({"k": 2**64}, "must be from 0 to 18446744073709551615"),
        ({"k": ["a", 1]}, r"k\[1\]: must be of kind string"),
        ({"k": [2**31]}, r"k\[0\]: must be from -2147483648 to 2147483647"),
        ({"k": [1e39]}, r"k\[0\]: must be within float32's range"),
        ({"k:int32": 1.5}, "k: must be of kind int32, got 1.5"),
        ({"k:int32": True}, "k: must be of kind int32, got True"),
        ({"k:bool": "maybe"}, "k: must be of kind bool, got 'maybe'"),
        ({"k:bytes": "xyz"}, "k: must be of kind bytes"),
        ({"k:ints": 5}, "k: must be a list, since its kind is ints"),
        ({"k": "a\0b"}, "must not hold the character NUL"),
        ({"k": "\ud800"}, "must be valid Unicode"),
        ({"": 1}, "a key must be text on one line"),
        ({"a\nb": 1}, "a key must be text on one line"),
    ],
)
def test_a_value_that_cannot_be_stored_is_refused_in_one_line(values, line):
    with pytest.raises(InputError, match=line) as error:
        make_params(values)
    assert "\n" not in str(error.value)
