"""Feasibility, compared with a list of all members of a small space."""

from itertools import product
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from space_walk import SHAPES, every_member, row_of, small

from nas.errors import InputError
from nas.space.architecture import Architecture
from nas.space.dims import RandomChooser
from nas.space.file import load_space, space_names
from nas.study.code_size import code_of
from nas.study.feasibility import require_latency, share, shrink, smallest
from nas.study.fitting import Asked, require_feasible
from nas.target.budget import Budget
from nas.target.footprint import Totals
from nas.target.front_end import estimate_members
from nas.target.profiler import estimate, estimate_many
from nas.target.target import find_target, known_targets

TARGET = find_target("cortex-m4")
SHAPE, OUTPUTS = (64, 3), 4


@pytest.fixture(scope="module")
def everyone() -> list[Totals]:
    """The footprint of every member of the small space."""
    space = small()
    members = [space.from_params(params, SHAPE, OUTPUTS) for params in every_member(space)]
    return estimate_many([member.lower() for member in members], TARGET)


def test_the_smallest_member_is_found(everyone: list[Totals]) -> None:
    found = smallest(small(), SHAPE, OUTPUTS, TARGET, Budget(weights_bytes=1))
    assert found.weights_bytes == min(totals.weights_bytes for totals in everyone)


@pytest.mark.parametrize("kind", ["weights_bytes", "ram_bytes"])
def test_a_budget_is_refused_exactly_if_no_member_fits_it(everyone: list[Totals], kind: str) -> None:
    used = [totals.weights_bytes if kind == "weights_bytes" else totals.ram_bytes for totals in everyone]
    require_feasible(asked(Budget(**{kind: min(used)})))
    with pytest.raises(InputError, match=rf"has .* {min(used):,} B \(limit {min(used) - 1:,} B\);"):
        require_feasible(asked(Budget(**{kind: min(used) - 1})))


def test_one_member_must_fit_all_budgets_together(everyone: list[Totals]) -> None:
    for weights in sorted({totals.weights_bytes for totals in everyone})[::72]:
        fitting = [totals.ram_bytes for totals in everyone if totals.weights_bytes <= weights]
        require_feasible(asked(Budget(weights, min(fitting))))
        with pytest.raises(InputError, match="no candidate fits the budget"):
            require_feasible(asked(Budget(weights, min(fitting) - 1)))


def test_without_a_budget_every_member_fits() -> None:
    require_feasible(asked(Budget()))
    assert share(small(), SHAPE, OUTPUTS, TARGET, Budget(), drawn=20).fraction == 1


def test_the_share_is_that_of_the_members_drawn() -> None:
    space, budget = small(), Budget(weights_bytes=2500)
    chooser = RandomChooser(5)
    drawn = [space.sample(chooser, SHAPE, OUTPUTS) for _ in range(200)]
    fitting = sum(weights_of(member) <= 2500 for member in drawn)
    assert 0 < fitting < 200
    assert share(space, SHAPE, OUTPUTS, TARGET, budget, drawn=200, seed=5).fitting == fitting


@pytest.mark.parametrize("name", space_names())
def test_every_space_has_members_of_less_than_two_kilobytes(name: str) -> None:
    space = load_space(name)
    assert smallest(space, row_of(space, SHAPES), OUTPUTS, TARGET, Budget(weights_bytes=1)).weights_bytes < 2048


def test_a_target_without_known_latency_is_refused() -> None:
    board = next(t for t in known_targets().values() if t.clock_hz and t.core == "cortex-m4")
    require_latency(small(), board)
    with pytest.raises(InputError, match=r"target: must be a board with a clock.*, got cortex-m4; "):
        require_latency(small(), find_target("cortex-m4"))


def asked(budget: Budget) -> Asked:
    return Asked(small(), SHAPE, OUTPUTS, TARGET, budget)


def weights_of(member: Architecture) -> int:
    return member.lower().weights_bytes


