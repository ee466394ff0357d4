"""An error message is one line: place, rule, value, next step."""

import inspect
import pickle
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nas.errors import InputError, flags_shown, spelled, unknown
from nas.keywords import explains_fields, explains_keywords


def test_a_line_has_place_rule_value_and_next_step() -> None:
    error = InputError("conv.filters", "low <= high must hold", got="low=32", hint="swap them")
    assert str(error) == "conv.filters: low <= high must hold, got low=32; swap them"


def test_parts_that_are_not_given_are_left_out() -> None:
    assert str(InputError("--data", "must be given")) == "data: must be given"


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


@pytest.mark.parametrize(
    ("flags", "keywords"),
    [
        ("--budget-kb: must be given", "budget_kb: must be given"),
        ("give --group-regex '^([^/]+)/' or --rate-hz 50", "give group_regex='^([^/]+)/' or rate_hz=50"),
        ("add --drop-columns acc_z,temp", "add drop_columns='acc_z,temp'"),
        ("add --channels-first true --kind window", "add channels_first=True, kind='window'"),
        ("go on with --resume, or write elsewhere with -o", "go on with resume=True, or write elsewhere with out"),
        ("run: nas search mine --finish; or give --trial 3", "run: nas search mine --finish; or give trial=3"),
        ("`nas export --bare` leaves them out", "`nas export --bare` leaves them out"),
    ],
)
def test_python_reads_keywords_where_the_command_line_reads_flags(flags: str, keywords: str) -> None:
    assert str(InputError("data", "is wrong", hint=flags)) == f"data: is wrong; {keywords}"
    with flags_shown():
        assert str(InputError("data", "is wrong", hint=flags)) == f"data: is wrong; {flags}"
    assert spelled(flags) == keywords


def test_what_the_user_wrote_is_quoted_as_it_is() -> None:
    assert str(InputError("--name", "must be a name", got="--my-name")) == "name: must be a name, got --my-name"


@explains_keywords
def drawn(model: str, formats: tuple[str, ...] = (), *, seed: int = 0) -> str:
    """A function such as `nas` has."""
    return f"{model} {formats} {seed}"


@explains_fields({"epochs": "Settings.of(epochs=...)"})
@dataclass(frozen=True, slots=True)
class Settings:
    """A class such as `nas` has."""

    folder: str = ""
    _: KW_ONLY
    name: str = ""


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: drawn("m", format="c"), "nas.drawn: .* got format=; did you mean formats="),
        (lambda: drawn("m", size=3), "got size=; known: model, formats, seed"),
        (lambda: drawn("m", (), 3), r"at most 2 values .*\(model, formats\), got 3; .* keywords: seed"),
        (lambda: Settings(nam="x"), "nas.Settings: .* did you mean name="),
        (lambda: Settings("x", "y"), r"at most 1 values .*\(folder\), got 2; .* keywords: name"),
        (lambda: Settings(epoch=3), r"did you mean Settings.of\(epochs=...\)"),
    ],
)
def test_a_call_with_a_wrong_keyword_names_the_nearest(call: Callable[[], object], words: str) -> None:
    with pytest.raises(InputError, match=words):
        call()


def test_a_right_call_is_left_alone() -> None:
    assert drawn("m", seed=3) == "m () 3"
    assert Settings("x", name="y") == pickle.loads(pickle.dumps(Settings(name="y", folder="x")))
    assert list(inspect.signature(drawn).parameters) == ["model", "formats", "seed"]
