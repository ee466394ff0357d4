"""Costs of a candidate: numbers of its footprint that are better when lower. And the Pareto front by any of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from nas.study.record import Record
from nas.target.ram import ram_needed, ram_title
from nas.text import UNKNOWN, kilobytes


@dataclass(frozen=True, slots=True)
class Cost:
    """A number of a footprint that is better when lower.

    Attributes:
        title: what texts call it, on TFLM.
        key: its key in `Footprint.summary()`.
        unit: `B`, `ms`, or empty for a count.
    """

    title: str
    key: str
    unit: str = ""

    def titled(self, records: Iterable[Record]) -> str:
        """Return what texts call it for some candidates: plain C and front-ends have RAM, not an arena."""
        facts = (record.profiled or record.estimated or {} for record in records)
        return ram_title(*facts) if self.key == "arena_min_bytes" else self.title

    def of(self, record: Record) -> float | None:
        """Return this cost of a candidate's `.tflite`; None if it has none, or if the target does not tell."""
        facts = record.profiled or {}
        value = ram_needed(facts) if self.key == "arena_min_bytes" else facts.get(self.key)
        return None if value is None else float(value)

    def text(self, record: Record) -> str:
        """Return this cost as people read it; a dash if it is not known."""
        value = self.of(record)
        return UNKNOWN if value is None else self.words(value)

    def words(self, value: float) -> str:
        """Return an amount of this cost as people read it."""
        if self.unit == "B":
            return kilobytes(int(value))
        return f"{value:,.2f} {self.unit}" if self.unit else f"{value:,.0f}"


COSTS: Mapping[str, Cost] = {
    "weights": Cost("weights", "weights_bytes", "B"),
    # What a budget binds: the arena to reserve, and the RAM of a front-end.
    "arena": Cost("arena", "arena_min_bytes", "B"),
    "macs": Cost("MACs", "macs"),
    "latency": Cost("latency", "latency_ms", "ms"),
}
"""Every cost by name, in the order in which tables show them."""


def known_costs(records: Iterable[Record]) -> tuple[Cost, ...]:
    """Return the costs that every one of the records has; latency is known for boards with a clock only."""
    listed = list(records)
    return tuple(cost for cost in COSTS.values() if all(cost.of(record) is not None for record in listed))


def front(records: Sequence[Record], costs: Sequence[Cost]) -> tuple[Record, ...]:
    """Return the Pareto front by the study's metric and some costs, the cheapest first.

    No other record is at least as good in the metric and in every cost, and better in one. Of records that are equal
    in all of them, the first trial is kept. Records that lack the metric or one of the costs are left out.
    """

    def spent(record: Record) -> tuple[float, ...]:
        return tuple(value for cost in costs if (value := cost.of(record)) is not None)

    best: list[Record] = []
    known = [r for r in records if r.val_score is not None and len(spent(r)) == len(costs)]
    # A record can only be beaten by one that stands before it in this order.
    for record in sorted(known, key=lambda r: (spent(r), -r.rank, r.trial)):
        beaten = any(
            other.rank >= record.rank and all(b <= a for a, b in zip(spent(record), spent(other), strict=True))
            for other in best
        )
        best += [] if beaten else [record]
    return tuple(best)
