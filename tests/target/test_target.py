"""Targets: those that ship, and a user's own."""

import dataclasses
from pathlib import Path

import pytest

from nas.cli.views.targets import description
from nas.errors import InputError
from nas.graph.builder import GraphBuilder
from nas.target.cores import CORES
from nas.target.profiler import estimate
from nas.target.target import Target, find_target, known_targets

CORE_NAMES = [name for name in CORES if name.startswith("cortex-")]
BOARD = """
[my-board]
description = "A board of mine"
core = "cortex-m4"
kernels = "cmsis_nn"
clock_hz = 48_000_000
ram_bytes = 65_536
"""


def write(folder: Path, text: str) -> str:
    path = folder / "mine.toml"
    path.write_text(text)
    return str(path)


@pytest.mark.parametrize("core", CORE_NAMES)
def test_every_core_is_a_target_with_either_kernel_set(core: str) -> None:
    assert (find_target(core).kernels, find_target(f"{core}-reference").kernels) == ("cmsis_nn", "reference")
    assert find_target(core).pointer_bytes == 4
    assert find_target(core).clock_hz is None


def test_the_host_has_64_bit_pointers_and_reference_kernels() -> None:
    assert (find_target("host").pointer_bytes, find_target("host").kernels) == (8, "reference")


@pytest.mark.parametrize("target", known_targets().values(), ids=lambda target: target.name)
def test_every_board_names_its_data_sheet_and_every_target_can_be_computed(target: Target) -> None:
    if target.clock_hz is not None:
        assert target.datasheet
        assert target.ram_bytes
        assert target.flash_bytes
    g = GraphBuilder((4,))
    g.fully_connected(2)
    assert estimate(g.graph(), target).supported


def test_fifteen_real_boards_and_more_name_their_data_sheets() -> None:
    boards = [target for target in known_targets().values() if target.datasheet]
    assert len(boards) >= 15
    assert {"cortex-m0", "cortex-m0plus", "cortex-m3", "cortex-m4", "cortex-m7", "cortex-m33", "xtensa-lx7"} <= {
        board.core for board in boards
    }


def test_a_runtime_leaves_no_more_than_the_board_has() -> None:
    for board in known_targets().values():
        assert (board.free_ram_bytes or 0) <= (board.ram_bytes or 0)
        assert (board.free_flash_bytes or 0) <= (board.flash_bytes or 0)


def test_the_release_of_tflm_decides_the_totals() -> None:
    g = GraphBuilder((4,))
    g.fully_connected(2)
    here, package = (estimate(g.graph(), find_target(name)) for name in ("host", "host-package"))
    assert (here.release, package.release) == ("90b983c", "package-2026-10-23")
    assert here.detail.tail < package.detail.tail
    assert here.detail.head == package.detail.head


def test_an_own_board_is_one_table_in_a_file(tmp_path: Path) -> None:
    target = find_target(write(tmp_path, BOARD))
    assert (target.name, target.core, target.ram_bytes, target.flash_bytes) == ("my-board", "cortex-m4", 65536, None)


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("cortex-m4-refrence", "cortex-m4-reference"),
        ("esp32", "esp32-c3-devkitm-1 or esp32-devkitc or esp32-s3-devkitc-1"),
        ("nano33ble", "arduino-nano-33-ble"),
        ("pico", "raspberry-pi-pico or raspberry-pi-pico-2"),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest_boards_only(name: str, near: str) -> None:
    with pytest.raises(InputError) as error:
        find_target(name)
    assert str(error.value) == f"target: unknown target {name!r}; did you mean {near}?"