@pytest.mark.parametrize("name", space_names())
@settings(max_examples=4)
@given(seed=st.integers(0, 999), budget_bytes=st.integers(300, 9000))
def test_a_shrunk_member_fits_and_none_of_its_numbers_has_grown(name: str, seed: int, budget_bytes: int) -> None:
    space, budget = load_space(name), Budget(budget_bytes)
    drawn = Recorder(seed)
    space.sample(drawn, row_of(space, SHAPES), 4)
    shrunk = shrink(space, drawn.params, row_of(space, SHAPES), 4, TARGET, budget)
    assume(shrunk is not None)
    member = space.from_params(shrunk, row_of(space, SHAPES), 4)
    assert member.lower().weights_bytes <= budget_bytes
    assert all(
        value <= drawn.params[key] if isinstance(value, int | float) else value == drawn.params[key]
        for key, value in shrunk.items()
    )
    fitted = not budget.over(estimate(space.from_params(drawn.params, row_of(space, SHAPES), 4).lower(), TARGET))
    assert (shrunk == drawn.params) is fitted


@pytest.mark.parametrize("name", space_names())
def test_shrinking_narrows_wide_layers_before_it_removes_one_of_a_few_blocks(name: str) -> None:
    space, shape = load_space(name), row_of(load_space(name), SHAPES)
    for params in space.starts:
        if not any(key.endswith((".filters", ".units")) for key in params):
            continue  # a start without a layer of its own, such as a linear forecaster, has nothing to narrow
        bytes_before = weights_of(space.from_params(params, shape, 4))
        shrunk = shrink(space, params, shape, 4, TARGET, Budget(int(0.9 * bytes_before)))
        assert shrunk is not None
        lowered = {key for key, value in params.items() if shrunk.get(key) != value}
        assert lowered
        # One of five blocks or more may be a smaller part than a step of a narrow layer.
        deep = [key.removesuffix("count") for key in lowered if key.endswith(".count") and params[key] > 4]
        kept = [key for key in lowered if not key.startswith(("front_end.", *deep))]
        assert all(key.endswith((".filters", ".units")) for key in kept), lowered


class Recorder(RandomChooser):
    """A random chooser that records its choices."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.params: dict[str, Any] = {}

    def choose(self, name: str, dim: Any) -> Any:
        self.params[name] = super().choose(name, dim)
        return self.params[name]


def test_an_operator_adds_the_code_by_which_two_members_differ_that_differ_in_it_alone(everyone: list[Totals]) -> None:
    space = small()
    graphs = [space.from_params(params, SHAPE, OUTPUTS).lower() for params in every_member(space)]
    code = {
        frozenset(op.kind for op in graph.ops): each.flash.code for graph, each in zip(graphs, everyone, strict=True)
    }
    added: dict[str, set[int]] = {}
    for (a, size), (b, larger) in product(code.items(), repeat=2):
        if a < b and len(b - a) == 1:
            added.setdefault(*(b - a), set()).add(larger - size)
    found = code_of(space, TARGET)
    assert (found.least, found.most) == (min(code.values()), max(code.values()))
    assert added.keys() == found.operators.keys()
    assert all(min(added[kind]) <= size <= max(added[kind]) for kind, size in found.operators.items())


def test_the_weights_that_a_flash_leaves_are_no_less_than_those_of_any_member_that_fits_and_no_front_end_is_forgotten():
    space, chooser = load_space("cnn_audio"), RandomChooser(5)
    members = [space.sample(chooser, (16000, 1), 8) for _ in range(100)]
    totals = estimate_members(members, TARGET)
    found = code_of(space, TARGET)
    assert all(found.left(one.flash_bytes) >= one.weights_bytes for one in totals)
    smallest = min(one.front_end.flash_bytes for one in totals)
    assert found.left(100_000) <= 100_000 - min(one.flash.code for one in totals) - found.front_end
    assert 0 < found.front_end <= smallest
    assert "a front-end at least" in found.words(100_000)
    assert code_of(small(), TARGET).front_end == 0
