"""State, signal processing and operators that nobody knows: memory as the packaged TFLM has it, or "at least"."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from single_operators import Case, T, model_bytes
from test_operators import head_and_tail, in_smallest, measure, run
from whole_models import (
    HANDLE,
    Node,
    Part,
    one,
    preprocessor,
    signal_operators,
    streaming_convolution,
    streaming_dense,
    write,
)

from nas.cli import group
from nas.errors import InputError
from nas.graph.graph import Graph
from nas.target.advice import advise
from nas.target.advice.order import MOST_PLANNED, lower_peak
from nas.target.advice.tflite import read_graph
from nas.target.footprint import Totals
from nas.target.profiler import estimate, profile
from nas.target.target import find_target

MODELS = {
    "streaming convolution": streaming_convolution(),
    "streaming dense": streaming_dense(),
    "float preprocessor": preprocessor("float32"),
    "int8 preprocessor": preprocessor("int8"),
    "small int8 preprocessor": preprocessor("int8", channels=7, fft=1024),
    **signal_operators(),
}


@pytest.mark.parametrize("name", MODELS)
def test_state_and_signal_operators_take_what_the_packaged_tflm_takes(
    name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert head_and_tail(MODELS[name]) == run(MODELS[name], capfd)
    assert measure(MODELS[name]).totals.supported


@pytest.fixture(scope="module")
def ran() -> dict[str, tuple[bool, bool]]:
    return in_smallest(MODELS)


@pytest.mark.parametrize("name", MODELS)
def test_the_smallest_arena_of_state_and_signal_operators_works_and_32_bytes_less_do_not(
    name: str, ran: dict[str, tuple[bool, bool]]
) -> None:
    assert ran[name] == (True, False)


def unknown(code: str) -> bytes:
    return one(code, [T((1, 8))], [T((1, 8))], {"anything": 1})


def call(model: bytes, folder: Path, *words: str) -> Result:
    (folder / "model.tflite").write_bytes(model)
    return CliRunner().invoke(group, ["profile", str(folder / "model.tflite"), *words])


def document(model: bytes, folder: Path, *words: str) -> Any:
    return json.loads(call(model, folder, *words, "--json").stdout)


def test_the_figures_of_a_model_with_an_operator_that_is_not_known_are_lower_bounds(tmp_path: Path) -> None:
    text = " ".join(call(unknown("MyOperator"), tmp_path, "--target", "blue-pill").stdout.split())
    assert "needs at least this: 1 operator not known to us" in text
    assert re.search(r"arena at least [\d,]+ B", text)
    assert re.search(r"flash at least [\d,]+ B", text)
    assert "the custom operator MyOperator is not known to us" in text
    assert "does not run" not in text
    known = document(MODELS["streaming dense"], tmp_path)
    found = document(unknown("MyOperator"), tmp_path)
    assert (known["complete"], found["complete"]) == (True, False)
    assert [op["known"] for op in found["ops"]] == [False]
    assert found["ops"][0]["custom_code"] == "MyOperator"
    assert found["advice"] == []


def test_a_line_of_a_model_that_is_not_known_marks_its_figures_as_lower_bounds(tmp_path: Path) -> None:
    result = call(unknown("MyOperator"), tmp_path, "--target", "blue-pill,cortex-m4")
    assert result.exit_code == 0
    assert re.search(r"blue-pill +unknown +0 B +≥[\d,]+ B +≥", result.stdout)
    assert "≥: at least" in result.stdout


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("ethos-u", "Vela, for Arm's Ethos-U"),
        ("edgetpu-custom-op", "the Edge TPU compiler"),
        ("XC_conv2d_v2", "xcore-opt"),
        ("NeutronGraph", "neutron-converter"),
    ],
)
def test_a_file_for_an_accelerator_says_so_and_what_to_profile_instead(code: str, words: str, tmp_path: Path) -> None:
    text = " ".join(call(unknown(code), tmp_path).stdout.split())
    assert words in text
    assert "profile the file from before that compiler" in text
    assert "does not run" not in text


@pytest.mark.parametrize("limits", [["--target", "cortex-m4"], ["--target", "nucleo-f411re", "--ram-kb", "64"]])
def test_a_model_that_is_not_known_never_passes_a_check(limits: list[str], tmp_path: Path) -> None:
    result = call(unknown("MyOperator"), tmp_path, "--check", *limits)
    assert isinstance(result.exception, InputError)
    assert "not known to us" in str(result.exception)


def test_a_check_says_which_limits_are_exceeded_and_by_how_much(tmp_path: Path) -> None:
    model = MODELS["streaming dense"]
    needed = document(model, tmp_path, "--target", "nucleo-f411re")
    arena, weights = needed["arena"]["min"], needed["weights_bytes"]
    limits = ["--target", "nucleo-f411re", "--check", "--ram-kb", "1", "--budget-kb", "0.5"]
    result = call(model, tmp_path, *limits)
    assert isinstance(result.exception, InputError)
    assert f"ram {arena:,} of 1,024 bytes, over by {arena - 1024:,}" in str(result.exception)
    assert f"weights {weights:,} of 512 bytes, over by {weights - 512:,}" in str(result.exception)
    check = document(model, tmp_path, *limits)["check"]
    assert check["passes"] is False
    assert check["over"] == {"ram": arena - 1024, "weights": weights - 512}
    assert call(model, tmp_path, "--target", "nucleo-f411re", "--check").exit_code == 0


def test_a_check_of_the_latency_needs_a_board_with_one(tmp_path: Path) -> None:
    model = MODELS["streaming dense"]
    board = ("--target", "raspberry-pi-pico")
    limits = ("--check", "--latency-ms", "1")
    refused = call(model, tmp_path, "--target", "cortex-m4", *limits)
    assert isinstance(refused.exception, InputError)
    assert "--latency-ms: needs a board with a clock" in str(refused.exception)
    assert call(model, tmp_path, *board, *limits).exit_code == 1  # it has an operator whose time is not known
    pairs = [T((1, 8)), T((4, 8), scales=4).zeros(), T((4,), "int32", scale=0.25).zeros()]
    dense = model_bytes(Case("FULLY_CONNECTED", pairs, [T((1, 4))], "FullyConnectedOptions"))
    latency = document(dense, tmp_path, *board)["latency_ms"]
    for limit, code in ((latency / 2, 1), (2 * latency, 0)):
        assert call(dense, tmp_path, *board, "--check", "--latency-ms", str(limit)).exit_code == code


def test_a_limit_without_a_check_is_wrong_usage(tmp_path: Path) -> None:
    assert call(MODELS["streaming dense"], tmp_path, "--ram-kb", "1").exit_code == 2


def test_a_variable_without_a_handle_is_refused_as_by_tflm(capfd: pytest.CaptureFixture[str]) -> None:
    model = write(
        Part({"handle": HANDLE, "y": T((1, 4))}, [Node("READ_VARIABLE", ("handle",), ("y",))], ("handle",), ("y",))
    )
    assert run(model, capfd) is None
    assert profile(model, "host").refused


def test_the_interpreter_needs_as_many_variables_as_have_names() -> None:
    assert profile(MODELS["streaming convolution"], "cortex-m4").detail.variables == 2
    assert profile(MODELS["streaming dense"], "cortex-m4").detail.variables == 1


def test_a_signal_operator_of_another_type_or_rank_is_refused_as_by_tflm(capfd: pytest.CaptureFixture[str]) -> None:
    row, rows = T((16,), "int16"), T((2, 16), "int16")
    wrong = {
        "type": one("SignalDelay", [T((16,), "float32")], [T((16,), "float32")], {"delay_length": 4}),
        "rank": one("SignalEnergy", [rows], [T((8,), "uint32")], {"start_index": 1, "end_index": 4}),
        "another type than T": one("SignalRfft", [row], [T((18,), "int16")], {"T": 0, "fft_length": 16}),
        "number of outputs": one("SignalFramer", [row], [T((1, 16), "int16")], {"frame_size": 16, "frame_step": 16}),
    }
    for model in wrong.values():
        assert run(model, capfd) is None
        assert profile(model, "host").refused


def planned(*plans: tuple[int, int, int]) -> bytes:
    """A chain of three tensors with plans of their offsets in the arena, and a note that nobody reads."""
    tensors = {"x": T((1, 64)), "y": T((1, 64)), "z": T((1, 64))}
    nodes = [Node("RELU", ("x",), ("y",)), Node("RELU", ("y",), ("z",))]
    entries = [("OfflineMemoryAllocation", np.array([1, 0, 3, *plan], "int32").tobytes()) for plan in plans]
    return write(Part(tensors, nodes, ("x",), ("z",)), metadata=[("note", b"x" * 400), *entries])


def test_a_plan_that_the_file_brings_along_survives_stripping() -> None:
    from nas.model.deploy.slim import slim

    model = planned((0, 320, 640))
    assert profile(slim(model), "host").detail.head == profile(model, "host").detail.head == 704
    (advice,) = (piece for piece in advise(model, find_target("host"), slim) if piece.rule == "stripped_file")
    assert advice.saves is not None
    assert set(advice.saves) == {"file_bytes"}


@pytest.mark.parametrize("plans", [((0, 320, 640), (0, 64, 128)), ((0, 64, 128), (0, 320, 640))])
def test_of_several_plans_in_a_file_the_last_one_holds_as_for_the_packaged_tflm(
    plans: tuple[tuple[int, int, int], ...], capfd: pytest.CaptureFixture[str]
) -> None:
    from nas.model.deploy.slim import slim

    assert head_and_tail(planned(*plans)) == run(planned(*plans), capfd)
    assert head_and_tail(slim(planned(*plans))) == run(slim(planned(*plans)), capfd)
    assert profile(slim(planned(*plans)), "host").detail.head == profile(planned(plans[-1]), "host").detail.head


def test_int8_advice_on_dense_layers_says_what_a_scale_for_each_output_costs() -> None:
    def dense(kind: str, scales: int) -> bytes:
        bias = T((32,), "int32" if kind == "int8" else kind, [0] * 32, scales, 0.25)
        tensors = {
            "x": T((1, 64), kind),
            "w": T((32, 64), kind, scales=scales).zeros(),
            "b": bias,
            "y": T((1, 32), kind),
        }
        layer = Node("FULLY_CONNECTED", ("x", "w", "b"), ("y",), "FullyConnectedOptions")
        return write(Part(tensors, [layer], ("x",), ("y",)))

    (advice,) = (piece for piece in advise(dense("float32", 0), find_target("host")) if piece.rule == "full_int8")
    cost = profile(dense("int8", 32), "host").ram_bytes - profile(dense("int8", 1), "host").ram_bytes
    assert (advice.note or "").startswith(f"{cost} B of the int8 model's arena are for a scale of each output")
    assert "_experimental_disable_per_channel_quantization_for_dense_layers" in (advice.note or "")


def test_advice_on_a_thousand_operators_plans_few_orders() -> None:
    x = T((1, 16))
    tensors = {"x": x, "y": T((1, 16 * 400)), **{f"{k} {i}": x for i in range(400) for k in "ab"}}
    branches = [
        node for i in range(400) for node in (Node("RELU", ("x",), (f"a {i}",)), Node("RELU", (f"a {i}",), (f"b {i}",)))
    ]
    join = Node("CONCATENATION", [f"b {i}" for i in range(400)], ("y",), "ConcatenationOptions", {"axis": 1})
    model = write(Part(tensors, [*branches, join], ("x",), ("y",)))
    graph = read_graph(model, profile(model, "host"))
    assert graph is not None
    planned: list[int] = []

    def cost(changed: Graph) -> Totals:
        planned.append(len(changed.ops))
        return estimate(changed, find_target("host"))

    lower_peak(graph, cost)
    assert sum(planned) <= MOST_PLANNED + 2 * len(graph.ops)


def test_a_model_of_a_thousand_operators_is_not_written_anew_for_its_advice() -> None:
    def fail(model: bytes) -> bytes:
        raise AssertionError

    tensors = {f"t {i}": T((1, 16)) for i in range(1001)}
    chain = [Node("RELU", (f"t {i}",), (f"t {i + 1}",)) for i in range(1000)]
    model = write(Part(tensors, chain, ("t 0",), ("t 1000",)))
    (advice,) = (piece for piece in advise(model, find_target("host"), fail) if piece.rule == "stripped_file")
    assert "not computed for more than" in (advice.note or "")
