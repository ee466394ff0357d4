"""TensorFlow Lite Micro itself on this computer, from the package `tflite-micro`: arena, latency and answers."""

import importlib.util
import re
from typing import Any

import numpy as np

from nas.arrays import Floats
from nas.model.host.printed import captured
from nas.model.host.timing import real, some_input, time_calls, whole
from nas.study.host_run import HostRun

RECORDING = "package-2026-10-23-recording"
"""The release of TFLM, as targets name it, whose arena the package's interpreter reports: one that records."""
_LEAST_ARENA = 1 << 20


def has_tflm() -> bool:
    """Say whether the package is installed, which exists for Linux on x86-64 only."""
    return importlib.util.find_spec("tflite_micro") is not None


class Tflm:
    """A model in TFLM's interpreter with its reference kernels.

    TFLM checks little of what it reads, and a model may end the process; call this in a process of its own.

    Args:
        tflite: the content of the file.
        arena: bytes of RAM to give it, more than it needs.

    Raises:
        RuntimeError: TFLM refuses the model, in its own words.
    """

    def __init__(self, tflite: bytes, arena: int = _LEAST_ARENA) -> None:
        from tflite_micro.python.tflite_micro import runtime

        recording = runtime.InterpreterConfig.kAllocationRecording
        with captured() as said:
            try:
                self._interpreter: Any = runtime.Interpreter.from_bytes(
                    tflite, arena_size=arena, intrepreter_config=recording
                )
                self._interpreter.print_allocations()
            except (RuntimeError, ValueError) as error:
                raise RuntimeError(_reason(said()) or str(error)) from None
            printed = said()
        found = re.search(r"Arena allocation total (\d+)", printed)
        self.arena_bytes = int(found.group(1)) if found else None
        """Bytes of the arena that it uses; see RECORDING."""

    def invoke(self) -> None:
        """Run an inference; RuntimeError if TFLM refuses it now."""
        self._interpreter.invoke()

    def fill(self) -> None:
        """Give each input some numbers."""
        for index in range(_COUNT):
            try:
                detail = self._interpreter.get_input_details(index)
            except (RuntimeError, ValueError, IndexError):
                return
            self._interpreter.set_input(some_input(detail, index), index)

    def predict(self, rows: Floats) -> Floats:
        """Return the outputs [n, outputs] for scaled rows [n, ...], of a model with one input and one output."""
        source, target = self._interpreter.get_input_details(0), self._interpreter.get_output_details(0)
        outputs = []
        for row in rows:
            self._interpreter.set_input(whole(row, source), 0)
            self._interpreter.reset()  # each row begins anew
            self._interpreter.invoke()
            outputs.append(real(self._interpreter.get_output(0), target))
        return np.concatenate(outputs)


_COUNT = 64


def run_tflm(tflite: bytes, rows: Floats | None, runs: int, arena: int) -> HostRun:
    """Return TFLM's arena and time for a model, and its answers; see `run_litert`.

    Args:
        tflite: the content of the file.
        rows: scaled rows [n, ...] to answer; None for none.
        runs: number of timed inferences.
        arena: bytes that the model needs, as we know it; twice as many are given.

    Raises:
        RuntimeError: TFLM refuses the model.
    """
    model = Tflm(tflite, max(_LEAST_ARENA, 2 * arena))
    with captured() as said:
        try:
            times = time_calls(model.invoke, runs)
            outputs = None if rows is None else model.predict(rows)
        except RuntimeError as error:
            raise RuntimeError(_reason(said()) or str(error)) from None
    return HostRun(times, model.arena_bytes, outputs)


def _reason(said: str) -> str:
    """Return why TFLM refuses a model: the first line that it printed."""
    lines = [line.strip() for line in said.splitlines()]
    return next((line for line in lines if line and not line.startswith("[Recording")), "")
