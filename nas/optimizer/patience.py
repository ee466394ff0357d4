"""When a search ends because its candidates have ceased to become better."""

from collections.abc import Callable, Iterable

from nas.study.record import Record, State


class Patience:
    """Counts the trained candidates since the last one that was better than all before.

    Candidates count that were trained to the end or to a rung. One is better if no other is at least as good in every
    objective.

    Args:
        patience: number of candidates at which the search ends; 0 for none.
        gains: returns what candidates are compared by.
        records: of the trials that have ended so far; `add` takes further ones.
    """

    def __init__(
        self, patience: int, gains: Callable[[Record], tuple[float, ...]], records: Iterable[Record] = ()
    ) -> None:
        self._patience = patience
        self._gains = gains
        self._best: list[tuple[float, ...]] = []
        self._count = 0
        for record in records:
            self.add(record)

    def add(self, record: Record) -> None:
        """Take note of a trial that has ended."""
        if not self._patience:
            return
        if record.state == State.COMPLETE:
            own = self._gains(record)
            if any(all(b >= g for b, g in zip(other, own, strict=True)) for other in self._best):
                self._count += 1
                return
            self._best = [other for other in self._best if not all(g >= b for b, g in zip(other, own, strict=True))]
            self._best.append(own)
            self._count = 0
        elif record.at_rung is not None:
            self._count += 1

    def used_up(self) -> str | None:
        """Return why the search ends; None if it goes on."""
        is_over = self._patience and self._count >= self._patience
        return f"stopped after {self._count} candidates without a better one" if is_over else None
