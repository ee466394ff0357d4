"""Fit the instructions of TFLM's kernels to counted runs, and report the errors of the fits.

    python native/tables/instructions.py ../shared/truth [--write]

Non-negative least squares on relative error, for each operator, type and path through its kernel, in the terms of
native/src/work_terms.h. Two sources of counts: whole models and single operators on TFLM (the folder given), and
single kernels for the branches and shapes that those lack (kernel_counts.csv). Errors are those of models that were
held out: whole models in 8-fold cross-validation, and the single operators of a kind (all `x_dwm_*` and so on) with
all models of that kind left out. With --write, the weights go to native/src/instruction_table.cc, the errors to
native/tables/instructions.md, and those that users are told to nas/target/instruction_errors.py.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.optimize import nnls

sys.path.insert(0, str(Path(__file__).parent))

from counted import MACHINES, PER_INVOKE, PER_OP, Run, Sample, left_open, read_kernels, read_runs
from instruction_report import INTRODUCTION, Error, share, stated, summary, table_of_errors

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "native" / "src" / "instruction_table.cc"
REPORT = Path(__file__).with_suffix(".md")
TOLD = ROOT / "nas" / "target" / "instruction_errors.py"
FOLDS = 8
LEAST = 2  # records that a fit of the table needs
NARROW = 2.5  # counted shapes whose shares of a term differ by less say nothing of shapes with less of it
MODEL_WEIGHT = 2.0  # of a count on TFLM, which is what is to be predicted, beside one of a kernel alone
RIDGE, MOST_RIDGE = 1e-6, 1e-4
FRAME = 200.0  # TFLM's part of an operator, where no path of its kernel was counted both ways


@dataclass(frozen=True)
class Fit:
    """The weights of one path through a kernel.

    Attributes:
        most: the most of each term that a counted operator has for each of its instructions; `least` likewise, 0
            where they differ by more than NARROW. An operator beyond either is of a shape that was not counted.
        constant: what a call of the kernel alone costs in place of the last weight, a whole operator's constant.
    """

    weights: np.ndarray
    most: np.ndarray
    least: np.ndarray
    constant: float
    on_tflm: int
    alone: int


Fits = Mapping[int, Fit]


def fit(samples: Iterable[Sample], least: int = 1) -> dict[int, Fit]:
    """Return the fit of each key that has records enough."""
    groups: dict[int, list[Sample]] = defaultdict(list)
    for sample in samples:
        groups[sample.key].append(sample)
    fits = {key: weigh(group) for key, group in sorted(groups.items()) if len(group) >= least}
    both = [f.weights[-1] - f.constant for f in fits.values() if f.on_tflm > 3 and f.alone > 3]
    frame = max(0.0, float(np.median(both))) if both else FRAME
    return {key: found if found.on_tflm else _with_frame(found, frame) for key, found in fits.items()}


def _with_frame(found: Fit, frame: float) -> Fit:
    weights = found.weights.copy()
    weights[-1] = found.constant + frame
    return replace(found, weights=weights)


def weigh(samples: Sequence[Sample]) -> Fit:
    """Return the non-negative weights with the least squared relative error."""
    alone = np.array([sample.alone for sample in samples], float)
    counts = np.array([sample.instructions for sample in samples])
    terms = np.array([sample.terms for sample in samples])
    columns = np.column_stack([terms, terms[:, -1] * alone])
    columns[:, -2] *= 1 - alone
    rows = columns / counts[:, None]
    size = rows.max(axis=0)
    size[size == 0] = 1
    importance = np.where(alone == 1, 1.0, MODEL_WEIGHT)
    # The ridge, too small to matter otherwise, decides between terms that no counted operator tells apart: for those
    # that come first, the innermost loops.
    ridge = np.diag(np.minimum(RIDGE * 4.0 ** np.arange(columns.shape[1]), MOST_RIDGE))
    scaled = np.vstack([rows / size * importance[:, None], ridge])
    weights = nnls(scaled, np.append(importance, np.zeros(len(ridge))), maxiter=20000)[0] / size
    predicted = np.maximum(columns @ weights, 1e-9)
    shares = terms / predicted[:, None]
    most, least = shares.max(axis=0), shares.min(axis=0)
    least = np.where(most < NARROW * least, least, 0)
    return Fit(weights[:-1], most, least, float(weights[-1]), int((1 - alone).sum()), int(alone.sum()))


def predict(sample: Sample, fits: Fits) -> float | None:
    return float(fits[sample.key].weights @ sample.terms) if sample.key in fits else None


def predict_run(run: Run, fits: Fits) -> float | None:
    parts = [predict(sample, fits) for sample in run.samples]
    known = [part for part in parts if part is not None]
    return sum(known) + PER_OP * len(parts) + PER_INVOKE if len(known) == len(parts) else None


def relative(got: float, want: float) -> float:
    return abs(got - want) / want


def error_of(got: float, sample: Sample, core: str) -> Error:
    """Return how far a prediction is from the recorded count, and from all counts that its timer leaves open."""
    least, most = left_open(sample.instructions, core)
    return Error(relative(got, sample.instructions), max(0.0, least - got, got - most) / sample.instructions)


def _without(runs: Sequence[Run], held: Sequence[Run], kernels: Sequence[Sample]) -> dict[int, Fit]:
    names = {run.file for run in held}
    return fit([*(sample for run in runs if run.file not in names for sample in run.samples), *kernels])


def held_out_parts(runs: Sequence[Run]) -> Iterator[list[Run]]:
    """Yield the runs that are held out together: an eighth of the whole models, or all of one kind of operator."""
    for fold in range(FOLDS):
        yield [run for run in runs if not run.single and run.fold == fold]
    for kind in sorted({run.kind for run in runs if run.single}):
        yield [run for run in runs if run.single and run.kind == kind]


def held_out(
    runs: Sequence[Run], kernels: Sequence[Sample], core: str
) -> tuple[dict[str, list[Error]], dict[str, float | None]]:
    """Return the errors of each operator, and of each whole run, with its part held out."""
    by_operator: dict[str, list[Error]] = defaultdict(list)
    by_run: dict[str, float | None] = {}
    for part in held_out_parts(runs):
        fits = _without(runs, part, kernels)
        for run in part:
            for sample in run.samples:
                got = predict(sample, fits)
                if got is not None:
                    by_operator[sample.name].append(error_of(got, sample, core))
            total = predict_run(run, fits)
            by_run[run.file] = None if total is None else relative(total, run.instructions)
    return by_operator, by_run


def table_text(fits: Fits, names: Mapping[int, str]) -> str:
    """Return the source of the native core's table."""
    rows = []
    for key, found in sorted(fits.items()):
        weights = ", ".join(f"{weight:.6g}" for weight in found.weights)
        most = ", ".join(f"{share:.4g}" for share in found.most)
        least = ", ".join(f"{share:.4g}" for share in found.least) if found.least.any() else ""
        rows.append(f"    {{0x{key:08x}, {{{weights}}}, {{{most}}}, {{{least}}}}},  // {names[key]}")
    head = [
        "// Written by native/tables/instructions.py; do not edit.",
        '#include "instruction_table.h"',
        "",
        "namespace nas {",
        "",
        "// clang-format off",
        "const InstructionFit kInstructionFits[] = {",
    ]
    tail = [
        "};",
        "// clang-format on",
        "const size_t kInstructionFitCount = sizeof(kInstructionFits) / sizeof(kInstructionFits[0]);",
        "",
        "}  // namespace nas",
        "",
    ]
    return "\n".join([*head, *rows, *tail])


