"""What a network costs on a target: weights, file, RAM, flash, MACs, latency.

Plain data, the same types whether a footprint was estimated from a graph before training or read from the bytes of a
`.tflite`, and whatever runtime gave it; `nas.target.profiler` makes them.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from nas.signal.device_cost import DeviceCost
from nas.target.hop import Hop, HopByHop, hop_json
from nas.target.ram import Detail, ram_title
from nas.target.room import left_for_program, room
from nas.text import facts_html

RUNTIME_NAMES: Mapping[str, str] = {"tflm": "TensorFlow Lite Micro", "c": "plain C"}

TensorKind = Literal["input", "output", "activation", "constant", "scratch"]


@dataclass(frozen=True, slots=True)
class Flash:
    """Bytes of flash: the model (TFLM: its file; plain C: constants), and code with the kernels that it needs.

    `without_code` names the operators whose code was never measured: `code` is then a lower bound.
    """

    model: int
    code: int
    without_code: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OpFootprint:
    """One operator.

    Attributes:
        reason: why the runtime refuses it, or why nothing is known of it; None if it is supported.
        known: whether its memory and work are known; if not, they count as nothing.
        custom_code: the name of an operator that is not one of TFLite's own.
        extrapolated: its latency is that of a shape unlike all that were counted: its error is not known.
    """

    index: int
    op: str
    macs: int
    scratch_bytes: int
    latency_ms: float | None
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    supported: bool
    reason: str | None
    known: bool = True
    custom_code: str | None = None
    extrapolated: bool = False

    @property
    def name(self) -> str:
        """The operator as people call it: CONV_2D, SignalWindow."""
        return self.op if self.custom_code is None else self.custom_code


@dataclass(frozen=True, slots=True)
class TensorFootprint:
    """One tensor or scratch buffer.

    It lies at `offset` of the RAM that is planned (TFLM: the arena's head) while operators `first_op` through `last_op`
    run. Constants lie in flash: their offset, first and last operator are None.
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
class FrontEndShare(DeviceCost):
    """What the front-end takes of a footprint's RAM, flash and latency.

    Attributes:
        latency_ms: for all frames of a row; None without a clock, or where instructions were not counted.
    """

    latency_ms: float | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """The figures that budgets and objectives read.

    Attributes:
        target: the target's name.
        runtime: the name of the runtime that the figures hold for.
        release: the release of that runtime.
        latency_range_ms: the least and most latency for the cycles that an instruction of the core may take.
        kernels: the set of kernels that the runtime is built with.
        weights_bytes: bytes of all constant tensors.
        detail: the runtime's own figures of its RAM.
        supported: whether the runtime is known to accept every operator.
        complete: whether all operators are known; if not, RAM, flash, MACs and latency are lower bounds.
        front_end: the share of the front-end in RAM, flash and latency; None for a network without one, or alone.
        hop: of a network that computes only what is new, how often it answers: MACs, latency and energy are of a hop;
            None where they are of a whole window.
    """

    target: str
    runtime: str
    release: str
    kernels: str
    file_bytes: int
    weights_bytes: int
    detail: Detail
    flash: Flash
    macs: int
    latency_ms: float | None
    supported: bool
    latency_range_ms: tuple[float, float] | None = field(default=None, kw_only=True)
    energy_uj: float | None = field(default=None, kw_only=True)
    complete: bool = field(default=True, kw_only=True)
    front_end: FrontEndShare | None = field(default=None, kw_only=True)
    hop: Hop | None = field(default=None, kw_only=True)

    @property
    def ram_bytes(self) -> int:
        """RAM that front-end and network need: on TFLM, the network's is the smallest arena that works."""
        return self.detail.ram_bytes + (self.front_end.ram_bytes if self.front_end else 0)

    @property
    def flash_bytes(self) -> int:
        return self.flash.model + self.flash.code + (self.front_end.flash_bytes if self.front_end else 0)

    def summary(self) -> dict[str, Any]:
        """Return the figures as one flat table."""
        return {
            "weights_bytes": self.weights_bytes,
            "file_bytes": self.file_bytes,
            **self.detail.summary(),
            "flash_bytes": self.flash_bytes,
            "macs": self.macs,
            "latency_ms": self.latency_ms,
            "energy_uj": self.energy_uj,
            "supported": self.supported,
            "complete": self.complete,
            **self._front_end_summary(),
        }

    def _front_end_summary(self) -> dict[str, Any]:
        if self.front_end is None:
            return {}
        return {
            "ram_bytes": self.ram_bytes,
            "front_end_ram_bytes": self.front_end.ram_bytes,
            "front_end_flash_bytes": self.front_end.flash_bytes,
            "front_end_instructions": self.front_end.instructions,
            "front_end_latency_ms": self.front_end.latency_ms,
        }


@dataclass(frozen=True, slots=True, repr=False)
class Footprint(Totals):
    """The totals with every operator and tensor behind them.

    Attributes:
        hop_by_hop: what the network alone costs if it computes only what is new; None on other runtimes than plain C,
            and where `hop` is given.
        file: None for an estimate.
        ram_limit_bytes: the target's RAM, and `flash_limit_bytes` its flash; None for a core without a board.
    """

    ops: tuple[OpFootprint, ...] = field(kw_only=True)
    hop_by_hop: HopByHop | None = field(default=None, kw_only=True)
    tensors: tuple[TensorFootprint, ...] = field(kw_only=True)
    file: str | None = field(default=None, kw_only=True)
    ram_limit_bytes: int | None = field(default=None, kw_only=True)
    flash_limit_bytes: int | None = field(default=None, kw_only=True)

    @property
    def _ram_word(self) -> str:
        return ram_title(self.summary())

    @property
    def fits(self) -> bool:
        """Whether arena and flash are within the target's; so far as they are known, see `complete`."""
        return self._ram()[1] and self._flash()[1]

    def _ram(self) -> tuple[str, bool]:
        return room(self.ram_bytes, self.ram_limit_bytes, not self.complete)

    def _flash(self) -> tuple[str, bool]:
        return room(self.flash_bytes, self.flash_limit_bytes, not self.complete or bool(self.flash.without_code))

    @property
    def refused(self) -> bool:
        """Whether the runtime is known to refuse an operator, so that the model does not run."""
        return any(op.known and not op.supported for op in self.ops)

    @property
    def computes_floats(self) -> bool:
        """Whether an operator computes floats, beyond turning them into integers or back."""
        converters = {"QUANTIZE", "DEQUANTIZE"}
        written = (i for op in self.ops if op.op not in converters for i in op.outputs if i >= 0)
        return any(self.tensors[i].dtype == "float32" for i in written)

    def __repr__(self) -> str:
        """Return the model, its target and its main figures in one line; `str()` gives all figures."""
        ram = f"{self.ram_bytes:,} B" if self.detail.known else "unknown"
        return (
            f"<nas.Footprint: {self.file or 'estimate'} on {self.target}: weights {self.weights_bytes:,} B, "
            f"{self._ram_word} {ram}, file {self.file_bytes:,} B{'' if self.fits else ', does not fit'}>"
        )

    def __str__(self) -> str:
        head, facts = f"{self.file or 'estimate'} on {self.target}", self._facts()
        return "\n".join([head, *(f"  {name:22}{value}" for name, value in facts.items())])

    def _facts(self) -> dict[str, object]:
        return {
            "weights": f"{self.weights_bytes:,} B",
            "file": f"{self.file_bytes:,} B",
            self._ram_word: _with_room(self.ram_bytes, self._ram()[0]) if self.detail.known else "unknown",
            "flash": _with_room(self.flash_bytes, self._flash()[0]) if self.detail.known else "unknown",
            **self._front_end_fact(),
            **({} if self.hop is None else {"streaming": str(self.hop)}),
            "multiply-accumulates": f"{self.macs:,}",
            "latency": "unknown" if self.latency_ms is None else f"{self.latency_ms:.3g} ms",
            "runs": self._runs(),
        }

    def _front_end_fact(self) -> dict[str, object]:
        share = self.front_end
        return {} if share is None else {"of it front-end": f"RAM {share.ram_bytes:,} B, flash {share.flash_bytes:,} B"}

    def _runs(self) -> str:
        if self.refused:
            return "no: the runtime refuses operators"
        if not self.fits:
            return "no: it does not fit the board"
        left = left_for_program(self.ram_bytes, self.ram_limit_bytes)
        return f"yes{left and f', with {left}'}" if self.supported else "not known"

    def _repr_html_(self) -> str:
        return facts_html(f"{self.file or 'estimate'} on {self.target}", self._facts())

    def _flash_json(self) -> dict[str, Any]:
        if not self.detail.known:
            return {"flash_bytes": None, "flash": {"model": None, "code": None, "without_code": ()}}
        return {"flash_bytes": self.flash_bytes, "flash": dataclasses.asdict(self.flash)}

    def to_json(self) -> dict[str, Any]:
        """Return the document of `nas profile --json`, without the key `file` for an estimate."""
        return {
            **({} if self.file is None else {"file": self.file}),
            "file_bytes": self.file_bytes,
            "target": self.target,
            "kernels": self.kernels,
            self.runtime: self.release,
            "weights_bytes": self.weights_bytes,
            **self.detail.to_json(),
            **self._flash_json(),
            "macs": self.macs,
            "latency_ms": self.latency_ms,
            "latency_range_ms": self.latency_range_ms,
            "energy_uj": self.energy_uj,
            "supported": self.supported,
            "complete": self.complete and self.detail.known,
            **({} if self.front_end is None else {"front_end": dataclasses.asdict(self.front_end)}),
            **hop_json(self.hop, self.hop_by_hop),
            "ops": [dataclasses.asdict(op) for op in self.ops],
            "tensors": [dataclasses.asdict(tensor) for tensor in self.tensors],
        }


def _with_room(used: int, words: str) -> str:
    return f"{used:,} B{words and f', {words}'}"
