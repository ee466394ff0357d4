"""Numbers and documents have one form wherever a user meets them."""

import json
import math
import re

import pytest
import rooms
from hypothesis import given
from hypothesis import strategies as st

from nas.text import document, duration, interval, kilobytes, percent


@pytest.mark.parametrize(("share", "words"), [(0.125, "12.5 %"), (1.0, "100.0 %"), (0.99951, "100.0 %"), (None, "-")])
def test_a_share_is_written_in_percent_with_one_decimal(share: float | None, words: str) -> None:
    assert percent(share) == words


def test_an_interval_has_its_unit_once() -> None:
    assert interval(0.894, 0.986) == "89.4 to 98.6 %"


@pytest.mark.parametrize(
    ("value", "words"), [(0, "0 B"), (10_239, "10,239 B"), (10_240, "10.0 KB"), (3 << 20, "3,072.0 KB"), (None, "-")]
)
def test_bytes_are_exact_until_kilobytes_read_better(value: int | None, words: str) -> None:
    assert kilobytes(value) == words


@given(st.recursive(st.none() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(), st.lists))
def test_a_document_reads_back_as_the_data_that_it_was_made_of(data: object) -> None:
    assert json.loads(document({"data": data})) == {"data": data}


def test_keys_are_sorted_and_what_json_cannot_say_is_null() -> None:
    text = document({"b": (math.nan, [math.inf]), "a": {"d": 1, "c": -math.inf}})
    assert text == '{\n "a": {\n  "c": null,\n  "d": 1\n },\n "b": [\n  null,\n  [\n   null\n  ]\n ]\n}\n'


def test_no_other_file_has_a_form_of_its_own_for_percentages() -> None:
    written = re.compile(r"[0-9]f} %|[0-9]%}")
    assert [str(path) for path in rooms.FILES if written.search(path.read_text()) and path.name != "text.py"] == []


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.4, "0 s"), (59.6, "1 min 0 s"), (582, "9 min 42 s"), (7260, "2 h 1 min")]
)
def test_durations_have_two_units(seconds: float, words: str) -> None:
    assert duration(seconds) == words
