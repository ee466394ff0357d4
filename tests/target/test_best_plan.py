"""Plans of the arena by search, against all plans there are and against the packaged TFLM."""

from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from single_operators import T
from whole_models import Node, Part, write

from nas import _native
from nas.model.deploy.arena_plan import with_less_ram
from nas.model.deploy.slim import slim
from nas.target.plan import plan_of
from nas.target.profiler import profile
from nas.target.target import find_target

BUFFERS = st.lists(
    st.tuples(st.integers(1, 9).map(lambda n: 16 * n), st.integers(0, 5), st.integers(0, 3)).map(
        lambda made: (made[0], made[1], made[1] + made[2])
    ),
    min_size=1,
    max_size=6,
)
HOST = find_target("host")


def lowest(buffers):
    """The lowest head of all plans: in some order, each buffer takes the lowest place that is free."""
    return min(_first_fit(order) for order in permutations(buffers))


def _first_fit(order):
    placed = []
    for size, first, last in order:
        beside = sorted((o, o + s) for s, f, la, o in placed if f <= last and first <= la)
        offset = 0
        for start, end in beside:
            if start - offset >= size:
                break
            offset = max(offset, end)
        placed.append((size, first, last, offset))
    return max(offset + size for size, _, _, offset in placed)


@given(BUFFERS)
def test_a_search_finds_the_lowest_of_all_plans_and_says_so(buffers):
    offsets, head, optimal = _native.plan_best(buffers, 100_000)
    assert _native.check_plan(buffers, offsets, head) == "none"
    assert head == lowest(buffers)
    assert optimal


@given(BUFFERS, st.integers(1, 20))
def test_a_search_cut_short_is_never_worse_than_the_greedy_plan(buffers, steps):
    offsets, head, optimal = _native.plan_best(buffers, steps)
    assert _native.check_plan(buffers, offsets, head) == "none"
    greedy = max(offset + size for offset, (size, _, _) in zip(_native.plan(buffers), buffers, strict=True))
    assert head <= greedy
    assert not optimal or head == lowest(buffers)


def chain(*sizes):
    """RELUs between tensors, with a PAD where a tensor becomes longer and a STRIDED_SLICE where it becomes shorter."""
    tensors, nodes = {"t0": T((1, sizes[0]))}, []
    for i, (before, after) in enumerate(pairwise(sizes)):
        tensors[f"t{i + 1}"] = T((1, after))
        if after == before:
            nodes.append(Node("RELU", (f"t{i}",), (f"t{i + 1}",)))
        elif after > before:
            tensors[f"p{i}"] = T((2, 2), "int32", [0, 0, 0, after - before])
            nodes.append(Node("PAD", (f"t{i}", f"p{i}"), (f"t{i + 1}",), "PadOptions"))
        else:
            for name, values in {"b": [0, 0], "e": [1, after], "s": [1, 1]}.items():
                tensors[f"{name}{i}"] = T((2,), "int32", values)
            ends = (f"t{i}", f"b{i}", f"e{i}", f"s{i}")
            nodes.append(Node("STRIDED_SLICE", ends, (f"t{i + 1}",), "StridedSliceOptions"))
    return write(Part(tensors, nodes, ("t0",), (f"t{len(sizes) - 1}",)))


MISLEADING = chain(880, 848, 880, 880)


def test_tflm_takes_the_plan_needs_no_more_than_promised_and_computes_the_same():
    micro = pytest.importorskip("tflite_micro", reason="tflite-micro has wheels for x86-64 Linux only")
    small = slim(MISLEADING)
    planned = with_less_ram(small, HOST)
    before, after = profile(small, HOST), profile(planned, HOST)
    plan = plan_of(small, HOST)
    assert plan.optimal
    assert after.detail.head == plan.bytes < before.detail.head == plan.greedy_bytes
    assert after.ram_bytes < before.ram_bytes
    interpreters = [micro.runtime.Interpreter.from_bytes(file, arena_size=1 << 16) for file in (small, planned)]
    for q in np.random.default_rng(0).integers(-128, 128, (8, 1, 880), np.int8):
        for interpreter in interpreters:
            interpreter.set_input(q, 0)
            interpreter.invoke()
        np.testing.assert_array_equal(interpreters[0].get_output(0), interpreters[1].get_output(0))


def test_a_model_that_no_plan_helps_stays_as_it_is():
    small = slim(chain(64, 32, 16))
    assert with_less_ram(small, HOST) == small
    assert plan_of(small, HOST).offsets == ()


def test_slimming_a_planned_model_again_keeps_its_plan():
    planned = with_less_ram(slim(MISLEADING), HOST)
    assert slim(planned) == planned
