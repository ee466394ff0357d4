"""Upper limits on a footprint."""

from collections.abc import Iterator
from dataclasses import dataclass

from nas.errors import InputError
from nas.target.footprint import Footprint, Totals
from nas.target.target import Target

# A .tflite counts its bytes in 32 bits.
MOST_KB = 4 * 1024 * 1024
MOST_THOUSANDS = 1_000_000_000


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


@dataclass(frozen=True, slots=True)
class Budget:
    """What a network may use; None means no limit.

    Attributes:
        weights_bytes: limits the bytes of all constant tensors, the size that published results of tiny models give.
        ram_bytes: limits the smallest arena that works, which can exceed head + tail, since planning needs memory.
        flash_bytes: limits the model file plus the runtime's code.
        macs: limits the multiply-accumulates of an inference.
    """

    weights_bytes: int | None = None
    ram_bytes: int | None = None
    flash_bytes: int | None = None
    macs: int | None = None

    @classmethod
    def of(
        cls,
        target: Target,
        *,
        budget_kb: float | None = None,
        ram_kb: float | None = None,
        flash_kb: float | None = None,
        macs_k: float | None = None,
    ) -> "Budget":
        """Return the limits that are given in KB and thousands; RAM and flash are the target's where none is given.

        Raises:
            InputError: a limit is not positive.
        """
        ram, flash = to_bytes(ram_kb, "--ram-kb"), to_bytes(flash_kb, "--flash-kb")
        return cls(
            weights_bytes=to_bytes(budget_kb, "--budget-kb"),
            ram_bytes=target.ram_bytes if ram is None else ram,
            flash_bytes=target.flash_bytes if flash is None else flash,
            macs=thousands(macs_k, "--macs-k"),
        )

    def limits(self) -> dict[str, int]:
        """Return the limits that are set: bytes, and for `macs` a count."""
        every = {"weights": self.weights_bytes, "ram": self.ram_bytes, "flash": self.flash_bytes, "macs": self.macs}
        return {what: limit for what, limit in every.items() if limit is not None}

    def over(self, footprint: Totals) -> dict[str, float]:
        """Return the limits that are exceeded, each with the excess as a fraction of the limit."""
        return {what: (used - limit) / limit for what, used, limit in self._limited(footprint) if used > limit}

    def describe(self, footprint: Totals) -> str:
        """Return the exceeded limits in one line, such as `weights 7,210 B (limit 6,144 B)`; empty if none is."""
        return ", ".join(
            f"{used:,} MACs (limit {limit:,})" if what == "macs" else f"{what} {used:,} B (limit {limit:,} B)"
            for what, used, limit in self._limited(footprint)
            if used > limit
        )

    def excess(self, footprint: Totals) -> dict[str, int]:
        """Return the limits that are exceeded, each with the bytes, or multiply-accumulates, above it."""
        return {what: used - limit for what, used, limit in self._limited(footprint) if used > limit}

    def problems(self, footprint: Footprint) -> tuple[str, ...]:
        """Return why it is not certain that a model runs within the limits, in words; empty if it does.

        A lower bound within a limit proves nothing: an operator that is not known is a problem of its own.
        """
        found = [
            f"{what} {used:,} of {limit:,}{'' if what == 'macs' else ' bytes'}, over by {used - limit:,}"
            for what, used, limit in self._limited(footprint)
            if used > limit
        ]
        if footprint.refused:
            found.insert(0, "it does not run on TensorFlow Lite Micro")
        if not footprint.complete:
            found.append("it has operators that are not known to us, so it may need more than any limit")
        return tuple(found)

    def _limited(self, footprint: Totals) -> Iterator[tuple[str, int, int]]:
        if self.weights_bytes is not None:
            yield "weights", footprint.weights_bytes, self.weights_bytes
        if self.ram_bytes is not None:
            yield "ram", footprint.ram_bytes, self.ram_bytes
        if self.flash_bytes is not None:
            yield "flash", footprint.flash_bytes, self.flash_bytes
        if self.macs is not None:
            yield "macs", footprint.macs, self.macs
