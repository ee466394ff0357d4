"""Every operator alone: memory and refusal as the packaged TFLM has them."""

import re
from pathlib import Path
from typing import Any

import pytest
from arenas import run_in_smallest
from single_operators import Case, cases, model_bytes

from nas import _native
from nas.target.profiler import profile
from nas.target.target import find_target

# The interpreter that tells its allocations has larger allocators than the plain one.
RECORDING = "package-2026-10-23-recording"


def measure(data: bytes) -> _native.Measured:
    return _native.profile(data, "reference", "x86-64", RECORDING)


def head_and_tail(data: bytes) -> tuple[int, int] | None:
    """Return the core's head and tail, None if it says that TFLM refuses an operator."""
    totals = measure(data).totals
    return (totals.head_bytes, totals.tail_bytes) if totals.supported else None


def make(data: bytes, arena_size: int) -> Any:
    runtime: Any = pytest.importorskip("tflite_micro.python.tflite_micro.runtime")
    recording = runtime.InterpreterConfig.kAllocationRecording
    return runtime.Interpreter.from_bytes(data, arena_size=arena_size, intrepreter_config=recording)


def run(data: bytes, capfd: pytest.CaptureFixture[str], arena_size: int = 2**20) -> tuple[int, int] | None:
    """Return TFLM's head and tail, None if it refuses the model when it allocates or when it runs."""
    try:
        interpreter = make(data, arena_size)
        interpreter.print_allocations()
        interpreter.invoke()
    except RuntimeError:
        return None
    printed = "".join(capfd.readouterr())
    head, tail = (int(re.findall(rf"Arena allocation {part} (\d+)", printed)[0]) for part in ("head", "tail"))
    return head, tail


@pytest.mark.parametrize("case", cases(), ids=str)
def test_an_operator_takes_and_refuses_what_the_packaged_tflm_does(
    case: Case, capfd: pytest.CaptureFixture[str]
) -> None:
    assert head_and_tail(model_bytes(case)) == run(model_bytes(case), capfd)


MODELS = sorted(
    [
        *(Path(__file__).resolve().parents[3] / "shared" / "truth").glob("*/*.tflite"),
        *(Path(__file__).resolve().parents[2] / "native" / "fuzz" / "corpus").glob("*.tflite"),
    ]
)


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_a_whole_model_takes_what_the_packaged_tflm_takes(path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert head_and_tail(path.read_bytes()) == run(path.read_bytes(), capfd, 2**23)


def in_smallest(models: dict[str, bytes]) -> dict[str, tuple[bool, bool]]:
    """Return of each model whether TFLM runs it in the smallest arena, as the core says, and in 32 bytes less."""
    pytest.importorskip("tflite_micro.python.tflite_micro.runtime")
    sizes = [measure(data).totals.min_arena_bytes for data in models.values()]
    return dict(zip(models, run_in_smallest([*models.values()], sizes), strict=True))


# The first test shows that TFLM refuses the others.
SUPPORTED = [case for case in cases() if measure(model_bytes(case)).totals.supported]


@pytest.fixture(scope="module")
def ran() -> dict[str, tuple[bool, bool]]:
    """By supported case, whether it runs in the smallest arena, and in one of 32 bytes less."""
    return in_smallest({repr(case): model_bytes(case) for case in SUPPORTED})


@pytest.mark.parametrize("case", SUPPORTED, ids=str)
def test_the_smallest_arena_of_an_operator_works_and_32_bytes_less_do_not(
    case: Case, ran: dict[str, tuple[bool, bool]]
) -> None:
    assert ran[repr(case)] == (True, False)


@pytest.mark.parametrize("target", ["host", "cortex-m4-reference", "cortex-m4", "cortex-m55"])
def test_what_one_target_refuses_by_type_all_do(target: str) -> None:
    for case in cases():
        if case.kind == "FULLY_CONNECTED" and case.inputs[0].dtype == "int16" and case.inputs[1].scales > 1:
            continue  # the one case that CMSIS-NN leaves out
        footprint, on_host = (profile(model_bytes(case), find_target(name)) for name in (target, "host"))
        assert footprint.supported == on_host.supported, case
