"""The errors of the instruction fits as Markdown."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from counted import Run, Sample

INTRODUCTION = """# Instructions of an inference

Written by `python native/tables/instructions.py ../shared/truth --write`. Instructions, not cycles, of release builds
(gcc 12.2, core -Os, kernels -O2) counted in an emulator (QEMU 7.2). Errors are relative, and those of models that the
fit had not seen: whole models in 8-fold cross-validation, and models of single operators with all models of their kind
left out. "Stated" is what `nas profile` tells: 90 % of all these models lie within. Floats on Cortex-M0+ and M3 are
routines that return early for zeros: how many there are is found by one inference on inputs drawn at random. Of each
operator, "in models" are the counts in whole runs, and "besides" those of single calls (kernel_counts.csv). A count is
a mean of three to sixteen runs, by a timer that steps once in 31 to 50 instructions: of SHAPE and PACK, which take 100
to 320, some 10 % are left open.
"""

Errors = Mapping[str, float | None]
_HEADING = "| held out | runs | median | 90 % below | worst |\n|---|---|---|---|---|"


def share(errors: Sequence[float], percent: float) -> float:
    return float(np.percentile(errors, percent)) * 100


def stated(runs: Sequence[Run], by_run: Errors, is_float: bool) -> list[float]:
    return [e for run in runs if run.is_float == is_float and (e := by_run[run.file]) is not None]


def summary(machines: Sequence[tuple[str, Sequence[Run], Errors]]) -> str:
    """Return a line a machine: what users are told."""
    lines = [
        "| kernels | integer models | median | stated | worst | float models | median | stated | worst |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for title, runs, by_run in machines:
        cells = [title]
        for is_float in (False, True):
            errors = stated(runs, by_run, is_float)
            cells += [str(len(errors)), *(f"{share(errors, p):.2f} %" for p in (50, 90, 100))]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def table_of_errors(
    title: str,
    runs: Sequence[Run],
    kernels: Sequence[Sample],
    by_operator: Mapping[str, Sequence[float]],
    by_run: Errors,
) -> str:
    """Return one machine's errors, of whole models, of single operators and by operator."""
    lines = [f"## {title}", "", _HEADING]
    for name, single, is_float in (
        ("whole models, integers", False, False),
        ("whole models, float", False, True),
        ("kinds of single operators", True, False),
    ):
        part = [run for run in runs if run.single == single and run.is_float == is_float]
        errors = [e for run in part if (e := by_run[run.file]) is not None]
        missing = len(part) - len(errors)
        note = f" ({missing} more hold an operator counted nowhere else)" if missing else ""
        lines.append(f"| {name} | {len(errors)}{note} | {_figures(errors)} |")
    counted = Counter(sample.name for run in runs for sample in run.samples)
    alone = Counter(sample.name for sample in kernels)
    lines += [
        "",
        "| operator | in models | besides | median | 90 % below | worst |",
        "|---|---|---|---|---|---|",
    ]
    for name in sorted({*counted, *alone}):
        figures = _figures(by_operator[name]) if by_operator.get(name) else "- | - | -"
        lines.append(f"| {name} | {counted[name]} | {alone[name]} | {figures} |")
    return "\n".join([*lines, ""])


def _figures(errors: Sequence[float]) -> str:
    return " | ".join(f"{share(errors, p):.2f} %" for p in (50, 90, 100))
