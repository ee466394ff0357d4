"""Plain C without a runtime: constants and static RAM exactly; code, stack and instructions as fitted to real builds.

Its RAM is all that an inference needs: static buffers, input, output and stack. Its flash is constants and code.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, ClassVar

from nas import _native
from nas.errors import InputError
from nas.graph.graph import Graph
from nas.target.footprint import Flash, Footprint, OpFootprint, TensorFootprint, Totals
from nas.target.hop import HopByHop
from nas.target.plain_c.built import Built, tensors_of
from nas.target.plain_c.costs import Costs, costs_of
from nas.target.plain_c.from_graph import network_of
from nas.target.plain_c.model import Network, read_network
from nas.target.plain_c.near_flash import out_of_reach
from nas.target.plain_c.program import try_to_compile
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
        "streaming": Key("a positive whole number", lambda value: type(value) is int and value > 0),
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
            **_totals(measured, target, built, refused),
            hop_by_hop=None if target.streaming or built is None else _hop_by_hop(measured, target, built),
            ops=tuple(_op(i, row, target, built, refused.get(i)) for i, row in enumerate(measured.ops)),
            tensors=tensors_of([TensorFootprint(i, *row) for i, row in enumerate(measured.tensors)], built),
            ram_limit_bytes=target.ram_bytes,
            flash_limit_bytes=target.flash_bytes,
        )

    def totals(self, graphs: Iterable[Graph], target: Target) -> list[Totals]:
        found = []
        for graph in graphs:
            measured = _native.estimate(graph, *_MACHINE)
            found.append(Totals(**_totals(measured, target, *_build(network_of(graph), target))))
        return found

    def latency_error(self, footprint: Footprint, target: Target) -> float | None:
        costs = costs_of(target.core)
        return None if costs is None else costs.error

    def counts_instructions(self, target: Target) -> bool:
        return costs_of(target.core) is not None


RUNTIMES.register("c")(PlainC())


def _costs(target: Target) -> Costs:
    return costs_of(target.core) or _NOTHING


def _read(model: bytes, target: Target) -> tuple[Built | None, dict[int, str]]:
    """Return what a file becomes, and the operators that plain C cannot express, each with the reason."""
    try:
        network = read_network(model, "model")
    except InputError as error:
        return None, {0: f"plain C cannot express it: {error}"}
    return _build(network, target)


def _build(network: Network, target: Target) -> tuple[Built | None, dict[int, str]]:
    program, refused = try_to_compile(network, target.streaming)
    if program is None:
        return None, {one.index: one.sentence for one in refused}
    built = Built.of(network, program, _costs(target))
    far = out_of_reach(network, program) if target.core == "avr" else None
    return built, {} if far is None else {built.writer(far[0]): far[1]}


def _hop_by_hop(measured: "_native.Measured", target: Target, whole: Built) -> HopByHop:
    """Return what a network costs that computes only what is new, at the shortest hop."""
    program, refused = try_to_compile(whole.network, hop=1)
    if program is None:
        return HopByHop(why_not=refused[0].words)
    built = Built.of(whole.network, program, _costs(target))
    latency_ms = target.milliseconds(built.instructions())
    return HopByHop(built.hop, _macs(measured, built), built.ram().ram_bytes, latency_ms)


def _macs(measured: "_native.Measured", built: Built) -> int:
    return sum(built.macs(index, row.macs) for index, row in enumerate(measured.ops))


def _totals(
    measured: "_native.Measured", target: Target, built: Built | None, refused: Mapping[int, str]
) -> dict[str, Any]:
    row = measured.totals
    instructions = built.instructions() if built else None
    latency_ms = target.milliseconds(instructions)
    return {
        "target": target.name,
        "runtime": target.runtime,
        "release": built.compiler if built else "",
        "kernels": target.kernels,
        "file_bytes": row.file_bytes,
        "weights_bytes": row.weights_bytes,
        "detail": built.ram() if built else Buffers(0, 0, 0, 0, known=False),
        "flash": Flash(built.constants, built.estimate.code, built.estimate.unknown) if built else Flash(0, 0),
        "macs": _macs(measured, built) if built and target.streaming else row.macs,
        "hop": built.hop if built else None,
        "latency_ms": latency_ms,
        "latency_range_ms": target.range_ms(latency_ms),
        "energy_uj": target.microjoules(latency_ms),
        "supported": built is not None and not refused,
    }


def _op(index: int, row: "_native.Op", target: Target, built: Built | None, refusal: str | None) -> OpFootprint:
    return OpFootprint(
        index=index,
        op=row.kind,
        macs=built.macs(index, row.macs) if built else row.macs,
        scratch_bytes=built.scratch_bytes(index) if built else 0,
        latency_ms=target.milliseconds(built.instructions(index)) if built else None,
        inputs=row.inputs,
        outputs=row.outputs,
        supported=refusal is None,
        reason=refusal,
        custom_code=row.custom_code,
    )
