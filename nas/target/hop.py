"""What a network costs hop by hop: in plain C that computes only what new rows of a sliding window change."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Hop:
    """How often a network answers that computes only what is new.

    Attributes:
        rows: of the input, in time, from one answer to the next.
        window: rows that an answer is for.
    """

    rows: int
    window: int

    def __str__(self) -> str:
        return f"{self.rows:,} of {self.window:,} rows"


@dataclass(frozen=True, slots=True)
class HopByHop:
    """A network hop by hop, where the other figures of its footprint are those of whole windows.

    Attributes:
        hop: the shortest one; None if the network cannot run so, and with it all figures are None.
        macs: multiply-accumulates of a hop.
        ram_bytes: all RAM of the network.
        latency_ms: of a hop; None without a clock too.
        why_not: why the network cannot run so, in a clause; empty if it can.
    """

    hop: Hop | None = None
    macs: int | None = None
    ram_bytes: int | None = None
    latency_ms: float | None = None
    why_not: str = ""

    def words(self) -> str:
        """Return the figures, or the reason, in a line."""
        if self.hop is None:
            return f"not possible: {self.why_not}"
        spent = "" if self.latency_ms is None else f", {self.latency_ms:.3g} ms"
        return f"{self.hop} at once: {self.macs:,} MACs{spent}, RAM {self.ram_bytes:,} B (--streaming {self.hop.rows})"


def hop_json(hop: Hop | None, hop_by_hop: HopByHop | None) -> dict[str, Any]:
    """Return the keys of a footprint's document."""
    found = {"hop": hop, "hop_by_hop": hop_by_hop}
    return {key: asdict(value) for key, value in found.items() if value is not None}
