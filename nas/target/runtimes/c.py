"""Plain C without a runtime: constants and static RAM exactly; code, stack and instructions as fitted to real builds.

Its RAM is all that an inference needs: static buffers, input, output and stack. Its flash is constants and code.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from nas import _native
from nas.errors import InputError
from nas.graph.graph import Graph
from nas.target.footprint import Flash, Footprint, OpFootprint, TensorFootprint, Totals
from nas.target.plain_c.costs import Costs, Estimate, costs_of, estimate
from nas.target.plain_c.from_graph import network_of
from nas.target.plain_c.model import Network, read_network
from nas.target.plain_c.program import NEAR_FLASH_BYTES, Program, try_to_compile
from nas.target.plain_c.work import calls_of
from nas.target.ram import Buffers
from nas.target.target import RUNTIMES, Key, Runtime, Target

KERNELS = "plain_c"
# File, weights and multiply-accumulates are the same for all cores, and the native core has no other question here.
_MACHINE = ("reference", "cortex-m0plus", "")
# What is known where a core's code was not compiled: nothing beyond the constants.
_NOTHING = Costs(compiler="not compiled")


class PlainC(Runtime):
    """Plain C, as `nas export --format c` writes it."""

    keys: ClassVar[Mapping[str, Key]] = {
        "kernels": Key(KERNELS, lambda value: value == KERNELS, default=KERNELS),
    }

    def check(self, table: Mapping[str, Any], place: str) -> None:
        """Any core is good: a C compiler is all that is needed."""

    def adapted(self, target: Target) -> Target:
        return replace(target, runtime="c", kernels=KERNELS, tflm="")

    def footprint(self, model: Graph | bytes, target: Target) -> Footprint:
        if isinstance(model, bytes):
            measured = _native.profile(model, *_MACHINE)
            built, refused = _read(model, target)
        else:
            measured = _native.estimate(model, *_MACHINE)
            built, refused = _build(network_of(model), target)
        return Footprint(
            **_totals(measured.totals, target, built, refused),
            ops=tuple(_op(i, row, target, built, refused.get(i)) for i, row in enumerate(measured.ops)),
            tensors=_tensors(measured.tensors, built),
            ram_limit_bytes=target.ram_bytes,
            flash_limit_bytes=target.flash_bytes,
        )

    def totals(self, graphs: Iterable[Graph], target: Target) -> list[Totals]:
        graphs = list(graphs)
        rows = _native.estimate_many(graphs, *_MACHINE)
        built = (_build(network_of(graph), target) for graph in graphs)
        return [Totals(**_totals(row, target, *each)) for row, each in zip(rows, built, strict=True)]

    def latency_error(self, footprint: Footprint, target: Target) -> float | None:
        costs = costs_of(target.core)
        return None if costs is None else costs.error

    def counts_instructions(self, target: Target) -> bool:
        return costs_of(target.core) is not None


RUNTIMES.register("c")(PlainC())


def _costs(target: Target) -> Costs:
    return costs_of(target.core) or _NOTHING


@dataclass(frozen=True)
class _Built:
    """A network as plain C, and what it costs on a core."""

    network: Network
    program: Program
    estimate: Estimate
    constants: int
    in_ram: int
    compiler: str

    @classmethod
    def of(cls, network: Network, program: Program, costs: Costs) -> "_Built":
        calls = calls_of(program)
        # Constants that kernels read like any other input; only AVR has them in RAM, where it reads nothing else.
        read = {t.index: t.size for step in program.steps for t in step.inputs if t.is_constant}
        plain = sum(read.values())
        constants = plain + sum(call.constant_bytes for call in calls)
        return cls(network, program, estimate(calls, costs), constants, plain * costs.by_pixel, costs.compiler)

    def last(self) -> int:
        """Return the operator whose constants lie behind those of all others."""
        output = next(step.output for step in reversed(self.program.steps) if step.constants)
        return next(op.index for op in self.network.operators if output in op.outputs)

    def instructions(self, op: int | None = None) -> float | None:
        """Return the instructions of an operator, or of an inference; None if they are not known."""
        counted = [
            count
            for step, count in zip(self.program.steps, self.estimate.instructions, strict=True)
            if op is None or step.output in self.network.operators[op].outputs
        ]
        known = [count for count in counted if count is not None]
        return sum(known) if len(known) == len(counted) else None


def _read(model: bytes, target: Target) -> tuple[_Built | None, dict[int, str]]:
    """Return what a file becomes, and the operators that plain C cannot express, each with the reason."""
    try:
        network = read_network(model, "model")
    except InputError as error:
        return None, {0: f"plain C cannot express it: {error}"}
    return _build(network, target)


def _build(network: Network, target: Target) -> tuple[_Built | None, dict[int, str]]:
    program, refused = try_to_compile(network)
    if program is None:
        return None, {one.index: f"plain C cannot express it: {one.words}" for one in refused}
    built = _Built.of(network, program, _costs(target))
    if target.core == "avr" and built.constants > NEAR_FLASH_BYTES:
        far = f"{built.constants:,} B of constants are more than the {NEAR_FLASH_BYTES:,} that an AVR's addresses reach"
        return built, {built.last(): far}
    return built, {}


def _totals(row: "_native.Totals", target: Target, built: _Built | None, refused: Mapping[int, str]) -> dict[str, Any]:
    instructions = built.instructions() if built else None
    latency_ms = target.milliseconds(instructions)
    return {
        "target": target.name,
        "runtime": target.runtime,
        "release": built.compiler if built else "",
        "kernels": target.kernels,
        "file_bytes": row.file_bytes,
        "weights_bytes": row.weights_bytes,
        "detail": _ram(built),
        "flash": Flash(built.constants, built.estimate.code, built.estimate.unknown) if built else Flash(0, 0),
        "macs": row.macs,
        "latency_ms": latency_ms,
        "latency_range_ms": target.range_ms(latency_ms),
        "energy_uj": target.microjoules(latency_ms),
        "supported": built is not None and not refused,
    }


def _ram(built: _Built | None) -> Buffers:
    if built is None:
        return Buffers(0, 0, 0)
    given = sum(tensor.size for tensor in (*built.network.inputs, *built.network.outputs))
    return Buffers(built.program.ram_bytes + built.in_ram, given, built.estimate.stack)


def _op(index: int, row: "_native.Op", target: Target, built: _Built | None, refusal: str | None) -> OpFootprint:
    scratch = 0
    if built is not None:
        outputs = built.network.operators[index].outputs
        scratch = max((step.scratch_bytes for step in built.program.steps if step.output in outputs), default=0)
    return OpFootprint(
        index=index,
        op=row.kind,
        macs=row.macs,
        scratch_bytes=scratch,
        latency_ms=target.milliseconds(built.instructions(index)) if built else None,
        inputs=row.inputs,
        outputs=row.outputs,
        supported=refusal is None,
        reason=refusal,
        custom_code=row.custom_code,
    )


def _tensors(rows: Sequence["_native.Tensor"], built: _Built | None) -> tuple[TensorFootprint, ...]:
    """Return the tensors with their places in the static RAM, and behind them the copies of windows."""
    places = built.program.places if built else {}
    found = [
        replace(TensorFootprint(index, *row), offset=_offset(places.get(index)))
        for index, row in enumerate(rows)
        if row.kind != "scratch"
    ]
    makers = {out.index: op.index for op in built.network.operators for out in op.outputs} if built else {}
    for step in built.program.steps if built else ():
        if step.scratch_bytes and built is not None:
            size, op, offset = step.scratch_bytes, makers[step.output.index], _offset(built.program.scratch[step.name])
            found.append(
                TensorFootprint(len(found), f"{step.name}_windows", (size,), "int8", size, "scratch", offset, op, op)
            )
    return tuple(found)


def _offset(place: str | None) -> int | None:
    """Return where a place lies in the static RAM; None for one that is not in it."""
    if place is None or not place.startswith("arena"):
        return None
    return int(place.partition(" + ")[2] or 0)