def test_a_name_unlike_all_targets_is_refused_with_all_of_them() -> None:
    with pytest.raises(InputError, match=r"known: adafruit-metro-m4, .*sparkfun-edge"):
        find_target("zx81")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('core = "cortex-m4"\ncore = "cortex-m4"', "must be valid TOML"),
        ('core = "cortex-m9"', r"my-board\.core: must be one of x86-64, .*, got 'cortex-m9'"),
        ('core = "cortex-m4"\nram_kb = 3', "unknown key 'ram_kb'; did you mean ram_bytes"),
        ('core = "cortex-m4"\nram_bytes = "64k"', r"my-board\.ram_bytes: must be a positive whole number"),
        ('core = "cortex-m4"\nram_bytes = true', r"my-board\.ram_bytes: must be a positive whole number"),
        ('core = "x86-64"', r"my-board\.kernels: must be reference on x86-64"),
        ('core = "xtensa-lx7"', r"my-board\.kernels: must be reference on xtensa-lx7"),
        ('core = "cortex-m4"\ntflm = "1.0"', r"my-board\.tflm: must be one of 90b983c, package-2026-10-23, got '1\.0'"),
        ("", r"my-board\.core: must be given"),
    ],
)
def test_a_bad_table_names_the_key(tmp_path: Path, line: str, message: str) -> None:
    text = f'[my-board]\ndescription = "x"\nkernels = "cmsis_nn"\n{line}\n'
    with pytest.raises(InputError, match=message):
        find_target(write(tmp_path, text))


@pytest.mark.parametrize("text", ["", "x = 1", BOARD + BOARD.replace("my-board", "other")])
def test_a_file_holds_exactly_one_table(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError, match="exactly one table"):
        find_target(write(tmp_path, text))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.toml: must be a readable file"):
        find_target(str(tmp_path / "none.toml"))


def test_a_latency_is_instructions_times_cycles_over_the_clock() -> None:
    board = dataclasses.replace(find_target("cortex-m4"), cycles_per_instruction=1.25, clock_hz=64_000_000)
    assert board.milliseconds(512_000) == pytest.approx(10.0)
    assert board.milliseconds(0) == 0
    assert board.milliseconds(None) is None
    assert dataclasses.replace(board, clock_hz=None).milliseconds(512_000) is None


def test_a_table_overrides_the_cycles_of_its_core(tmp_path: Path) -> None:
    assert find_target(write(tmp_path, BOARD)).cycles_per_instruction == CORES["cortex-m4"].cycles
    own = find_target(write(tmp_path, BOARD + "cycles_per_instruction = 2"))
    assert own.cycles_per_instruction == 2


@pytest.mark.parametrize("value", ["0", "-1", "1000", "true", '"1"'])
def test_cycles_must_be_a_number_above_0_and_below_1000(tmp_path: Path, value: str) -> None:
    with pytest.raises(InputError, match=r"my-board\.cycles_per_instruction: must be a positive number"):
        find_target(write(tmp_path, BOARD + f"cycles_per_instruction = {value}"))


def test_a_count_of_bytes_must_be_1_or_more(tmp_path: Path) -> None:
    assert find_target(write(tmp_path, BOARD + "flash_bytes = 1")).flash_bytes == 1
    with pytest.raises(InputError, match=r"my-board\.flash_bytes: must be a positive whole number, got 0"):
        find_target(write(tmp_path, BOARD + "flash_bytes = 0"))


def test_an_empty_description_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"my-board\.description: must be a text, got ''"):
        find_target(write(tmp_path, BOARD.replace("A board of mine", "")))


def test_energy_is_power_times_time_and_unknown_without_either() -> None:
    board, core = find_target("nrf52840-dk"), find_target("cortex-m4")
    assert board.microjoules(2.0) == pytest.approx(2e-3 * board.active_mw * 1e-3 * 1e6)
    assert board.microjoules(None) is None
    assert core.microjoules(2.0) is None


def test_a_target_without_a_latency_says_so_and_no_other_one_does() -> None:
    g = GraphBuilder((4,))
    g.fully_connected(2)
    for target in known_targets().values():
        latency_ms = estimate(g.graph(), dataclasses.replace(target, clock_hz=1_000_000)).latency_ms
        assert ("latency     not known" in description(target)) == (latency_ms is None), target.name
