"""What plain C costs: the same before training and from the file, and what a compiler and a linker say."""

import io
import json
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console
from single_operators import Case, T, model_bytes
from whole_models import Node, Part, write

from nas.api.models import Comparison
from nas.cli import group
from nas.cli.views.comparison import comparison
from nas.cli.views.footprint import view
from nas.errors import InputError
from nas.exporters.c_source import source_text
from nas.graph.builder import GraphBuilder
from nas.graph.graph import Graph
from nas.study.study import Study
from nas.target.advice.tflite import read_graph
from nas.target.budget import Budget
from nas.target.plain_c.costs import Costs
from nas.target.plain_c.costs import estimate as estimate_calls
from nas.target.plain_c.from_graph import network_of
from nas.target.plain_c.model import read_network
from nas.target.plain_c.program import compile_network
from nas.target.plain_c.work import Call
from nas.target.profiler import estimate, estimate_many, profile
from nas.target.target import find_target, known_targets

CORPUS = Path(__file__).parents[2] / "native" / "fuzz" / "corpus"
SPACES = ("cnn_timeseries", "cnn_image", "mlp_tabular")
BOARDS = ("arduino-uno", "arduino-mega", "ch32v003", "nucleo-l031k6", "nucleo-g031k8")
BUILDS = {
    "cortex-m4": ["arm-none-eabi-gcc", "-mcpu=cortex-m4", "-mthumb", "-O2"],
    "cortex-m0plus": ["arm-none-eabi-gcc", "-mcpu=cortex-m0plus", "-mthumb", "-O2"],
    "avr": ["avr-gcc", "-mmcu=atmega328p", "-Os"],
}


def corpus(name: str) -> bytes:
    return (CORPUS / f"{name}.tflite").read_bytes()


def graph() -> Graph:
    g = GraphBuilder((1, 64, 3))
    g.conv2d(8, 5)
    g.pool2d("max", 2)
    g.depthwise_conv2d(3)
    g.flatten()
    g.fully_connected(12)
    g.fully_connected(4, activation="NONE")
    g.softmax()
    return g.graph()


def on_c(name: str):
    return find_target(name, "c")


@pytest.mark.parametrize("name", ["cnn_image", "mlp_tabular"])
@pytest.mark.parametrize("board", ["cortex-m4", "arduino-uno", "ch32v003"])
def test_the_estimate_before_training_is_the_profile_of_the_file(name, board):
    tflite, target = corpus(name), on_c(board)
    read = read_graph(tflite, profile(tflite, find_target("host")))
    assert read is not None
    before, after = estimate(read, target), profile(tflite, target)
    assert (before.detail, before.flash, before.macs) == (after.detail, after.flash, after.macs)
    assert before.latency_ms == after.latency_ms
    (totals,) = estimate_many([read], target)
    assert totals.summary() == before.summary()


def linked(folder: Path, tflite: bytes, command: list[str]) -> tuple[int, int]:
    """Return the bytes of flash and of static RAM of a network that is linked without anything else."""
    if shutil.which(command[0]) is None:
        pytest.skip(f"no {command[0]}")
    network = read_network(tflite, "model")
    program = compile_network(network, "model")
    declared = "void net_invoke(const int8_t *input, int8_t *output);\n"
    (folder / "net.h").write_text(f"#include <stdint.h>\n#define NET_RAM_BYTES {program.ram_bytes}\n{declared}")
    (folder / "net.c").write_text(source_text("net", network, program))
    link = ["-nostartfiles", "-Wl,--gc-sections,-e,net_invoke,-u,net_invoke", "-ffunction-sections", "-fdata-sections"]
    subprocess.run([*command, *link, "net.c", "-o", "net.elf"], cwd=folder, check=True)
    said = subprocess.check_output([command[0].replace("gcc", "size"), "net.elf"], cwd=folder, text=True)
    text, data, bss = map(int, said.splitlines()[1].split()[:3])
    return text + data, data + bss


@pytest.mark.parametrize("core", BUILDS)
@pytest.mark.parametrize("name", SPACES)
def test_the_linker_says_the_static_ram_and_within_a_tenth_the_flash(tmp_path, name, core):
    promised = profile(corpus(name), replace(on_c("cortex-m4"), core=core))
    flash, ram = linked(tmp_path, corpus(name), BUILDS[core])
    assert 0 <= ram - promised.detail.head <= 16  # alignment
    assert abs(promised.flash_bytes - flash) <= 0.1 * flash


def test_constants_are_counted_to_the_byte():
    weights = 8 * 5 * 3 + 3 * 8 + 12 * 16 * 8 + 4 * 12
    channels = 8 + 8 + 12 + 4
    found = estimate(graph(), on_c("cortex-m4"))
    assert found.flash.model == weights + channels * (4 + 4 + 1)  # bias, multiplier and shift of each output


