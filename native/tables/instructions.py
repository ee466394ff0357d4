"""Fit the instructions of TFLM's kernels to counted runs, and report the errors of the fits.

    python native/tables/instructions.py ../shared/truth [--write]

Non-negative least squares on relative error, for each operator, type and path through its kernel, in the terms of
native/src/work_terms.cc. Errors are those of 8-fold cross-validation that holds whole models out. With --write, the
weights go to native/src/instruction_table.cc and the errors to native/tables/instructions.md.
"""

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np
from scipy.optimize import nnls

from nas import _native

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "native" / "src" / "instruction_table.cc"
REPORT = Path(__file__).with_suffix(".md")
# Release builds; the row of each in the core's tables follows from kernels and core.
MACHINES = {
    "m4r_ref": ("reference", "cortex-m4", "Cortex-M4, reference kernels"),
    "m4r_nn": ("cmsis_nn", "cortex-m4", "Cortex-M4, CMSIS-NN"),
    "m55r_nn": ("cmsis_nn", "cortex-m55", "Cortex-M55, CMSIS-NN"),
}
FOLDS = 8
LEAST = 2  # records that a fit of the table needs
PER_OP, PER_INVOKE = 5.0, 75.0  # instructions of the interpreter; instruction_table.h and work.h state the same


@dataclass(frozen=True)
class Sample:
    """One operator of a counted run."""

    name: str
    key: int
    terms: tuple[float, ...]
    instructions: float


@dataclass(frozen=True)
class Run:
    """One counted inference; `fold` is the part of the cross-validation in which it is held out."""

    file: str
    single: bool
    fold: int
    samples: tuple[Sample, ...]
    instructions: float


Fits = Mapping[int, np.ndarray]


def read_runs(truth: Path, machine: str) -> list[Run]:
    kernels, core, _ = MACHINES[machine]
    paths = {path.name: path for folder in ("models", "external") for path in (truth / folder).glob("*.tflite")}
    runs = []
    for record in json.loads((truth / "instructions.json").read_text())["targets"][machine]:
        rows = _native.work(paths[record["file"]].read_bytes(), kernels, core)
        samples = []
        for counted in record["ops"]:
            row = rows[counted["node"]]
            name = " ".join(filter(None, (row.kind, row.dtype, row.path)))
            samples.append(Sample(name, row.fit, tuple(row.terms), counted["instructions"]))
        fold = crc32(record["file"].encode()) % FOLDS
        single = record["set"] == "micro"
        if samples:
            runs.append(Run(record["file"], single, fold, tuple(samples), record["invoke_instructions"]))
    return runs


def fit(runs: Iterable[Run], least: int = 1) -> dict[int, np.ndarray]:
    """Return the weights of each key that has records enough."""
    groups: dict[int, list[Sample]] = defaultdict(list)
    for run in runs:
        for sample in run.samples:
            groups[sample.key].append(sample)
    return {key: weigh(samples) for key, samples in sorted(groups.items()) if len(samples) >= least}


def weigh(samples: Sequence[Sample]) -> np.ndarray:
    """Return the non-negative weights with the least squared relative error."""
    counts = np.array([sample.instructions for sample in samples])
    terms = np.array([sample.terms for sample in samples]) / counts[:, None]
    size = terms.max(axis=0)
    size[size == 0] = 1
    return nnls(terms / size, np.ones(len(counts)))[0] / size


def predict(sample: Sample, fits: Fits) -> float | None:
    return float(fits[sample.key] @ sample.terms) if sample.key in fits else None


def predict_run(run: Run, fits: Fits) -> float | None:
    parts = [predict(sample, fits) for sample in run.samples]
    known = [part for part in parts if part is not None]
    return sum(known) + PER_OP * len(parts) + PER_INVOKE if len(known) == len(parts) else None


def relative(got: float, want: float) -> float:
    return abs(got - want) / want


