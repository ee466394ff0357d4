"""Budgets: which limits a footprint exceeds, and by how much."""

import dataclasses
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nas.errors import InputError
from nas.graph.graph import Graph, Op, Tensor
from nas.target.budget import Budget, milliseconds, thousands, to_bytes
from nas.target.footprint import Flash, Totals
from nas.target.profiler import estimate
from nas.target.ram import Arena
from nas.target.target import find_target

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
    assert budget.describe(FOOTPRINT) == "12,345 MACs (limit 12,344)"
    assert budget.limits() == {"macs": 12344}


def test_a_latency_is_limited_in_milliseconds() -> None:
    slow = dataclasses.replace(FOOTPRINT, latency_ms=25.0)
    budget = Budget(latency_ms=20)
    assert budget.limits() == {"latency": 20}
    assert budget.over(slow) == {"latency": pytest.approx(0.25)}
    assert budget.excess(slow) == {"latency": pytest.approx(5)}
    assert budget.describe(slow) == "latency 25 ms (limit 20 ms)"
    assert Budget(latency_ms=25).over(slow) == {}


def test_a_latency_that_is_not_known_exceeds_every_limit() -> None:
    tensors = (Tensor("input", (1, 4), "float32"), Tensor("output", (1, 4), "float32"))
    unknown = estimate(Graph(tensors, (Op("RELU", (0,), (1,)),), (0,), (1,)), find_target("host"))
    budget = Budget(latency_ms=1000)
    assert budget.over(unknown)["latency"] > 0
    assert budget.excess(unknown) == {}
    assert budget.problems(unknown) == ("its latency is not known, so it may take more than 1000 ms",)


@pytest.mark.parametrize("limit", [0, -1, math.inf, math.nan, 1_000_001])
def test_a_latency_of_nothing_or_without_bound_is_refused_as_a_limit(limit: float) -> None:
    with pytest.raises(InputError, match="latency: must be above 0 and at most 1,000,000 ms, got"):
        milliseconds(limit, "latency")


def test_the_reason_is_one_line_with_used_and_allowed_bytes() -> None:
    budget = Budget(weights_bytes=6144, flash_bytes=40000)
    assert budget.describe(FOOTPRINT) == "weights 7,210 B (limit 6,144 B), flash 50,000 B (limit 40,000 B)"


@given(st.integers(1, 10**6), st.integers(0, 10**6))
def test_a_violation_is_positive_exactly_when_the_limit_is_exceeded(limit: int, used: int) -> None:
    over = Budget(weights_bytes=limit).over(dataclasses.replace(FOOTPRINT, weights_bytes=used))
    assert bool(over) == (used > limit)
    assert all(value > 0 for value in over.values())


def test_a_limit_in_kilobytes_is_rounded_down_to_bytes() -> None:
    assert to_bytes(6, "budget") == 6144
    assert to_bytes(1.9999, "budget") == 2047
    assert to_bytes(1 / 1024, "budget") == 1
    assert to_bytes(None, "budget") is None


@pytest.mark.parametrize(
    ("limit", "rule"),
    [
        *((limit, "above 0 and at most 4,194,304 KB") for limit in (0, -1, math.inf, math.nan, 1e308)),
        (0.0009, "1 byte or more"),
    ],
)
def test_a_limit_of_less_than_a_byte_or_without_bound_is_refused(limit: float, rule: str) -> None:
    with pytest.raises(InputError, match=rf"budget: must be {rule}, got"):
        to_bytes(limit, "budget")


def test_a_limit_in_thousands_is_rounded_to_the_nearest_count() -> None:
    assert thousands(0.001, "macs") == 1
    assert thousands(60, "macs") == 60_000
    assert thousands(1.2346, "macs") == 1235
    assert thousands(None, "macs") is None


@pytest.mark.parametrize("limit", [0, 0.0009, -1, math.inf, math.nan, 1e308])
def test_a_limit_of_less_than_one_or_without_bound_in_thousands_is_refused(limit: float) -> None:
    with pytest.raises(InputError, match=r"macs: must be from 0\.001 to 1,000,000,000, in thousands, got"):
        thousands(limit, "macs")


def test_the_limits_that_are_set_are_listed_by_name() -> None:
    assert Budget(weights_bytes=1, ram_bytes=2, flash_bytes=3, macs=4).limits() == {
        "weights": 1,
        "ram": 2,
        "flash": 3,
        "macs": 4,
    }


def test_that_a_model_does_not_run_is_told_before_what_is_over_a_limit() -> None:
    tensors = (Tensor("input", (1, 8), "float32"), Tensor("output", (1, 8), "int4"))
    refused = estimate(Graph(tensors, (Op("ABS", (0,), (1,)),), (0,), (1,)), find_target("cortex-m4"))
    assert refused.refused
    first, second = Budget(ram_bytes=1).problems(refused)
    assert "does not run" in first
    assert "ram" in second
