"""Footprints against what the real TFLM recorded, and against the packaged one."""

import contextlib
import dataclasses
import json
import random
import re
import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nas import _native
from nas.errors import InputError
from nas.graph.builder import GraphBuilder
from nas.target.profiler import estimate, estimate_many, profile
from nas.target.runtimes.tflm import outside_arena
from nas.target.target import find_target

TRUTH = Path(__file__).resolve().parents[3] / "shared" / "truth"
TARGETS = {
    "host64_ref": "host",
    "m4_ref": "cortex-m4-reference",
    "m4_nn": "cortex-m4",
    "m55_nn": "cortex-m55",
}
MODELS = json.loads((TRUTH / "truth.json").read_text())["models"] if TRUTH.is_dir() else []


def cases(*, refused: bool) -> list[Any]:
    """Every model on every target, those that TFLM refused when it was recorded there, or all others."""
    return [
        pytest.param(model, recorded, target, id=f"{Path(model['file']).stem}-{target}")
        for model in MODELS
        for recorded, target in TARGETS.items()
        if ("error" in model["targets"][recorded]) == refused
    ]


# The corpus has what no recorded model has: called subgraphs, and a plan of the model's own.
CORPUS = sorted((Path(__file__).resolve().parents[2] / "native" / "fuzz" / "corpus").glob("*.tflite"))
LOADED = CORPUS + [TRUTH / m["file"] for m in MODELS if "error" not in m["targets"]["host64_ref"]][::8]
ABSENT = "the folder `shared` with TFLM's recorded figures is not beside this checkout"
needs_truth = pytest.mark.skipif(not MODELS, reason=ABSENT)


def model_bytes(name: str) -> bytes:
    return (TRUTH / name).read_bytes()


def small_graph() -> Any:
    g = GraphBuilder((1, 32, 3))
    g.conv2d(4, 5)
    g.pool2d("max")
    g.flatten()
    g.fully_connected(3, activation="NONE")
    g.softmax()
    return g.graph()


def differences(model: dict[str, Any], recorded: str, target: str) -> Iterator[str]:
    data, board, truth = model_bytes(model["file"]), find_target(target), model["targets"][recorded]
    footprint = profile(data, board)
    ours = _native.allocations(data, board.kernels, board.core)
    nodes = {row["node"]: row for row in truth["nodes"]}
    for i, node in enumerate(ours.nodes):
        got = [node.state_bytes] if node.state_bytes else [], node.persistent, node.scratch
        row = nodes.get(i, {})
        want = row.get("persistent_init", []), row.get("persistent_prepare", []), row.get("scratch", [])
        if got != want:
            yield f"operator {i} ({footprint.ops[i].op}) asks for {got}, TFLM for {want}"
    options = [[node.option_bytes, node.option_align] for node in ours.nodes if node.option_bytes]
    if options != truth["builtin_data"]:
        yield f"option structs {options}, TFLM's {truth['builtin_data']}"
    plan = [(row["bytes"], row["first"], row["last"], row["offset"]) for row in truth["plan"]]
    for i, (got, want) in enumerate(zip(ours.plan, plan, strict=True)):
        if got != want:
            yield f"buffer {i} of the plan (bytes, first, last, offset) {got}, TFLM's {want}"
    for purpose, row in truth["recorded"].items():
        # The recorder's own objects are larger than the plain allocator's, on Arm by no multiple of 16, which moves
        # the padding. It counts option structs nowhere: `op_data` is 0 throughout.
        fields = ("count", "requested", "used") if target == "host" else ("count", "requested")
        want = tuple(row[field] for field in fields)
        got = ours.recorded.get(purpose, (0, 0, 0))[: len(fields)]
        if got != want:
            yield f"{purpose} ({', '.join(fields)}) {got}, TFLM's {want}"
    for what, got, want in (
        ("head", footprint.detail.head, truth["non_persistent"]),
        ("tail", footprint.detail.tail, truth["persistent"]),
        ("arena", footprint.detail.used, truth["arena_used_bytes"]),
    ):
        if got != want:
            yield f"{what} {got}, TFLM's {want}"


@needs_truth
@pytest.mark.parametrize(("model", "recorded", "target"), cases(refused=True))
def test_a_model_that_tflm_refused_is_refused_with_a_reason(model: dict[str, Any], recorded: str, target: str) -> None:
    footprint = profile(model_bytes(model["file"]), find_target(target))
    assert not footprint.supported
    assert any(op.reason for op in footprint.ops)
    assert all(op.supported == (op.reason is None) for op in footprint.ops)


