"""An error message is one line: place, rule, value, next step."""

from hypothesis import given
from hypothesis import strategies as st

from nas.errors import InputError, unknown


def test_a_line_has_place_rule_value_and_next_step() -> None:
    error = InputError("conv.filters", "low <= high must hold", got="low=32", hint="swap them")
    assert str(error) == "conv.filters: low <= high must hold, got low=32; swap them"


def test_parts_that_are_not_given_are_left_out() -> None:
    assert str(InputError("--data", "must be given")) == "--data: must be given"


def test_a_value_of_zero_is_shown() -> None:
    assert str(InputError("--trials", "must be above 0", got=0)).endswith(", got 0")


@given(st.text(), st.text(), st.text(), st.text())
def test_a_message_is_one_line_whatever_text_it_holds(place: str, rule: str, got: str, hint: str) -> None:
    assert len(str(InputError(place, rule, got=got, hint=hint)).splitlines()) <= 1


def test_an_unknown_name_lists_the_known_ones_and_the_nearest() -> None:
    line = str(unknown("--space", "space", "cnn_timeserie", ["mlp_tabular", "cnn_timeseries"]))
    assert "did you mean cnn_timeseries?" in line
    assert "cnn_timeseries, mlp_tabular" in line


def test_a_name_unlike_all_known_ones_gets_no_proposal() -> None:
    assert "did you mean" not in str(unknown("--space", "space", "zzz", ["cnn_timeseries"]))


def test_a_message_never_steers_the_terminal() -> None:
    line = str(InputError("a\x1b[2J.zip", "must be\r\nsound", got="\u202etxt.exe"))
    assert line == "a\ufffd[2J.zip: must be sound, got \ufffdtxt.exe"
