"""What a network costs on a target: weights, file, arena, flash, MACs, latency.

Estimated from a graph before training or read from the bytes of a `.tflite`: one type, computed by one native
planner (native/src), so the two agree and budgets, objectives and reports have a single path.
"""

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from nas import _native
from nas.errors import InputError
from nas.graph.graph import Graph
from nas.target.target import RELEASES, Target, find_target

# The deepest stack below the caller in recorded release builds; a core with the same instructions takes the same.
_STACK_BYTES = {
    ("reference", "cortex-m4"): 828,
    ("reference", "cortex-m7"): 828,
    ("reference", "cortex-m33"): 828,
    ("cmsis_nn", "cortex-m4"): 1260,
    ("cmsis_nn", "cortex-m7"): 1260,
    ("cmsis_nn", "cortex-m33"): 1260,
    ("cmsis_nn", "cortex-m55"): 1656,
}

TensorKind = Literal["input", "output", "activation", "constant", "scratch"]


@dataclass(frozen=True, slots=True)
class Arena:
    """TFLM's one block of RAM: `head` holds activations and scratch, `tail` what lives as long as the interpreter.

    `min` is the smallest arena with which allocation and inference succeed, a multiple of 16: the number that a
    user writes into the firmware.
    """

    head: int
    tail: int
    min: int


@dataclass(frozen=True, slots=True)
class Flash:
    """Bytes of flash: the `.tflite` file, and the runtime's code with the kernels that the model needs.

    `without_code` names the operators whose code was never linked: `code` is then a lower bound.
    """

    model: int
    code: int
    without_code: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OutsideArena:
    """RAM beside the arena: TFLM's two objects, and the stack below the caller while it allocates and infers.

    The objects are `sizeof` in real builds; the stack is the most that was seen in release builds, None where
    none was seen.
    """

    interpreter: int
    resolver: int
    stack: int | None


@dataclass(frozen=True, slots=True)
class OpFootprint:
    """One operator; `reason` says why it is not supported, None if it is."""

    index: int
    op: str
    macs: int
    scratch_bytes: int
    latency_ms: float | None
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    supported: bool
    reason: str | None


@dataclass(frozen=True, slots=True)
class TensorFootprint:
    """One tensor or scratch buffer; it lies at `offset` of the arena's head from `first_op` through `last_op`.

    Constants lie in flash: their offset and lives are None.
    """

    index: int
    name: str
    shape: tuple[int, ...]
    dtype: str
    bytes: int
    kind: TensorKind
    offset: int | None
    first_op: int | None
    last_op: int | None


@dataclass(frozen=True, slots=True)
class Totals:
    """The figures that budgets and objectives read."""

    target: str
    kernels: str
    file_bytes: int
    weights_bytes: int
    arena: Arena
    flash: Flash
    macs: int
    latency_ms: float | None
    supported: bool
    tflm: str = field(default=RELEASES[0], kw_only=True)
    energy_uj: float | None = field(default=None, kw_only=True)

    @property
    def arena_bytes(self) -> int:
        """What TFLM's `arena_used_bytes()` gives."""
        return self.arena.head + self.arena.tail

    @property
    def flash_bytes(self) -> int:
        return self.flash.model + self.flash.code

    def summary(self) -> dict[str, Any]:
        """Return the figures as one flat table."""
        return {
            "weights_bytes": self.weights_bytes,
            "file_bytes": self.file_bytes,
            "arena_bytes": self.arena_bytes,
            "arena_head_bytes": self.arena.head,
            "arena_tail_bytes": self.arena.tail,
            "arena_min_bytes": self.arena.min,
            "flash_bytes": self.flash_bytes,
            "macs": self.macs,
            "latency_ms": self.latency_ms,
            "energy_uj": self.energy_uj,
            "supported": self.supported,
        }