@needs_truth
@pytest.mark.parametrize(("model", "recorded", "target"), cases(refused=False))
def test_every_allocation_equals_what_tflm_recorded(model: dict[str, Any], recorded: str, target: str) -> None:
    assert next(differences(model, recorded, target), None) is None


@needs_truth
@pytest.mark.parametrize(("model", "recorded", "target"), cases(refused=False))
def test_the_smallest_arena_works_and_is_at_most_16_bytes_too_large(
    model: dict[str, Any], recorded: str, target: str
) -> None:
    truth = model["targets"][recorded]
    excess = profile(model_bytes(model["file"]), find_target(target)).ram_bytes - truth["min_arena_ok_bytes"]
    assert 0 <= excess <= 16


@pytest.mark.parametrize("path", LOADED, ids=lambda path: path.name)
def test_the_head_equals_that_of_the_packaged_tflm(path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    runtime = pytest.importorskip("tflite_micro.python.tflite_micro.runtime")
    recording = runtime.InterpreterConfig.kAllocationRecording
    interpreter = runtime.Interpreter.from_bytes(path.read_bytes(), arena_size=2**22, intrepreter_config=recording)
    interpreter.print_allocations()
    out, err = capfd.readouterr()
    (head,) = re.findall(r"Arena allocation head (\d+) bytes", out + err)
    assert profile(path, find_target("host")).detail.head == int(head)


@needs_truth
def test_weights_are_the_bytes_of_all_constant_tensors() -> None:
    schema = pytest.importorskip("ai_edge_litert.schema_py_generated")
    for model in MODELS:
        read = schema.ModelT.InitFromPackedBuf(model_bytes(model["file"]), 0)
        data = [read.buffers[t.buffer].data for graph in read.subgraphs for t in graph.tensors]
        weights = profile(model_bytes(model["file"]), find_target("host")).weights_bytes
        assert weights == sum(len(d) for d in data if d is not None), model["file"]
        assert weights >= model["weights_bytes"]  # which counts a buffer once that several tensors share


@needs_truth
def test_macs_equal_those_counted_with_the_instructions() -> None:
    multiplying = {"CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "TRANSPOSE_CONV"}
    counted = json.loads((TRUTH / "instructions.json").read_text())["targets"]["m4r_ref"]
    for entry in counted:
        path = TRUTH / "models" / entry["file"]
        if not path.exists():
            continue
        ops = profile(path, find_target("cortex-m4-reference")).ops
        for row in entry["ops"]:
            expected = row["macs"] if row["op"] in multiplying else 0
            assert ops[row["node"]].macs == expected, (entry["file"], row["node"])


@needs_truth
@pytest.mark.parametrize(
    ("recorded", "name"),
    [("m4r_nn", "cortex-m4"), ("m4r_ref", "cortex-m4-reference"), ("m55r_nn", "cortex-m55")],
)
def test_instructions_of_whole_int8_models_are_close_to_those_counted(recorded: str, name: str) -> None:
    target = dataclasses.replace(find_target(name), clock_hz=1000, cycles_per_instruction=1.0)
    errors = []
    for model in MODELS:
        counted = model["targets"][recorded].get("invoke_instructions")
        latency = profile(model_bytes(model["file"]), target).latency_ms
        if counted and latency is not None and model.get("quant") == "int8":
            errors.append(abs(latency / counted - 1))
    assert len(errors) > 20
    assert statistics.median(errors) < 0.05


@needs_truth
def test_code_is_within_3_percent_of_the_linked_size() -> None:
    for model in MODELS:
        linked = model.get("code_flash_bytes")
        if not linked:
            continue
        for target, build in (("cortex-m4", "m4_nn_mix"), ("cortex-m4-reference", "m4_ref_mix")):
            code = profile(model_bytes(model["file"]), find_target(target)).flash.code
            assert code == pytest.approx(linked[build], rel=0.03), (model["file"], build)


@pytest.mark.parametrize("target", ["host", "cortex-m4", "cortex-m4-reference"])
def test_many_estimates_equal_single_ones(target: str) -> None:
    board, graph = find_target(target), small_graph()
    (totals,) = estimate_many([graph], board)
    assert totals.summary() == estimate(graph, board).summary()


def test_the_documents_of_profile_and_estimate_differ_only_by_the_file() -> None:
    estimated = estimate(small_graph(), find_target("cortex-m4")).to_json()
    keys = (
        "file_bytes target kernels weights_bytes arena_bytes arena flash_bytes flash macs latency_ms "
        "latency_range_ms supported complete tflm outside_arena resource_variables energy_uj ops tensors"
    )
    assert set(estimated) == set(keys.split())
    assert estimated["arena_bytes"] == estimated["arena"]["head"] + estimated["arena"]["tail"]
    assert estimated["flash_bytes"] == estimated["flash"]["model"] + estimated["flash"]["code"]
    assert json.loads(json.dumps(estimated))["ops"][0]["op"] == "CONV_2D"


@needs_truth
@pytest.mark.parametrize(("recorded", "target"), [("host64_ref", "host"), ("m4_nn", "cortex-m4")])
def test_objects_beside_the_arena_have_the_sizes_of_the_real_builds(recorded: str, target: str) -> None:
    sizes = json.loads((TRUTH / "truth.json").read_text())["struct_sizes"][recorded]
    one, ten = (outside_arena(kinds, find_target(target)) for kinds in (1, 10))
    assert ten.interpreter == sizes["MicroInterpreter"][0]
    assert one.resolver == sizes["MicroMutableOpResolver<1>"][0]
    assert ten.resolver == sizes["MicroMutableOpResolver<10>"][0]


@needs_truth
def test_the_stack_is_no_less_than_any_release_build_took() -> None:
    for recorded, target in (("m4r_nn", "cortex-m4"), ("m4r_ref", "cortex-m4-reference"), ("m55r_nn", "cortex-m55")):
        stack = outside_arena(1, find_target(target)).stack
        for model in MODELS:
            truth = model["targets"][recorded]
            if "error" not in truth:
                assert (stack or 0) >= max(truth["stack_allocate"], truth["stack_invoke"]), model["file"]


def test_a_board_has_a_latency_and_a_generic_core_has_none() -> None:
    on_board = estimate(small_graph(), find_target("nucleo-f411re"))
    operators = sum(op.latency_ms or 0 for op in on_board.ops)
    assert operators < (on_board.latency_ms or 0) < 1.01 * operators  # the interpreter adds a little
    assert estimate(small_graph(), find_target("cortex-m4")).latency_ms is None


def test_an_operator_whose_code_was_never_linked_is_named() -> None:
    graph = small_graph()
    assert estimate(graph, find_target("cortex-m4")).flash.without_code == ()
    strange = graph.ops[-1].__class__("RESIZE_BILINEAR", graph.ops[-1].inputs, graph.ops[-1].outputs)
    changed = graph.__class__(graph.tensors, (*graph.ops[:-1], strange), (0,), graph.outputs)
    assert estimate(changed, find_target("cortex-m4")).flash.without_code == ("RESIZE_BILINEAR",)


def test_an_unknown_operator_is_named_and_counts_as_a_lower_bound() -> None:
    graph = small_graph()
    strange = graph.ops[-1].__class__("CUSTOM", graph.ops[-1].inputs, graph.ops[-1].outputs)
    footprint = estimate(
        graph.__class__(graph.tensors, (*graph.ops[:-1], strange), (0,), graph.outputs), find_target("host")
    )
    assert not footprint.supported
    assert not footprint.complete
    assert not footprint.refused
    assert "lower bound" in (footprint.ops[-1].reason or "")


buffers = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 9), st.integers(0, 5)).map(lambda b: (16 * b[0], b[1], b[1] + b[2])),
    max_size=30,
)


