"""TensorFlow Lite Micro: its memory, code and work, computed by the native core (native/src) after TFLM's own rules."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, ClassVar

from nas import _native
from nas.errors import InputError
from nas.graph.graph import Graph
from nas.target.footprint import Flash, Footprint, OpFootprint, TensorFootprint, Totals
from nas.target.instruction_errors import INSTRUCTION_ERRORS
from nas.target.ram import Arena, OutsideArena
from nas.target.target import RUNTIMES, Key, Runtime, Target

KERNELS = ("reference", "cmsis_nn")

# Cores that nobody runs TFLM on.
_TOO_SMALL = frozenset({"avr", "rv32ec"})

# Releases of TFLM whose rules the native core knows: a commit, or a build of the Python package tflite-micro.
RELEASES = ("90b983c", "package-2026-10-23")

# The most stack that recorded release builds used below their caller. The M0 has the M0+'s instructions.
_STACK_BYTES = {
    ("reference", "cortex-m0"): 932,
    ("reference", "cortex-m0plus"): 932,
    ("reference", "cortex-m3"): 852,
    ("reference", "cortex-m4"): 828,
    ("reference", "cortex-m7"): 808,
    ("reference", "cortex-m33"): 816,
    ("cmsis_nn", "cortex-m0"): 1376,
    ("cmsis_nn", "cortex-m0plus"): 1376,
    ("cmsis_nn", "cortex-m3"): 1272,
    ("cmsis_nn", "cortex-m4"): 1260,
    ("cmsis_nn", "cortex-m7"): 1240,
    ("cmsis_nn", "cortex-m33"): 1248,
    ("cmsis_nn", "cortex-m55"): 1656,
}


class Tflm(Runtime):
    """TensorFlow Lite Micro with its reference kernels or CMSIS-NN."""

    keys: ClassVar[Mapping[str, Key]] = {
        "kernels": Key(f"one of {', '.join(KERNELS)}", lambda value: value in KERNELS, required=True),
        "tflm": Key(f"one of {', '.join(RELEASES)}", lambda value: value in RELEASES, default=RELEASES[0]),
    }

    def check(self, table: Mapping[str, Any], place: str) -> None:
        core, kernels = table["core"], table["kernels"]
        if core in _TOO_SMALL:
            raise InputError(f"{place}.runtime", f"must be c on {core}, where TFLM does not run", got="tflm")
        if not core.startswith("cortex-") and kernels != "reference":
            raise InputError(f"{place}.kernels", f"must be reference on {core}", got=repr(kernels))

    def adapted(self, target: Target) -> Target:
        if target.core in _TOO_SMALL:
            raise InputError("--runtime", f"must be c on {target.name}: TFLM does not run on {target.core}", got="tflm")
        kernels = KERNELS[target.core.startswith("cortex-")]
        return replace(target, runtime="tflm", kernels=kernels, tflm=RELEASES[0], streaming=0)

    def footprint(self, model: Graph | bytes, target: Target) -> Footprint:
        machine = target.kernels, target.core, target.tflm
        measured = _native.profile(model, *machine) if isinstance(model, bytes) else _native.estimate(model, *machine)
        kinds = {op.custom_code or op.kind for op in measured.ops}
        return Footprint(
            **_totals(
                measured.totals, target, outside_arena(len(kinds), target), tuple(sorted(kinds - _native.LINKED_OPS))
            ),
            ops=tuple(_op(index, row, target) for index, row in enumerate(measured.ops)),
            tensors=tuple(TensorFootprint(index, *row) for index, row in enumerate(measured.tensors)),
            ram_limit_bytes=target.ram_bytes,
            flash_limit_bytes=target.flash_bytes,
        )

    def totals(self, graphs: Iterable[Graph], target: Target) -> list[Totals]:
        rows = _native.estimate_many(graphs, target.kernels, target.core, target.tflm)
        return [Totals(**_totals(row, target)) for row in rows]

    def latency_error(self, footprint: Footprint, target: Target) -> float | None:
        errors = _errors(target)
        return None if errors is None else errors[footprint.computes_floats]

    def counts_instructions(self, target: Target) -> bool:
        return _errors(target) is not None


RUNTIMES.register("tflm")(Tflm())


def _errors(target: Target) -> tuple[float, float] | None:
    core = "cortex-m0plus" if target.core == "cortex-m0" else target.core
    return INSTRUCTION_ERRORS.get((core, target.kernels))


def _totals(
    row: "_native.Totals", target: Target, outside: OutsideArena | None = None, without_code: tuple[str, ...] = ()
) -> dict[str, Any]:
    latency_ms = target.milliseconds(row.instructions)
    return {
        "target": target.name,
        "runtime": target.runtime,
        "release": target.tflm,
        "kernels": target.kernels,
        "file_bytes": row.file_bytes,
        "weights_bytes": row.weights_bytes,
        "detail": Arena(row.head_bytes, row.tail_bytes, row.min_arena_bytes, outside, row.variables),
        "flash": Flash(row.file_bytes, row.code_bytes, without_code),
        "macs": row.macs,
        "latency_ms": latency_ms,
        "latency_range_ms": target.range_ms(latency_ms),
        "energy_uj": target.microjoules(latency_ms),
        "supported": row.supported,
        "complete": row.complete,
    }


def outside_arena(kinds: int, target: Target) -> OutsideArena:
    """Return the RAM outside the arena for a model with this number of kinds of operators.

    The sizes are those of MicroInterpreter and of MicroMutableOpResolver<kinds>, which holds a registration, a code
    and a parser for each kind.
    """
    if target.pointer_bytes == 8:
        return OutsideArena(408, (12 + 60 * kinds + 7) // 8 * 8 + 8 * kinds + 8, None)
    return OutsideArena(208, 12 + 36 * kinds, _STACK_BYTES.get((target.kernels, target.core)))


def _op(index: int, row: "_native.Op", target: Target) -> OpFootprint:
    return OpFootprint(
        index=index,
        op=row.kind,
        macs=row.macs,
        scratch_bytes=row.scratch_bytes,
        latency_ms=target.milliseconds(row.instructions),
        inputs=row.inputs,
        outputs=row.outputs,
        supported=row.refusal is None,
        reason=row.refusal,
        known=row.known,
        custom_code=row.custom_code,
        extrapolated=row.extrapolated,
    )