@dataclass(frozen=True, slots=True)
class Footprint(Totals):
    """The totals with every operator and tensor behind them; `file` is None for an estimate."""

    file: str | None
    ops: tuple[OpFootprint, ...]
    tensors: tuple[TensorFootprint, ...]
    outside_arena: OutsideArena | None = field(default=None, kw_only=True)

    def to_json(self) -> dict[str, Any]:
        """Return the document of `nas profile --json`, without the key `file` for an estimate."""
        document = {
            "file": self.file,
            "file_bytes": self.file_bytes,
            "target": self.target,
            "kernels": self.kernels,
            "tflm": self.tflm,
            "weights_bytes": self.weights_bytes,
            "arena_bytes": self.arena_bytes,
            "arena": dataclasses.asdict(self.arena),
            "outside_arena": None if self.outside_arena is None else dataclasses.asdict(self.outside_arena),
            "flash_bytes": self.flash_bytes,
            "flash": dataclasses.asdict(self.flash),
            "macs": self.macs,
            "latency_ms": self.latency_ms,
            "energy_uj": self.energy_uj,
            "supported": self.supported,
            "ops": [dataclasses.asdict(op) for op in self.ops],
            "tensors": [dataclasses.asdict(tensor) for tensor in self.tensors],
        }
        return document if self.file is not None else {k: v for k, v in document.items() if k != "file"}


def profile(model: str | Path | bytes, target: Target | str) -> Footprint:
    """Return the footprint of a `.tflite` on a target.

    Args:
        model: the file's path, or its bytes.
        target: a target, its name, or the path of a TOML file that describes it.

    Raises:
        InputError: the file cannot be read or is no `.tflite`, or the target is unknown.
    """
    target = find_target(target) if isinstance(target, str) else target
    file = "" if isinstance(model, bytes) else str(model)
    try:
        data = model if isinstance(model, bytes) else Path(model).read_bytes()
        measured = _native.profile(data, target.kernels, target.core, target.tflm)
    except OSError as error:
        raise InputError(file, "must be a readable file", got=error.strerror) from error
    except ValueError as error:
        raise InputError(file or "model", f"must be a valid .tflite file: {error}") from error
    return _footprint(measured, target, file)


def estimate(graph: Graph, target: Target) -> Footprint:
    """Return the footprint that `profile` would read from the graph's `.tflite`."""
    return _footprint(_native.estimate(graph, target.kernels, target.core, target.tflm), target, None)


def estimate_many(graphs: Iterable[Graph], target: Target) -> list[Totals]:
    """Return the totals of many graphs, tens of thousands a second."""
    rows = _native.estimate_many(graphs, target.kernels, target.core, target.tflm)
    return [Totals(**_totals(row, target)) for row in rows]


def _totals(row: "_native.TotalsRow", target: Target) -> dict[str, Any]:
    file_bytes, weights_bytes, head, tail, smallest, code, macs, instructions, supported = row
    latency_ms = target.milliseconds(instructions)
    return {
        "target": target.name,
        "kernels": target.kernels,
        "file_bytes": file_bytes,
        "weights_bytes": weights_bytes,
        "arena": Arena(head, tail, smallest),
        "flash": Flash(file_bytes, code),
        "macs": macs,
        "latency_ms": latency_ms,
        "energy_uj": target.microjoules(latency_ms),
        "supported": supported,
        "tflm": target.tflm,
    }


def _footprint(measured: "_native.Measured", target: Target, file: str | None) -> Footprint:
    totals, ops, tensors = measured
    kinds = {row[0] for row in ops}
    known = _totals(totals, target)
    missing = kinds - _native.LINKED_OPS
    if missing:
        known["flash"] = dataclasses.replace(known["flash"], without_code=tuple(sorted(missing)))
    return Footprint(
        **known,
        file=file,
        outside_arena=_outside_arena(len(kinds), target),
        ops=tuple(_op(index, row, target) for index, row in enumerate(ops)),
        tensors=tuple(TensorFootprint(index, *row) for index, row in enumerate(tensors)),
    )


def _outside_arena(kinds: int, target: Target) -> OutsideArena:
    # MicroInterpreter and MicroMutableOpResolver<kinds>: a registration, a code and a parser for each operator.
    if target.pointer_bytes == 8:
        return OutsideArena(408, (12 + 60 * kinds + 7) // 8 * 8 + 8 * kinds + 8, None)
    return OutsideArena(208, 12 + 36 * kinds, _STACK_BYTES.get((target.kernels, target.core)))


def _op(index: int, row: "_native.OpRow", target: Target) -> OpFootprint:
    op, macs, scratch_bytes, instructions, inputs, outputs, reason = row
    latency_ms = target.milliseconds(instructions)
    return OpFootprint(index, op, macs, scratch_bytes, latency_ms, inputs, outputs, reason is None, reason)
