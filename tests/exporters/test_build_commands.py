"""The commands that report and model card show suit the target: its project, its compiler, its name there."""

import pytest
import rooms

from nas.exporters.build_commands import BOARDS, build_commands
from nas.exporters.format import FORMATS
from nas.target.side_by_side import OnRuntime, side_by_side
from nas.target.target import find_target, known_targets

MODEL = rooms.ROOT / "native" / "fuzz" / "corpus" / "mlp_tabular.tflite"


def test_every_board_with_a_project_is_a_target_and_its_project_a_format():
    assert set(BOARDS) <= set(known_targets())
    assert {form for form, _ in BOARDS.values()} <= set(FORMATS)


@pytest.mark.parametrize("board", BOARDS)
def test_a_board_s_commands_name_it_as_its_tools_do(board):
    export, *build = build_commands(OnRuntime("tflm", find_target(board), None), "best/model.tflite", "my net")
    form, called = BOARDS[board]
    assert export == f"nas export best/model.tflite --name my_net --format {form} -o projects"
    assert called in " ".join(build)


@pytest.mark.parametrize(
    ("target", "compiler"),
    [
        ("arduino-uno", "avr-gcc -mmcu=atmega328p -Os"),
        ("arduino-mega", "avr-gcc -mmcu=atmega2560 -Os"),
        ("raspberry-pi-pico", "arm-none-eabi-gcc -mcpu=cortex-m0plus -mthumb -O2"),
        ("ch32v003", "riscv64-unknown-elf-gcc -march=rv32ec -mabi=ilp32e -O2"),
    ],
)
def test_plain_c_is_compiled_for_the_target_s_core(target, compiler):
    _, build = build_commands(OnRuntime("c", find_target(target, "c"), None), "m.tflite", "net")
    assert build == f"cd firmware && {compiler} -c net.c"


def test_a_runtime_that_does_not_run_on_a_board_says_why():
    tflm, c = side_by_side(MODEL.read_bytes(), find_target("arduino-uno"))
    assert tflm.footprint is None
    assert tflm.reason
    assert c.footprint is not None
    assert side_by_side(b"no model", find_target("cortex-m4")) == ()
