"""One model on both runtimes, TensorFlow Lite Micro and plain C: what it costs on each."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from nas.errors import InputError
from nas.target.footprint import RUNTIME_NAMES, Footprint
from nas.target.profiler import profile
from nas.target.ram import Buffers
from nas.target.room import at_least
from nas.target.target import Target
from nas.text import UNKNOWN


@dataclass(frozen=True, slots=True)
class OnRuntime:
    """A model on one runtime.

    Attributes:
        runtime: `tflm` or `c`.
        target: where it runs.
        footprint: what it costs; None where the runtime does not run on the target, or not this model.
        reason: why there is no footprint; empty otherwise.
    """

    runtime: str
    target: Target
    footprint: Footprint | None
    reason: str = ""

    @property
    def title(self) -> str:
        """What people call the runtime."""
        return RUNTIME_NAMES[self.runtime]


def side_by_side(tflite: bytes, target: Target) -> tuple[OnRuntime, ...]:
    """Return a model on TFLM and on plain C, on the same target; nothing if it cannot be read at all."""
    found = tuple(_on(runtime, tflite, target) for runtime in ("tflm", "c"))
    return found if any(one.footprint for one in found) else ()


def _on(runtime: str, tflite: bytes, target: Target) -> OnRuntime:
    try:
        footprint = profile(tflite, target.on(runtime))
    except InputError as error:
        return OnRuntime(runtime, target, None, str(error))
    if footprint.refused:
        return OnRuntime(runtime, target, None, next(op.reason for op in footprint.ops if op.reason) or "")
    return OnRuntime(runtime, target, footprint)


def cost_rows(found: tuple[OnRuntime, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the lines of a table: a title and the figure on each runtime; a line without any figure is left out."""
    for title, words in _ROWS.items():
        figures = [UNKNOWN if one.footprint is None else words(one.footprint) for one in found]
        if {*figures} != {UNKNOWN}:
            yield title, *figures


def _code(footprint: Footprint) -> str:
    return at_least(bool(footprint.flash.without_code)) + f"{footprint.flash.code:,} B"


def _flash(footprint: Footprint) -> str:
    return at_least(bool(footprint.flash.without_code)) + f"{footprint.flash_bytes:,} B"


def _static(footprint: Footprint) -> str:
    ram = footprint.detail
    if isinstance(ram, Buffers):
        return f"{ram.static:,} B and {ram.given:,} B of input and output"
    return f"arena {ram.min:,} B"


def _more(footprint: Footprint) -> str:
    ram = footprint.detail
    if isinstance(ram, Buffers):
        return f"stack {ram.stack:,} B"
    beside = ram.outside
    if beside is None:
        return UNKNOWN
    stack = "stack not measured" if beside.stack is None else f"stack {beside.stack:,} B"
    return f"{stack}, interpreter and resolver {beside.interpreter + beside.resolver:,} B"


def _latency(footprint: Footprint) -> str:
    return UNKNOWN if footprint.latency_ms is None else f"{footprint.latency_ms:.3g} ms"


_ROWS: Mapping[str, Callable[[Footprint], str]] = {
    "model in flash": lambda footprint: f"{footprint.flash.model:,} B",
    "code": _code,
    "flash": _flash,
    "static RAM": _static,
    "RAM beside it": _more,
    "latency, estimated": _latency,
}
