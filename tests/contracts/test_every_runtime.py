"""What holds for every runtime; test_waist.py holds on all targets that an estimate is the profile of the file."""

import json
from functools import cache
from itertools import pairwise

import pytest
from space_walk import machines, row_of

from nas.errors import InputError
from nas.graph.graph import Graph
from nas.space.dims import RandomChooser
from nas.space.file import load_space, space_names
from nas.target.budget import Budget
from nas.target.footprint import Footprint, OpFootprint, TensorFootprint
from nas.target.profiler import estimate, estimate_many, profile
from nas.target.target import RUNTIMES, Target

SHAPES = {"window": (64, 3), "image": (12, 12, 1), "table": (20,)}
# Keys of a footprint's document on any runtime; a runtime adds its own.
COMMON_KEYS = {
    *("target", "kernels", "file_bytes", "weights_bytes", "flash_bytes", "flash", "macs", "latency_ms", "energy_uj"),
    *("supported", "ops", "tensors"),
}

# Operators that read an input again after they have begun to write their output.
READ_AGAIN = {"CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "PAD"}


def targets_of(runtime: str) -> list[Target]:
    return [target for target in machines() if target.runtime == runtime]


@cache
def members() -> list[Graph]:
    spaces = [load_space(name) for name in space_names()]
    return [space.sample(RandomChooser(i), row_of(space, SHAPES), 4).lower() for space in spaces for i in range(5)]


@cache
def estimates(target: Target) -> list[Footprint]:
    return [estimate(graph, target) for graph in members()]


@pytest.mark.parametrize("name", RUNTIMES)
def test_a_target_that_ships_has_this_runtime_so_that_the_waist_is_tested_on_it(name: str) -> None:
    assert targets_of(name)


@pytest.mark.parametrize("name", RUNTIMES)
def test_totals_in_bulk_are_those_of_single_estimates(name: str) -> None:
    for target in targets_of(name):
        singles = [footprint.summary() for footprint in estimates(target)]
        assert [totals.summary() for totals in estimate_many(members(), target)] == singles


@pytest.mark.parametrize("name", RUNTIMES)
def test_a_budget_of_exactly_what_is_needed_holds_and_one_less_does_not(name: str) -> None:
    for target in targets_of(name):
        for totals, footprint in zip(estimate_many(members(), target), estimates(target), strict=True):
            needed = [footprint.weights_bytes, footprint.ram_bytes, footprint.flash_bytes, footprint.macs]
            assert Budget(*needed).over(totals) == Budget(*needed).over(footprint) == {}
            too_small = Budget(*(number - 1 for number in needed))
            assert set(too_small.over(totals)) == {"weights", "ram", "flash", "macs"}
            assert too_small.over(totals) == too_small.over(footprint)


@pytest.mark.parametrize("name", RUNTIMES)
def test_buffers_that_live_at_the_same_operator_share_no_byte_and_lie_within_the_ram(name: str) -> None:
    for target in targets_of(name):
        for footprint in estimates(target):
            planned = [tensor for tensor in footprint.tensors if tensor.offset is not None]
            # In plain C, the buffers of input and output are the caller's, and a small network needs no others.
            assert planned or name == "c"
            assert all(tensor.offset + tensor.bytes <= footprint.ram_bytes for tensor in planned)
            for op in footprint.ops:
                alive = [t for t in planned if t.first_op <= op.index <= t.last_op]
                alive.sort(key=lambda tensor: tensor.offset)
                assert all(a.offset + a.bytes <= b.offset or in_place(op, a, b, name) for a, b in pairwise(alive))


def in_place(op: OpFootprint, a: TensorFootprint, b: TensorFootprint, runtime: str) -> bool:
    """Return whether an operator of plain C may write one of two buffers over the other, which it has read before."""
    first, last = sorted((a, b), key=lambda tensor: tensor.first_op)
    is_handed_over = first.last_op == op.index == last.first_op
    return runtime == "c" and op.op not in READ_AGAIN and is_handed_over


@pytest.mark.parametrize("name", RUNTIMES)
def test_the_document_has_the_common_keys_and_names_the_release_by_the_runtime(name: str) -> None:
    for target in targets_of(name):
        document = estimate(members()[0], target).to_json()
        assert set(document) >= COMMON_KEYS | {name}
        json.dumps(document, allow_nan=False)


@pytest.mark.parametrize("name", RUNTIMES)
def test_bytes_that_are_no_model_are_refused_in_one_line(name: str) -> None:
    with pytest.raises(InputError, match=r"model: must be a valid \.tflite file"):
        profile(b"no model", targets_of(name)[0])


def table_for(name: str) -> dict[str, object]:
    """A smallest table of a target with this runtime: the required keys, as a target that ships gives them."""
    target = targets_of(name)[0]
    required = [key for key, known in RUNTIMES[name].keys.items() if known.required]
    return {key: getattr(target, key) for key in ("description", "core", "runtime", *required)}


@pytest.mark.parametrize("name", RUNTIMES)
def test_a_target_may_leave_out_every_key_that_is_not_required(name: str) -> None:
    target = Target.from_table("mine", table_for(name), "mine.toml: mine")
    assert target.runtime == name
    assert estimate(members()[0], target).runtime == name


@pytest.mark.parametrize("name", RUNTIMES)
def test_a_key_that_neither_targets_nor_the_runtime_have_is_refused(name: str) -> None:
    with pytest.raises(InputError, match=r"mine\.toml: mine: unknown key 'no_such_key'"):
        Target.from_table("mine", {**table_for(name), "no_such_key": 1}, "mine.toml: mine")


@pytest.mark.parametrize("name", RUNTIMES)
def test_every_required_key_is_asked_for_by_its_name(name: str) -> None:
    for key in set(table_for(name)) - {"runtime"}:
        table = {k: v for k, v in table_for(name).items() if k != key}
        with pytest.raises(InputError, match=rf"mine\.toml: mine\.{key}: must be given"):
            Target.from_table("mine", table, "mine.toml: mine")


def test_an_unknown_runtime_is_refused_with_those_that_are_known() -> None:
    table = {**table_for("tflm"), "runtime": "tflmm"}
    with pytest.raises(InputError, match=r"mine\.runtime: unknown runtime.*did you mean tflm\?"):
        Target.from_table("mine", table, "mine.toml: mine")
