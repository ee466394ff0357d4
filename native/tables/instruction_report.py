"""The errors of the instruction fits as Markdown."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from counted import Run, Sample

INTRODUCTION = """# Instructions of an inference

Written by `python native/tables/instructions.py ../shared/truth --write`. Instructions, not cycles, of release builds
(gcc 12.2, core -Os, kernels -O2) counted in an emulator (QEMU 7.2). Errors are relative, and those of models that the
fit had not seen: whole models in 8-fold cross-validation, and models of single operators with all models of their kind
left out. "Stated" is what `nas profile` tells: 90 % of all these models lie within. Floats on Cortex-M0+ and M3 are
routines that return early for zeros: how many there are is found by one inference on inputs drawn at random. Of each
operator, "in models" are the counts in whole runs, and "besides" those of single calls (kernel_counts.csv). A count is
a mean of three to sixteen readings of a timer that steps once in 40 instructions (31 on Cortex-M55, 50 on M33): of
SHAPE, which takes 100 to 160, it tells no more than that it lies within these one or two steps. "Beyond the timer" is
what is left of "90 % below" where each count may be any that its readings allow. Whole models and all but the shortest
operators are measured against the count alone.
"""

Errors = Mapping[str, float | None]


class Error(NamedTuple):
    """Relative errors of an operator: from the recorded count, and from the nearest that its timer leaves open."""

    recorded: float
    beyond_timer: float


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
    by_operator: Mapping[str, Sequence[Error]],
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
        "| operator | in models | besides | median | 90 % below | worst | beyond the timer |",
        "|---|---|---|---|---|---|---|",
    ]
    for name in sorted({*counted, *alone}):
        errors = by_operator.get(name)
        figures = _of_operator(errors) if errors else "- | - | - | -"
        lines.append(f"| {name} | {counted[name]} | {alone[name]} | {figures} |")
    return "\n".join([*lines, ""])


def _of_operator(errors: Sequence[Error]) -> str:
    beyond = share([error.beyond_timer for error in errors], 90)
    return f"{_figures([error.recorded for error in errors])} | {beyond:.2f} %"


def _figures(errors: Sequence[float]) -> str:
    return " | ".join(f"{share(errors, p):.2f} %" for p in (50, 90, 100))
