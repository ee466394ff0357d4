"""Instructions, code and stack of plain C on each core, from a table fitted to what was compiled and run.

`native/tables/plain_c.py` makes the table, `costs.csv`, and says how; `native/tables/plain_c.md` has its errors.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from nas.target.plain_c.code import code_terms
from nas.target.plain_c.work import Call, Terms, terms, variant

# A core whose instructions are those of another one. The M0 and the M0+ run the same code.
_SAME = {"cortex-m0": "cortex-m0plus"}


@dataclass(frozen=True)
class Costs:
    """What was fitted for a core.

    Attributes:
        compiler: with which, and with which optimization, the figures hold.
        by_pixel: whether convolutions compute one pixel at a time.
        instructions: of each part, by kernel and variant; see `nas.target.plain_c.work.terms`.
        code: bytes of each part; see `nas.target.plain_c.code.code_terms`.
        stack: bytes by kernel and variant, an upper bound for 95 of 100 networks.
        error: of the instructions of 90 % of networks that the fit had not seen, as a fraction.
        code_error: of their flash, likewise.
    """

    compiler: str = ""
    by_pixel: bool = False
    instructions: dict[tuple[str, str], Terms] = field(default_factory=dict)
    code: Terms = field(default_factory=dict)
    stack: dict[tuple[str, str], float] = field(default_factory=dict)
    error: float = 0.0
    code_error: float = 0.0


def costs_of(core: str) -> Costs | None:
    """Return the costs of a core; None if nothing was compiled for it."""
    return _table().get(_SAME.get(core, core))


@cache
def _table() -> Mapping[str, Costs]:
    rows: dict[str, list[list[str]]] = {}
    text = resources.files("nas.target.plain_c").joinpath("costs.csv").read_text(encoding="utf-8")
    for core, *row in csv.reader(text.splitlines()):
        rows.setdefault(core, []).append(row)
    return {core: _costs(of_core) for core, of_core in rows.items()}


def _costs(rows: Sequence[Sequence[str]]) -> Costs:
    facts: dict[str, str] = {}
    instructions: dict[tuple[str, str], Terms] = {}
    code: Terms = {}
    stack: dict[tuple[str, str], float] = {}
    for what, kernel, how, part, value in rows:
        if what == "instructions":
            instructions.setdefault((kernel, how), {})[part] = float(value)
        elif what == "code":
            code[part] = float(value)
        elif what == "stack":
            stack[kernel, how] = float(value)
        else:
            facts[what] = value
    return Costs(
        facts["compiler"], facts["by_pixel"] == "yes", instructions, code, stack,
        float(facts["error"]), float(facts["code_error"]),
    )  # fmt: skip


@dataclass(frozen=True)
class Estimate:
    """Of a program on a core.

    Attributes:
        instructions: of each call; None where its kernel was not counted.
        code: bytes of flash beside the constants.
        stack: the most bytes below the caller, of 95 of 100 networks.
        unknown: kernels whose code was not measured as often as they are called, so that their bytes are missing.
    """

    instructions: tuple[float | None, ...]
    code: int
    stack: int
    unknown: tuple[str, ...]


def estimate(calls: Sequence[Call], costs: Costs) -> Estimate:
    """Return what a program's calls cost on a core."""
    kernels = [call.kernel for call in calls]
    variants = [variant(call, kernels, costs.by_pixel) for call in calls]
    counted = tuple(_instructions(call, how, costs) for call, how in zip(calls, variants, strict=True))
    code = sum(costs.code.get(part, 0.0) * count for part, count in code_terms(calls, costs.by_pixel).items())
    stack = [_stack(call.kernel, how, costs) for call, how in zip(calls, variants, strict=True)]
    unknown = {call.kernel for call, how in zip(calls, variants, strict=True) if (call.kernel, how) not in costs.stack}
    return Estimate(counted, max(0, round(code)), round(max(stack, default=0.0)), tuple(sorted(unknown)))


def _stack(kernel: str, how: str, costs: Costs) -> float:
    """Return the stack of a kernel; that of its deepest variant if this one was not measured."""
    others = (bytes_ for (name, _), bytes_ in costs.stack.items() if name == kernel)
    return costs.stack.get((kernel, how)) or max(others, default=0.0)


def _instructions(call: Call, how: str, costs: Costs) -> float | None:
    known = costs.instructions.get((call.kernel, how)) or next(
        (found for (kernel, _), found in costs.instructions.items() if kernel == call.kernel), None
    )
    if known is None:
        return None
    return sum(known.get(part, 0.0) * count for part, count in terms(call, costs.by_pixel).items())
