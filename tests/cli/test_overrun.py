"""A run that ends long after its limit is told why."""

from dataclasses import replace

import pytest

from nas.cli.views.result import overrun
from nas.study.recipe import Recipe
from nas.study.result import Result

from .conftest import STUDY


def ran(seconds: float | None) -> Result:
    return Result("mine", "studies/mine", 9999.0, {}, None, (), run_seconds=seconds)


def test_a_run_that_passes_its_limit_by_more_than_a_quarter_says_by_how_much_why_and_how_to_limit_it() -> None:
    line = overrun(replace(STUDY, minutes=1.5), ran(679))
    assert "took 11 min 19 s, its limit was 1 min 30 s" in line
    assert "\n" not in line
    named = [word.split("=")[0] for word in line.split() if "=" in word]
    assert named == ["finalists", "hand_made"]
    assert set(named) <= set(Recipe().settings())


@pytest.mark.parametrize("seconds", [None, 60, 111])
def test_a_run_that_ends_near_its_limit_or_before_says_nothing(seconds: float | None) -> None:
    assert overrun(replace(STUDY, minutes=1.5), ran(seconds)) == ""


def test_a_run_without_a_limit_says_nothing() -> None:
    assert overrun(replace(STUDY, trials=5, minutes=None), ran(10_000)) == ""