@pytest.mark.parametrize(("activation", "least"), [("RELU", -128), ("RELU6", -128), ("NONE", 0)])
def test_outputs_that_begin_at_0_have_the_zero_point_that_makes_it_the_least_int8(activation, least):
    g = GraphBuilder((1, 8, 3))
    g.conv2d(4, 3, activation=activation)
    (operator,) = network_of(g.graph()).operators
    assert operator.output.zero_points == (least,)


def test_ram_is_all_that_an_inference_needs():
    found = estimate(graph(), on_c("arduino-uno"))
    assert found.detail.given == 64 * 3 + 4
    assert found.ram_bytes == found.detail.static + found.detail.given + found.detail.stack
    assert found.detail.static == compile_network(network_of(graph()), "here").ram_bytes


def test_a_budget_binds_constants_and_code_and_all_ram():
    found, target = estimate(graph(), on_c("arduino-uno")), on_c("arduino-uno")
    assert not Budget.of(target).over(found)
    assert set(Budget.of(target, flash_kb=found.flash.model / 1024).over(found)) == {"flash"}
    assert set(Budget.of(target, ram_kb=(found.ram_bytes - 1) / 1024).over(found)) == {"ram"}


@pytest.mark.parametrize("board", BOARDS)
def test_boards_too_small_for_tflm_run_plain_c_without_being_asked(board):
    target = find_target(board)
    assert (target.runtime, find_target(board, "c")) == ("c", target)
    found = estimate(graph(), target)
    assert found.fits
    assert found.latency_ms is not None


@pytest.mark.parametrize("board", ["arduino-uno", "ch32v003"])
def test_tflm_is_refused_where_it_does_not_run(board):
    with pytest.raises(InputError, match=f"runtime: must be c on {board}: TFLM does not run"):
        find_target(board, "tflm")


def test_an_unknown_runtime_is_refused_with_those_that_there_are():
    with pytest.raises(InputError, match="rust"):
        find_target("cortex-m4", "rust")


def test_every_target_has_a_footprint_on_plain_c():
    for name in known_targets():
        found = estimate(graph(), on_c(name))
        assert found.runtime == "c"
        assert found.detail.static > 0
        assert found.flash.code > 0 or found.flash.without_code


def test_an_operator_that_plain_c_cannot_express_is_named_and_the_model_does_not_run():
    case = Case("ABS", [T((1, 4))], [T((1, 4))])
    found = profile(model_bytes(case), on_c("cortex-m4"))
    assert found.refused
    assert found.ops[0].reason == "plain C cannot express it: ABS is not known"
    assert Budget().problems(found)[0] == "it does not run on plain C"


def test_a_model_that_plain_c_cannot_express_has_no_ram_and_flash_rather_than_none_of_it(tmp_path):
    file = tmp_path / "abs.tflite"
    file.write_bytes(model_bytes(Case("ABS", [T((1, 4))], [T((1, 4))])))
    board = on_c("arduino-uno")
    found = profile(str(file), board)
    whole, document = profile(corpus("cnn_timeseries"), board).to_json(), found.to_json()
    for key in ("arena_bytes", "arena", "ram", "flash_bytes", "flash"):
        values, whole_values = document[key], whole[key]
        if isinstance(values, dict):
            assert values.keys() == whole_values.keys()
            values = {key: value for key, value in values.items() if key != "without_code"}
            assert set(values.values()) == {None}
        else:
            assert values is None
    assert (document["supported"], document["complete"]) == (False, False)
    assert "RAM unknown" in repr(found)
    for shown in (view(found, board), comparison([Comparison(str(file), board, found)])):
        console = Console(width=100, file=io.StringIO())
        console.print(shown)
        assert not re.search(r"(RAM|flash) +0 B|free|constants 0", console.file.getvalue())
        assert re.search(r"RAM +-.*\nflash +-|refused +0 B +- +- ", console.file.getvalue())


def test_the_operator_is_marked_that_the_reason_is_about():
    tensors = {"in": T((1, 4)), "a": T((1, 4)), "out": T((1, 4), "float32", scales=0)}
    nodes = [Node("RELU", ["in"], ["a"]), Node("DEQUANTIZE", ["a"], ["out"])]
    found = profile(write(Part(tensors, nodes, ["in"], ["out"])), on_c("cortex-m4"))
    assert [op.supported for op in found.ops] == [True, False]
    assert "an output is float32" in found.ops[1].reason
    g = GraphBuilder((1, 16, 3))
    g.hard_swish()
    g.conv2d(4, 3)
    g.mean()
    streamed = estimate(g.graph(), replace(on_c("cortex-m4"), streaming=2))
    marked = [op for op in streamed.ops if not op.supported]
    assert [op.op for op in marked] == ["CONV_2D"]
    assert f"operator {marked[0].index}, CONV_2D, pads the time" in marked[0].reason


