"""Fit what plain C costs on each core, call by call, to what was compiled and run, and report the errors of the fits.

    python native/tables/plain_c.py [--write]

`benchmarks/plain_c_costs.py` counts: plain_c_calls.csv lists the calls of each network with their shapes, the same for
all cores, and plain_c_counts.csv what each core's program takes. Instructions are fitted by non-negative least squares
on relative error for each kernel and variant, in the terms of nas/target/plain_c/work.py; bytes of code by least
squares over whole networks. The stack of a kernel is the least that a network with it takes, and that of a network the
most of its kernels' with a margin, so that 95 of 100 networks take less. Errors are those of networks of the spaces
that a fit had not seen, in 8-fold cross-validation.
With --write, the table goes to nas/target/plain_c/costs.csv and the errors to native/tables/plain_c.md.
"""

import argparse
import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import nnls

from nas.target.plain_c.code import code_terms
from nas.target.plain_c.costs import Costs, estimate
from nas.target.plain_c.work import Call, terms, variant

HERE = Path(__file__).parent
TABLE = HERE.parents[1] / "nas" / "target" / "plain_c" / "costs.csv"
REPORT = HERE / "plain_c.md"
FOLDS = 8
LEAST = 6  # calls that a variant needs for a fit of its own
RIDGE = 1.0  # bytes of a part of the code count this much against bytes of error
# By core: the compiler, and whether convolutions compute one pixel at a time.
COMPILERS = {"avr": ("gcc 5.4 -Os", True)}
OTHERS = ("gcc 12.2 -O2", False)


@dataclass(frozen=True)
class Counted:
    """A network on a core: its calls, and what was counted."""

    net: str
    calls: tuple[Call, ...]
    instructions: tuple[float, ...]
    flash: int
    ram: int
    stack: int
    total: float

    @property
    def constants(self) -> int:
        return sum(call.constant_bytes for call in self.calls)

    @property
    def of_a_space(self) -> bool:
        return self.net.startswith(("cnn_", "mlp_tabular_"))


def read(folder: Path = HERE) -> dict[str, list[Counted]]:
    """Return what was counted, by core."""
    calls: dict[str, list[Call]] = defaultdict(list)
    with (folder / "plain_c_calls.csv").open() as file:
        for net, kernel, constants, shape in csv.reader(file):
            numbers = {key: int(value) for key, value in (pair.split("=") for pair in shape.split())}
            calls[net].append(Call(kernel, numbers, int(constants)))
    found: dict[str, list[Counted]] = defaultdict(list)
    with (folder / "plain_c_counts.csv").open() as file:
        for core, net, flash, ram, stack, total, counts in csv.reader(file):
            instructions = tuple(map(float, counts.split()))
            row = Counted(net, tuple(calls[net]), instructions, int(flash), int(ram), int(stack), float(total))
            found[core].append(row)
    return found


def fit(rows: Sequence[Counted], compiler: str, by_pixel: bool) -> Costs:
    """Return the costs of a core."""
    samples: dict[tuple[str, str], list[tuple[Call, float]]] = defaultdict(list)
    stack: dict[tuple[str, str], float] = {}
    for row in rows:
        kernels = [call.kernel for call in row.calls]
        for call, count in zip(row.calls, row.instructions, strict=True):
            key = call.kernel, variant(call, kernels, by_pixel)
            samples[key].append((call, max(count, 1.0)))
            stack[key] = min(stack.get(key, row.stack), row.stack)
    instructions = {}
    for (kernel, how), own in samples.items():
        # A variant that was seldom counted is fitted together with the kernel's others.
        more = [pair for (other, _), pairs in samples.items() if other == kernel for pair in pairs]
        instructions[kernel, how] = fit_instructions(own if len(own) >= LEAST else more, by_pixel)
    return Costs(compiler, by_pixel, instructions, fit_code(rows, by_pixel), with_margin(stack, rows, by_pixel))


def with_margin(
    stack: Mapping[tuple[str, str], float], rows: Sequence[Counted], by_pixel: bool
) -> dict[tuple[str, str], float]:
    """Return the stack of each kernel with what networks take on top of their largest kernel's, 95 of 100 at most."""
    more = []
    for row in rows:
        kernels = [call.kernel for call in row.calls]
        most = max(stack[call.kernel, variant(call, kernels, by_pixel)] for call in row.calls)
        more.append(row.stack - most)
    margin = float(np.quantile(more, 0.95))
    return {key: size + margin for key, size in stack.items()}


def fit_instructions(samples: Sequence[tuple[Call, float]], by_pixel: bool) -> dict[str, float]:
    """Return the instructions of each part of a kernel."""
    parts = [terms(call, by_pixel) for call, _ in samples]
    names = sorted({name for part in parts for name in part})
    counts = np.array([count for _, count in samples])
    matrix = np.array([[part.get(name, 0.0) for name in names] for part in parts]) / counts[:, None]
    scale = np.maximum(matrix.max(axis=0), 1e-12)
    # A little against parts that a few samples cannot tell apart.
    ridge = 1e-4 * np.eye(len(names))
    weights, _ = nnls(np.vstack([matrix / scale, ridge]), np.concatenate([np.ones(len(counts)), np.zeros(len(names))]))
    return {name: float(weight / own) for name, weight, own in zip(names, weights, scale, strict=True) if weight}