@given(buffers)
def test_no_two_buffers_of_a_plan_share_bytes_at_one_moment(rows: list[tuple[int, int, int]]) -> None:
    offsets = _native.plan(rows)
    head = max((offset + row[0] for offset, row in zip(offsets, rows, strict=True)), default=0)
    assert _native.check_plan(rows, offsets, head) == "none"
    live = (sum(size for size, first, last in rows if first <= step <= last) for step in range(15))
    assert head >= max(live)


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with pytest.raises(InputError, match=r"byte \d+: "):
        profile(b"\x08\x00\x00\x00TFL3" + data, find_target("host"))


@needs_truth
def test_a_truncated_or_changed_file_is_read_or_refused() -> None:
    rng, data = random.Random(0), model_bytes("models/ts_128x6_residual.tflite")
    for _ in range(2000):
        changed = bytearray(data)
        for _ in range(rng.randint(1, 6)):
            changed[rng.randrange(len(changed))] = rng.randrange(256)
        del changed[rng.choice([len(changed), rng.randrange(len(changed))]) :]
        with contextlib.suppress(InputError):
            profile(bytes(changed), find_target("cortex-m4"))


def test_an_unknown_target_is_named_beside_the_nearest() -> None:
    with pytest.raises(InputError, match="did you mean cortex-m4"):
        profile(b"", "cortex-m44")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.tflite: must be a readable file"):
        profile(tmp_path / "none.tflite", find_target("host"))