def fit_machine(truth: Path, machine: str) -> tuple[dict[int, Fit], dict[int, str]]:
    """Return the fits of one machine and their names, from all that was counted on it."""
    runs, kernels = read_runs(truth, machine), read_kernels(machine)
    samples = [*kernels, *(sample for run in runs for sample in run.samples)]
    return fit(samples, LEAST), {sample.key: f"{MACHINES[machine][2]}: {sample.name}" for sample in samples}


def fit_table(truth: Path) -> str:
    """Return the native core's table."""
    fits: dict[int, Fit] = {}
    names: dict[int, str] = {}
    for machine in MACHINES:
        found, named = fit_machine(truth, machine)
        fits |= found
        names |= named
    return table_text(fits, names)


def report(truth: Path) -> tuple[str, str]:
    """Return the errors of all machines as Markdown, and the lines of instruction_errors.py."""
    errors, parts, told = [], [], []
    for machine, (kernel_set, core, title) in MACHINES.items():
        runs, kernels = read_runs(truth, machine), read_kernels(machine)
        by_operator, by_run = held_out(runs, kernels, core)
        errors.append((title, runs, by_run))
        parts.append(table_of_errors(title, runs, kernels, by_operator, by_run))
        of_integers, of_floats = (share(stated(runs, by_run, is_float), 90) / 100 for is_float in (False, True))
        told.append(f'    ("{core}", "{kernel_set}"): ({of_integers:.4f}, {of_floats:.4f}),\n')
    return "\n".join([INTRODUCTION, summary(errors), *parts]), "".join(told)


def with_lines(source: str, lines: str) -> str:
    """Return the source of instruction_errors.py with other lines in its table."""
    head, table = source.split("= {\n")
    return f"{head}= {{\n{lines}{table[table.index('}') :]}"


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("truth", type=Path)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args(arguments)
    text, lines = report(options.truth)
    print(text)
    if options.write:
        TABLE.write_text(fit_table(options.truth))
        REPORT.write_text(text)
        TOLD.write_text(with_lines(TOLD.read_text(), lines))


if __name__ == "__main__":
    main(sys.argv[1:])