def fit_code(rows: Sequence[Counted], by_pixel: bool) -> dict[str, float]:
    """Return the bytes of each part of a program's code."""
    parts = [code_terms(row.calls, by_pixel) for row in rows]
    names = sorted({name for part in parts for name in part})
    sizes = np.array([row.flash - row.constants for row in rows], float)
    weight = 1000.0 / np.array([row.flash for row in rows], float)
    matrix = np.array([[part.get(name, 0.0) for name in names] for part in parts]) * weight[:, None]
    square = matrix.T @ matrix + RIDGE * 1e-2 * np.eye(len(names))
    solved = np.linalg.solve(square, matrix.T @ (sizes * weight))
    return dict(zip(names, map(float, solved), strict=True))


@dataclass(frozen=True)
class Errors:
    """Relative errors of networks that a fit had not seen."""

    instructions: np.ndarray
    flash: np.ndarray
    stack: np.ndarray


def held_out(rows: Sequence[Counted], compiler: str, by_pixel: bool) -> Errors:
    """Return the errors of the networks of spaces in cross-validation."""
    members = [row for row in rows if row.of_a_space]
    found: list[tuple[float, float, float]] = []
    for fold in range(FOLDS):
        left_out = members[fold::FOLDS]
        names = {row.net for row in left_out}
        costs = fit([row for row in rows if row.net not in names], compiler, by_pixel)
        for row in left_out:
            guess = estimate(row.calls, costs)
            instructions = sum(count or 0.0 for count in guess.instructions)
            found.append((
                instructions / row.total - 1,
                (row.constants + guess.code) / row.flash - 1,
                guess.stack / row.stack - 1,
            ))  # fmt: skip
    return Errors(*map(np.array, zip(*found, strict=True)))


def table(core: str, costs: Costs, errors: Errors) -> Iterator[list[str]]:
    """Yield the lines of a core in the table."""
    facts: Mapping[str, object] = {
        "compiler": costs.compiler,
        "by_pixel": "yes" if costs.by_pixel else "no",
        "error": f"{np.quantile(np.abs(errors.instructions), 0.9):.4f}",
        "code_error": f"{np.quantile(np.abs(errors.flash), 0.9):.4f}",
    }
    yield from ([core, key, "", "", "", str(value)] for key, value in facts.items())
    for (kernel, how), parts in sorted(costs.instructions.items()):
        yield from ([core, "instructions", kernel, how, part, f"{value:.5g}"] for part, value in parts.items())
    yield from ([core, "code", "", "", part, f"{value:.1f}"] for part, value in sorted(costs.code.items()))
    yield from ([core, "stack", *key, "", f"{value:.0f}"] for key, value in sorted(costs.stack.items()))


def report(found: Mapping[str, Errors], counted: Mapping[str, Sequence[Counted]]) -> Iterator[str]:
    """Yield the lines of the report."""
    yield "# How far estimates of plain C are off\n"
    yield "What `python native/tables/plain_c.py --write` wrote: relative errors, in percent, of members of the three"
    yield f"spaces that a fit had not seen ({FOLDS}-fold cross-validation). The instructions are those of QEMU, on AVR"
    yield "simavr's cycles; flash and stack those of the linked programs. Weights of up to 10 KB. The stack is meant as"
    yield "an upper bound. Static RAM and constants have no error.\n"
    heads = ["core", "compiler", "networks", "instructions, median", "90 %", "worst", "flash, median", "90 %", "worst"]
    yield f"| {' | '.join([*heads, 'stack, 5 to 95 %'])} |"
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for core, errors in found.items():
        compiler = COMPILERS.get(core, OTHERS)[0]
        cells = [
            *(f"{100 * q:.1f}" for q in spread(errors.instructions)),
            *(f"{100 * q:.1f}" for q in spread(errors.flash)),
            f"{100 * np.quantile(errors.stack, 0.05):.1f} to {100 * np.quantile(errors.stack, 0.95):.1f}",
        ]
        yield f"| {core} | {compiler} | {len(errors.flash)} | {' | '.join(cells)} |"


def spread(errors: np.ndarray) -> tuple[float, float, float]:
    sizes = np.abs(errors)
    return float(np.median(sizes)), float(np.quantile(sizes, 0.9)), float(sizes.max())


def main() -> None:
    """Fit, print the report, and write both if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    counted = read()
    found = {core: held_out(rows, *COMPILERS.get(core, OTHERS)) for core, rows in counted.items()}
    text = "\n".join(report(found, counted)) + "\n"
    print(text)
    if given.write:
        REPORT.write_text(text)
        with TABLE.open("w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            for core, rows in counted.items():
                writer.writerows(table(core, fit(rows, *COMPILERS.get(core, OTHERS)), found[core]))


if __name__ == "__main__":
    main()
