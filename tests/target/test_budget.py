"""Budgets: which limits a footprint exceeds, and by how much."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nas.target.budget import Budget
from nas.target.footprint import Arena, Flash, Totals

FOOTPRINT = Totals(
    target="host",
    runtime="tflm",
    release="90b983c",
    kernels="reference",
    file_bytes=9000,
    weights_bytes=7210,
    detail=Arena(head=2000, tail=1000, min=3504),
    flash=Flash(model=9000, code=41000),
    macs=12345,
    latency_ms=None,
    supported=True,
)


def test_no_limit_is_never_exceeded() -> None:
    assert Budget().over(FOOTPRINT) == {}
    assert Budget().describe(FOOTPRINT) == ""


def test_an_excess_is_a_fraction_of_its_limit() -> None:
    assert Budget(weights_bytes=7000).over(FOOTPRINT) == {"weights": pytest.approx(0.03)}


def test_a_limit_that_is_just_met_holds() -> None:
    assert Budget(weights_bytes=7210, ram_bytes=3504, flash_bytes=50000).over(FOOTPRINT) == {}


def test_ram_binds_the_smallest_arena_that_works_not_the_bytes_in_use() -> None:
    assert FOOTPRINT.detail.used == 3000
    assert Budget(ram_bytes=3200).over(FOOTPRINT) == {"ram": pytest.approx(304 / 3200)}


def test_flash_binds_model_and_code_together() -> None:
    assert set(Budget(flash_bytes=49999).over(FOOTPRINT)) == {"flash"}


def test_macs_are_a_count_not_bytes() -> None:
    budget = Budget(macs=12344)
    assert budget.over(FOOTPRINT) == {"macs": pytest.approx(1 / 12344)}
    assert budget.describe(FOOTPRINT) == "macs 12345 of 12344"
    assert budget.limits() == {"macs": 12344}


def test_the_reason_is_one_line_with_used_and_allowed_bytes() -> None:
    budget = Budget(weights_bytes=6144, flash_bytes=40000)
    assert budget.describe(FOOTPRINT) == "weights 7210 of 6144 bytes, flash 50000 of 40000 bytes"


@given(st.integers(1, 10**6), st.integers(0, 10**6))
def test_a_violation_is_positive_exactly_when_the_limit_is_exceeded(limit: int, used: int) -> None:
    over = Budget(weights_bytes=limit).over(dataclasses.replace(FOOTPRINT, weights_bytes=used))
    assert bool(over) == (used > limit)
    assert all(value > 0 for value in over.values())
