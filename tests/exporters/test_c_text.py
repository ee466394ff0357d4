"""Text, numbers and names mean the same to a C compiler as to Python."""

import re

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nas.exporters.c_text import comment, identifier, number


@given(st.text())
def test_an_identifier_is_one_in_c_and_not_reserved(name):
    assert re.fullmatch(r"[a-z](_?[a-z0-9])*", identifier(name))


def test_an_identifier_keeps_the_letters_and_digits_of_the_name():
    assert identifier("UCI HAR - 6 KB") == "uci_har_6_kb"
    assert identifier("Müller") == "muller"
    assert identifier("6kb") == "nas_6kb"


@given(st.text())
def test_a_comment_stays_on_its_line(text):
    assert re.fullmatch(r"[ -~]*", comment(text))
    assert "\\" not in comment(text)
    assert "??" not in comment(text)


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_a_number_reads_back_as_the_same_float32(value):
    assert re.fullmatch(r"-?\d+(\.\d+)?(e[+-]\d+)?f", number(value))
    assert np.float32(number(value)[:-1]) == np.float32(value)