def held_out(runs: Sequence[Run]) -> tuple[dict[str, list[float]], dict[str, float | None]]:
    """Return the errors of each operator, and of each whole run, in the fold where it was held out."""
    by_operator: dict[str, list[float]] = defaultdict(list)
    by_run: dict[str, float | None] = {}
    for fold in range(FOLDS):
        fits = fit(run for run in runs if run.fold != fold)
        for run in (run for run in runs if run.fold == fold):
            for sample in run.samples:
                got = predict(sample, fits)
                if got is not None:
                    by_operator[sample.name].append(relative(got, sample.instructions))
            total = predict_run(run, fits)
            by_run[run.file] = None if total is None else relative(total, run.instructions)
    return by_operator, by_run


def share(errors: Sequence[float], percent: float) -> float:
    return float(np.percentile(errors, percent)) * 100


def report(machine: str, runs: Sequence[Run]) -> str:
    """Return the errors as Markdown."""
    by_operator, by_run = held_out(runs)
    records = defaultdict(int)
    for run in runs:
        for sample in run.samples:
            records[sample.name] += 1
    lines = [
        f"## {MACHINES[machine][2]}",
        "",
        "| held out | runs | median | 90 % below | worst |",
        "|---|---|---|---|---|",
    ]
    for title, single in (("whole models", False), ("single operators", True)):
        errors = [e for run in runs if run.single == single and (e := by_run[run.file]) is not None]
        missing = sum(by_run[run.file] is None for run in runs if run.single == single)
        note = f" ({missing} more hold an operator counted nowhere else)" if missing else ""
        figures = " | ".join(f"{share(errors, p):.2f} %" for p in (50, 90, 100))
        lines.append(f"| {title} | {len(errors)}{note} | {figures} |")
    lines += ["", "| operator | counted | median | 90 % below | worst |", "|---|---|---|---|---|"]
    for name, errors in sorted(by_operator.items()):
        figures = " | ".join(f"{share(errors, p):.2f} %" for p in (50, 90, 100))
        lines.append(f"| {name} | {records[name]} | {figures} |")
    return "\n".join([*lines, ""])


def table_text(fits: Fits, names: Mapping[int, str]) -> str:
    """Return the source of the native core's table."""
    rows = []
    for key, weights in sorted(fits.items()):
        numbers = ", ".join(f"{weight:.6g}" for weight in weights)
        rows.append(f"    {{0x{key:08x}, {{{numbers}}}}},  // {names[key]}")
    return "\n".join(
        [
            "// Written by native/tables/instructions.py; do not edit.",
            '#include "instruction_table.h"',
            "",
            "namespace nas {",
            "",
            "// clang-format off",
            "const InstructionFit kInstructionFits[] = {",
            *rows,
            "};",
            "// clang-format on",
            "const size_t kInstructionFitCount = sizeof(kInstructionFits) / sizeof(kInstructionFits[0]);",
            "",
            "}  // namespace nas",
            "",
        ]
    )


def fit_all(truth: Path) -> tuple[str, str]:
    """Return the native table and the report."""
    fits: dict[int, np.ndarray] = {}
    names: dict[int, str] = {}
    parts = [INTRODUCTION]
    for machine in MACHINES:
        runs = read_runs(truth, machine)
        fits.update(fit(runs, LEAST))
        names.update({s.key: f"{MACHINES[machine][2]}: {s.name}" for run in runs for s in run.samples})
        parts.append(report(machine, runs))
    return table_text(fits, names), "\n".join(parts)


INTRODUCTION = """# Instructions of an inference

Written by `python native/tables/instructions.py ../shared/truth --write`. Instructions, not cycles, of release builds
(gcc 12.2, core -Os, kernels -O2) counted in an emulator; errors are relative, and those of 8-fold cross-validation with
whole models held out. A fit of few counted records says little about other shapes.
"""


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("truth", type=Path)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args(arguments)
    table, text = fit_all(options.truth)
    print(text)
    if options.write:
        TABLE.write_text(table)
        REPORT.write_text(text)


if __name__ == "__main__":
    main(sys.argv[1:])
