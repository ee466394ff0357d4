"""Dimensions are finite lists of values, from which choosers pick one."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nas.errors import InputError
from nas.space.dims import MOST_VALUES, Choice, Dim, GivenChooser, RandomChooser, Range, parse_dim, show

whole = st.builds(
    lambda low, length, step: Range(low, low + length, step),
    st.integers(-100, 100),
    st.integers(0, 50),
    st.integers(1, 9),
)
tenths = st.builds(
    lambda low, length, step: Range(low / 10, (low + length) / 10, step / 10),
    st.integers(-100, 100),
    st.integers(0, 50),
    st.integers(1, 9),
)
choices = st.lists(st.integers() | st.text() | st.floats(-9, 9), min_size=1, unique_by=repr).map(
    lambda values: Choice(tuple(values))
)
dims = whole | tenths | choices


@given(whole)
def test_a_range_of_whole_numbers_includes_both_ends(dim: Range) -> None:
    assert dim.values == tuple(range(int(dim.low), int(dim.high) + 1, int(dim.step)))


@given(tenths)
def test_a_range_of_fractions_has_exact_decimals(dim: Range) -> None:
    low, high, step = (Decimal(str(n)) for n in (dim.low, dim.high, dim.step))
    listed = [low + i * step for i in range(int((high - low) / step) + 1)]
    assert dim.values == tuple(map(float, listed))


@given(dims, st.integers())
def test_random_choices_are_values_of_the_dimension_and_depend_on_the_seed_alone(dim: Dim, seed: int) -> None:
    value = RandomChooser(seed).choose("x", dim)
    assert value in dim.values
    assert RandomChooser(seed).choose("x", dim) == value


def test_random_choices_reach_every_value() -> None:
    chooser, dim = RandomChooser(0), Range(1, 6)
    assert {chooser.choose("x", dim) for _ in range(200)} == {1, 2, 3, 4, 5, 6}


@given(dims, st.data())
def test_a_given_value_of_the_dimension_is_taken(dim: Dim, data: st.DataObject) -> None:
    value = data.draw(st.sampled_from(dim.values))
    assert GivenChooser({"x": value}).choose("x", dim) == value


def test_a_given_float_that_is_whole_counts_as_the_whole_number() -> None:
    value = GivenChooser({"x": 3.0}).choose("x", Range(1, 5))
    assert (value, type(value)) == (3, int)


@pytest.mark.parametrize(
    ("params", "dim"),
    [
        ({}, Range(1, 3)),
        ({"x": 4}, Range(1, 3)),
        ({"x": "1"}, Range(1, 3)),
        ({"x": True}, Range(0, 3)),
        ({"x": 1}, Choice((False, True))),
        ({"x": [1]}, Range(1, 3)),
    ],
)
def test_the_error_for_a_missing_or_unknown_value_names_its_dimension(params: dict[str, object], dim: Dim) -> None:
    with pytest.raises(InputError, match=r"^params: x: must be "):
        GivenChooser(params).choose("x", dim)  # type: ignore[arg-type]  # what a user's JSON may hold


@pytest.mark.parametrize(
    ("spec", "dim"),
    [
        ({"low": 1, "high": 4}, Range(1, 4)),
        ({"low": 0.1, "high": 0.5, "step": 0.2}, Range(0.1, 0.5, 0.2)),
        ([1, 2.5, "a", True], Choice((1, 2.5, "a", True))),
        (7, Choice((7,))),
        ("max", Choice(("max",))),
    ],
)
def test_a_dimension_is_read_from_toml(spec: object, dim: Dim) -> None:
    assert parse_dim(spec, "here") == dim


@pytest.mark.parametrize(
    ("spec", "rule"),
    [
        ({"low": 32, "high": 8}, "low <= high must hold, got low=32, high=8"),
        ({"low": 1}, "must have the keys low and high"),
        ({"low": 1, "high": 2, "stop": 1}, "must have the keys low and high"),
        ({"low": 1, "high": 2, "step": 0}, "step must be above 0"),
        ({"low": "1", "high": 2}, "low must be a number"),
        ({"low": True, "high": 2}, "low must be a number"),
        ({"low": 1, "high": float("inf")}, "high must be a number"),
        ({"low": 0, "high": 10**12}, "at most"),
        ([], "choices must be"),
        ([[1]], "choices must be"),
        ([1, 1], "choices must differ"),
        ([float("nan")], "choices must be"),
        (float("inf"), "must be a range"),
        (None, "must be a range"),
    ],
)
def test_the_error_for_a_wrong_dimension_names_its_place(spec: object, rule: str) -> None:
    with pytest.raises(InputError, match=r"^conv\.filters: ") as error:
        parse_dim(spec, "conv.filters")
    assert rule in str(error.value)


def test_a_dimension_is_shown_as_text() -> None:
    assert show(Range(4, 32, 4)) == "4..32 step 4"
    assert show(Range(1, 4)) == "1..4"
    assert show(Choice((3, 5, "a"))) == "3, 5, a"


def test_a_range_may_have_a_single_value() -> None:
    assert parse_dim({"low": 3, "high": 3}, "here").values == (3,)


@pytest.mark.parametrize(("low", "step"), [(0, 1), (70_000, 2), (-5, 3)])
def test_a_range_has_at_most_a_hundred_thousand_values(low: int, step: int) -> None:
    high = low + step * (MOST_VALUES - 1)
    assert len(parse_dim({"low": low, "high": high, "step": step}, "here").values) == MOST_VALUES == 100_000
    with pytest.raises(InputError, match="here: a range must have at most 100000 values"):
        parse_dim({"low": low, "high": high + step, "step": step}, "here")