def test_the_command_line_prints_the_ram_by_its_parts_and_a_study_keeps_the_runtime(tmp_path):
    file = tmp_path / "m.tflite"
    file.write_bytes(corpus("cnn_timeseries"))
    ran = CliRunner().invoke(group, ["profile", str(file), "--target", "raspberry-pi-pico", "--runtime", "c", "--json"])
    document = json.loads(ran.stdout)
    assert document["ram"] == profile(str(file), on_c("raspberry-pi-pico")).to_json()["ram"]
    assert document["arena"]["min"] == sum(document["ram"].values())
    study = Study(space="cnn_timeseries", target="raspberry-pi-pico", runtime="c")
    assert 'runtime = "c"' in study.to_toml()
    assert "--runtime c" in study.command()
    assert study.board() == on_c("raspberry-pi-pico")


def test_a_study_without_a_runtime_has_the_definition_of_earlier_releases():
    assert "runtime" not in Study(space="cnn_timeseries", budget_kb=6).definition()


def test_a_kernel_that_was_not_compiled_for_so_many_calls_is_named_and_has_the_stack_of_its_deepest_variant() -> None:
    costs = Costs(
        stack={("conv", "alone"): 200.0, ("conv", "alone, one row"): 210.0},
        code={"program": 100.0, "conv alone": 400.0, "conv alone, one row": 450.0},
    )
    shape = {"padded": 0, "kernel_height": 3, "out_height": 4, "out_width": 4, "kernel_width": 3, "in_channels": 2}
    conv = Call("conv", {**shape, "out_channels": 4})
    assert estimate_calls([conv], costs).unknown == ()
    twice = estimate_calls([conv, conv], costs)
    assert twice.unknown == ("conv",)
    assert twice.stack == 210


def table_network(inputs: int, *units: int) -> Graph:
    g = GraphBuilder((inputs,))
    for count in units:
        g.fully_connected(count)
    g.fully_connected(4, activation="NONE")
    return g.graph()


FAR, LONG = "B of constants are more than the 63,488 that an AVR's addresses reach", "an array of 40,000 B is more than"
# Networks that an AVR cannot read: for all their constants, for these with the scaling of 250 values, for one array.
WIDE = [
    (table_network(128, 128, 128, 128, 128), FAR),
    (table_network(250, 118, 248), FAR),
    (table_network(400, 100), LONG),
]


@pytest.mark.parametrize(("large", "reason"), WIDE)
def test_constants_beyond_what_an_avr_reads_are_refused_there_and_nowhere_else(large, reason):
    footprint = estimate(large, find_target("arduino-mega"))
    assert not footprint.supported
    assert (footprint.flash.model > 63_488) == (large is WIDE[0][0])
    (refused,) = (op for op in footprint.ops if not op.supported)
    assert re.search(reason, str(refused.reason))
    assert not estimate_many([large], find_target("arduino-mega"))[0].supported
    assert estimate(large, on_c("cortex-m0plus")).supported
    assert estimate(graph(), find_target("arduino-mega")).supported


@pytest.mark.parametrize(("large", "reason"), WIDE)
def test_their_c_says_so_to_a_compiler_for_avr(tmp_path, large, reason):
    if shutil.which("avr-gcc") is None:
        pytest.skip("no avr-gcc to refuse it with")
    network = network_of(large)
    (tmp_path / "net.h").write_text(
        f"#include <stdint.h>\n#define NET_RAM_BYTES {compile_network(network, 'net').ram_bytes}\n"
        "void net_invoke(const int8_t *input, int8_t *output);\n"
    )
    (tmp_path / "net.c").write_text(source_text("net", network, compile_network(network, "net")))
    command = ["avr-gcc", "-mmcu=atmega2560", "-Os", "-c", "net.c"]
    ended = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True)
    assert ended.returncode != 0
    assert re.search(f"#error .*{reason}", ended.stderr)


@pytest.mark.parametrize(("left", "told"), [(5, True), (0, True), (150, False), (-1, False)])
def test_a_board_whose_ram_is_nearly_used_up_says_what_is_left_for_the_program(left: int, told: bool) -> None:
    target = on_c("arduino-uno")
    ram = estimate(graph(), target).ram_bytes
    small = replace(target, ram_bytes=ram + left)
    found = estimate(graph(), small)
    words = f"{left} B of RAM left for your program"
    assert (words in str(found)) == told
    row = Comparison("model.tflite", small, found)
    for shown in (view(found, small), comparison([row, replace(row, target=target)])):
        console = Console(width=120, record=True, file=io.StringIO())
        console.print(shown)
        assert (f"fits, {words}" in console.export_text()) == told
