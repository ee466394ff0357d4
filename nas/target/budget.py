"""Upper limits on a footprint."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from nas.errors import InputError
from nas.target.footprint import RUNTIME_NAMES, Footprint, Totals
from nas.target.target import Target

# A .tflite counts its bytes in 32 bits.
MOST_KB = 4 * 1024 * 1024
MOST_THOUSANDS = 1_000_000_000
MOST_MS = 1_000_000
# The excess, as a fraction of the limit, of a latency that is not known.
_UNKNOWN_EXCESS = 1000.0


def to_bytes(limit: float | None, place: str) -> int | None:
    """Return a limit given in KB in bytes; InputError at `place` if that is not between a byte and 4 GB."""
    if limit is None:
        return None
    if not 0 < limit <= MOST_KB:
        raise InputError(place, f"must be above 0 and at most {MOST_KB:,} KB", got=limit)
    if limit * 1024 < 1:
        raise InputError(place, "must be 1 byte or more", got=limit, hint="1 KB = 1024 bytes")
    return int(limit * 1024)


def thousands(limit: float | None, place: str) -> int | None:
    """Return a limit given in thousands as a count; InputError at `place` if that is not from 1 to 10**12."""
    if limit is None:
        return None
    if not 0.001 <= limit <= MOST_THOUSANDS:
        raise InputError(place, f"must be from 0.001 to {MOST_THOUSANDS:,}, in thousands", got=limit)
    return round(limit * 1000)


def milliseconds(limit: float | None, place: str) -> float | None:
    """Return a limit of the latency; InputError at `place` if it is not above 0 and at most 10**6 ms."""
    if limit is not None and not 0 < limit <= MOST_MS:
        raise InputError(place, f"must be above 0 and at most {MOST_MS:,} ms", got=limit)
    return limit


def amount(what: str, used: float) -> str:
    """Return what a network uses of a limit in words, such as `weights 7,210 B`, `12,000 MACs` or `latency 25.3 ms`."""
    if what == "macs":
        return f"{used:,.0f} MACs"
    if what == "latency":
        return f"latency {used:.4g} ms" if math.isfinite(used) else "an unknown latency"
    return f"{what} {used:,.0f} B"


@dataclass(frozen=True, slots=True)
class Budget:
    """What a network may use; None means no limit.

    Attributes:
        weights_bytes: limits the bytes of all constant tensors, the size that published results of tiny models give.
        ram_bytes: limits the smallest arena that works, which can exceed head + tail, since planning needs memory.
        flash_bytes: limits the model file plus the runtime's code.
        macs: limits the multiply-accumulates of an inference.
        latency_ms: limits the estimated latency of an inference, which exceeds any limit where it is not known.
    """

    weights_bytes: int | None = None
    ram_bytes: int | None = None
    flash_bytes: int | None = None
    macs: int | None = None
    latency_ms: float | None = None

    @classmethod
    def of(
        cls,
        target: Target,
        *,
        budget_kb: float | None = None,
        ram_kb: float | None = None,
        flash_kb: float | None = None,
        macs_k: float | None = None,
        latency_ms: float | None = None,
    ) -> "Budget":
        """Return the limits that are given in KB, thousands and ms; RAM and flash are the target's where none is given.

        Raises:
            InputError: a limit is not positive.
        """
        ram, flash = to_bytes(ram_kb, "--ram-kb"), to_bytes(flash_kb, "--flash-kb")
        return cls(
            weights_bytes=to_bytes(budget_kb, "--budget-kb"),
            ram_bytes=target.ram_bytes if ram is None else ram,
            flash_bytes=target.flash_bytes if flash is None else flash,
            macs=thousands(macs_k, "--macs-k"),
            latency_ms=milliseconds(latency_ms, "--latency-ms"),
        )

    def limits(self) -> dict[str, float]:
        """Return the limits that are set: bytes, for `macs` a count, for `latency` milliseconds."""
        every = {
            "weights": self.weights_bytes,
            "ram": self.ram_bytes,
            "flash": self.flash_bytes,
            "macs": self.macs,
            "latency": self.latency_ms,
        }
        return {what: limit for what, limit in every.items() if limit is not None}

    def over(self, footprint: Totals) -> dict[str, float]:
        """Return the limits that are exceeded, each with the excess as a fraction of the limit."""
        return {
            what: min((used - limit) / limit, _UNKNOWN_EXCESS)
            for what, used, limit in self._limited(footprint)
            if used > limit
        }

    def describe(self, footprint: Totals) -> str:
        """Return the exceeded limits in one line, such as `weights 7,210 B (limit 6,144 B)`; empty if none is."""
        return ", ".join(
            f"{amount(what, used)} (limit {_bare(what, limit)})"
            for what, used, limit in self._limited(footprint)
            if used > limit
        )

    def excess(self, footprint: Totals) -> dict[str, float]:
        """Return the limits that are exceeded, each with the bytes, multiply-accumulates or milliseconds above it."""
        return {
            what: used - limit for what, used, limit in self._limited(footprint) if used > limit and math.isfinite(used)
        }

    def problems(self, footprint: Footprint) -> tuple[str, ...]:
        """Return why it is not certain that a model runs within the limits, in words; empty if it does.

        A lower bound within a limit proves nothing: an operator that is not known is a problem of its own.
        """
        found = [_problem(what, used, limit) for what, used, limit in self._limited(footprint) if used > limit]
        if footprint.refused:
            found.insert(0, f"it does not run on {RUNTIME_NAMES[footprint.runtime]}")
        if not footprint.complete:
            found.append("it has operators that are not known to us, so it may need more than any limit")
        return tuple(found)

    def _limited(self, footprint: Totals) -> Iterator[tuple[str, float, float]]:
        if self.weights_bytes is not None:
            yield "weights", footprint.weights_bytes, self.weights_bytes
        if self.ram_bytes is not None:
            yield "ram", footprint.ram_bytes, self.ram_bytes
        if self.flash_bytes is not None:
            yield "flash", footprint.flash_bytes, self.flash_bytes
        if self.macs is not None:
            yield "macs", footprint.macs, self.macs
        if self.latency_ms is not None:
            yield "latency", math.inf if footprint.latency_ms is None else footprint.latency_ms, self.latency_ms


def _bare(what: str, limit: float) -> str:
    """Return a limit with its unit, without what it limits."""
    if what == "latency":
        return f"{limit:g} ms"
    return f"{limit:,.0f}" if what == "macs" else f"{limit:,.0f} B"


def _problem(what: str, used: float, limit: float) -> str:
    if what != "latency":
        unit = "" if what == "macs" else " bytes"
        return f"{what} {used:,.0f} of {limit:,.0f}{unit}, over by {used - limit:,.0f}"
    if not math.isfinite(used):
        return f"its latency is not known, so it may take more than {limit:g} ms"
    return f"latency {used:.4g} of {limit:g} ms, over by {used - limit:.3g}"
