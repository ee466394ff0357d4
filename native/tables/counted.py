"""The counted operators that the instruction fits are made from, with the terms of each."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

from kernel_counts import kernel_counts

from nas import _native

# Release builds; the row of each in the core's tables follows from kernels and core.
MACHINES = {
    "m0p_ref": ("reference", "cortex-m0plus", "Cortex-M0+, reference kernels"),
    "m3_ref": ("reference", "cortex-m3", "Cortex-M3, reference kernels"),
    "m4r_ref": ("reference", "cortex-m4", "Cortex-M4, reference kernels"),
    "m7_ref": ("reference", "cortex-m7", "Cortex-M7, reference kernels"),
    "m33_ref": ("reference", "cortex-m33", "Cortex-M33, reference kernels"),
    "m0p_nn": ("cmsis_nn", "cortex-m0plus", "Cortex-M0+, CMSIS-NN"),
    "m3_nn": ("cmsis_nn", "cortex-m3", "Cortex-M3, CMSIS-NN"),
    "m4r_nn": ("cmsis_nn", "cortex-m4", "Cortex-M4, CMSIS-NN"),
    "m7_nn": ("cmsis_nn", "cortex-m7", "Cortex-M7, CMSIS-NN"),
    "m33_nn": ("cmsis_nn", "cortex-m33", "Cortex-M33, CMSIS-NN"),
    "m55r_nn": ("cmsis_nn", "cortex-m55", "Cortex-M55, CMSIS-NN"),
}
FOLDS = 8
# Instructions in which the timer that counted them steps once, by the notes in the recorded files.
STEP, OTHER_STEPS = 40.0, {"cortex-m33": 50.0, "cortex-m55": 31.25}
PER_OP, PER_INVOKE = 5.0, 75.0  # instructions of the interpreter; instruction_table.h and work.h state the same


@dataclass(frozen=True)
class Sample:
    """One counted operator; `alone` means that its kernel was called without TFLM around it."""

    name: str
    key: int
    terms: tuple[float, ...]
    instructions: float
    alone: bool = False


@dataclass(frozen=True)
class Run:
    """One counted inference; `fold` is the part of the cross-validation in which a whole model is held out."""

    file: str
    single: bool
    fold: int
    samples: tuple[Sample, ...]
    instructions: float

    @property
    def kind(self) -> str:
        """What a model of one operator was made to show: x_dwm of x_dwm_16_4_4_5s.tflite."""
        return "_".join(self.file.split("_")[:2])

    @property
    def is_float(self) -> bool:
        return any(sample.name.split()[1] == "float32" for sample in self.samples)


def read_runs(truth: Path, machine: str) -> list[Run]:
    kernels, core, _ = MACHINES[machine]
    paths = {path.name: path for folder in ("models", "external") for path in (truth / folder).glob("*.tflite")}
    runs = []
    for record in _records(truth)[machine]:
        rows = _native.work(paths[record["file"]].read_bytes(), kernels, core)
        samples = tuple(_sample(rows[op["node"]], op["instructions"]) for op in record["ops"])
        fold = crc32(record["file"].encode()) % FOLDS
        if samples:
            runs.append(Run(record["file"], record["set"] == "micro", fold, samples, record["invoke_instructions"]))
    return runs


def _records(truth: Path) -> Mapping[str, Any]:
    files = ("instructions.json", "instructions_more.json")
    return {name: rows for file in files for name, rows in json.loads((truth / file).read_text())["targets"].items()}


def left_open(count: float, core: str) -> tuple[float, float]:
    """Return the least and the most instructions that a mean of readings can stand for.

    A reading is the number of steps that end within the operator: the whole steps of its instructions, or one more, by
    where in a step it begins. So a mean between two numbers of steps leaves all between them open; a mean of a whole
    number leaves open what lies within a step on either side.
    """
    step = OTHER_STEPS.get(core, STEP)
    steps = round(count / step, 6)
    least, most = (steps - 1, steps + 1) if steps == int(steps) else (math.floor(steps), math.ceil(steps))
    return least * step, most * step


def read_kernels(machine: str) -> list[Sample]:
    kernels, core, _ = MACHINES[machine]
    counts = kernel_counts(core, kernels)
    return [_sample(_native.work(graph, kernels, core)[-1], count, alone) for graph, count, alone in counts]


def _sample(row: "_native.Work", instructions: float, alone: bool = False) -> Sample:
    name = " ".join(filter(None, (row.kind, row.dtype, row.path)))
    return Sample(name, row.fit, tuple(row.terms), instructions, alone)
