"""The results at the rungs of a study: who passes, who is promoted; kept up to date as trials end (`nas.study.rungs`).

Each result has its domination rank. A new one changes the ranks of others by a comparison with all of them at once,
which takes a tenth of a millisecond after 10,000 trials; nothing else walks through results.
"""

import bisect
import math
from collections.abc import Iterable, Sequence

import numpy as np

from nas.arrays import Array, Doubles, Flags, Ints
from nas.study.record import Record
from nas.study.rungs import MIN_RESULTS, Gains, GainsAt, Rung, accuracy_at
from nas.task.task import validation_curve


class Standings:
    """The candidates that have reached each rung, one result for each network: that of its longest training.

    Args:
        epochs: of the study's rungs.
        factor: the reduction factor.
        gains_at: what candidates are compared by.
        records: of the trials that have ended so far; `add` takes further ones.
        paused: numbers of the trials whose training can resume; `pause` takes further ones.
    """

    def __init__(
        self,
        epochs: Sequence[int],
        factor: int,
        gains_at: GainsAt,
        records: Iterable[Record] = (),
        paused: Iterable[int] = (),
    ) -> None:
        self._paused = set(paused)
        self._factor = factor
        self._gains_at = gains_at
        self._longest: dict[str, Record] = {}
        self._rungs = {epoch: _Results() for epoch in epochs}
        for record in records:
            self.add(record)

    def add(self, record: Record) -> None:
        """Take the result of one more trial; of two equally long trainings of a network the later one counts."""
        known = self._longest.get(record.digest)
        if known is not None and _length(known) > _length(record):
            return
        self._longest[record.digest] = record
        for epoch, results in self._rungs.items():
            if known is not None and accuracy_at(known, epoch) is not None:
                results.remove(known)
            if (accuracy := accuracy_at(record, epoch)) is not None:
                waits = record.at_rung == epoch and record.trial in self._paused
                results.add(record, self._gains_at(record, accuracy), passed=_length(record) > epoch, waits=waits)

    def pause(self, trial: int) -> None:
        """Take note that the training of a trial which is about to end can resume."""
        self._paused.add(trial)

    def resume(self, trial: int) -> None:
        """Take note that the training of a paused trial resumes."""
        self._paused.discard(trial)
        for results in self._rungs.values():
            results.leave(trial)

    def is_paused(self, trial: int | None) -> bool:
        """Return whether the training of a trial can resume."""
        return trial in self._paused

    def thresholds(self, candidate: Record, perfect: float = 1.0) -> tuple[Rung, ...]:
        """Return the rungs at which `candidate`, which is about to be trained, may stop.

        At a rung it must be among the best 1 / factor of the results there, its own included. Once 1 / factor of the
        results have continued, controls included, it must be the best. A rung that would let every score pass is left
        out.

        Args:
            candidate: its own record, without a history.
            perfect: the greatest score there is; a candidate that reaches it is not stopped.
        """
        rungs = []
        for epoch, results in self._rungs.items():
            if len(results) < MIN_RESULTS:
                continue
            kept = self._factor if results.has_quota(self._factor, arriving=1) else len(results) + 1
            threshold = self._least_passing(candidate, results, kept)
            if threshold > -math.inf:
                rungs.append(Rung(epoch, min(threshold, perfect)))
        return tuple(rungs)

    def promotable(self) -> Record | None:
        """Return the paused candidate to promote now, or None.

        It must be among the best 1 / factor of its rung. No candidate is promoted from a rung that 1 / factor of the
        results have already passed. The highest rung comes first, and on it the candidate with the lowest domination
        rank.
        """
        for _, results in sorted(self._rungs.items(), reverse=True):
            if len(results) > MIN_RESULTS and results.has_quota(self._factor):
                ready = results.best_waiting(self._factor)
                if ready is not None:
                    return ready
        return None

    def _least_passing(self, candidate: Record, results: "_Results", factor: int) -> float:
        """Return the score above which `candidate` is among the best 1 / factor of itself and the results.

        It is -inf if every score passes.
        """
        base = np.array(self._gains_at(candidate, 0.0))
        slope = np.array(self._gains_at(candidate, 1.0)) - base
        if len(base) == 1:
            return results.place(max(1, (len(results) + 1) // factor), base[0], slope[0])
        return _by_bisection(base, slope, results.gains, results.ranks, factor)


class _Results:
    """The results at one rung, in arrays that grow by doubling."""

    def __init__(self) -> None:
        self._records: list[Record] = []
        self._rows: dict[int, int] = {}  # of a trial
        self._gains: Doubles = np.empty((0, 0))
        self._ranks: Ints = np.empty(0, np.int64)
        self._passed: Flags = np.empty(0, bool)
        self._waits: Flags = np.empty(0, bool)
        self._sorted: list[float] = []  # the gains, if there is one objective
        self._count_passed = 0

    def __len__(self) -> int:
        return len(self._records)

    @property
    def gains(self) -> Doubles:
        """Gains, [results, objectives]."""
        return self._gains[: len(self)]

    @property
    def ranks(self) -> Ints:
        """Domination ranks, [results]."""
        return self._ranks[: len(self)]

    def add(self, record: Record, gains: Gains, *, passed: bool, waits: bool) -> None:
        """Add a result: whether its training went on behind the rung, and whether it waits at it to be resumed."""
        if len(self) == len(self._gains):
            self._grow(len(gains))
        row, own = len(self), np.array(gains)
        below, above = self._compared(own)
        self._ranks[:row] += below
        self._gains[row], self._ranks[row] = own, above.sum()
        self._passed[row], self._waits[row] = passed, waits
        self._records.append(record)
        self._rows[record.trial] = row
        self._count_passed += passed
        if len(gains) == 1:
            bisect.insort(self._sorted, gains[0])

    def remove(self, record: Record) -> None:
        """Remove the result of a trial; the last one takes its row."""
        row, last = self._rows.pop(record.trial), len(self) - 1
        gains = self._gains[row].copy()
        self._count_passed -= int(self._passed[row])
        moved = self._records.pop()
        if row != last:
            self._records[row], self._rows[moved.trial] = moved, row
            for values in (self._gains, self._ranks, self._passed, self._waits):
                values[row] = values[last]
        below, _ = self._compared(gains)
        self._ranks[:last] -= below
        if len(gains) == 1:
            del self._sorted[bisect.bisect_left(self._sorted, gains[0])]

    def has_quota(self, factor: int, arriving: int = 0) -> bool:
        """Return whether fewer than 1 / factor of the results, with those that are `arriving`, have passed the rung."""
        return self._count_passed * factor < len(self) + arriving

    def leave(self, trial: int) -> None:
        """Take note that a candidate no longer waits to be resumed."""
        if trial in self._rows:
            self._waits[self._rows[trial]] = False

    def best_waiting(self, factor: int) -> Record | None:
        """Return the best of the candidates that wait, if it is among the best 1 / factor of all results."""
        worst = _worst_kept(self.ranks, factor)
        (rows,) = np.nonzero(self._waits[: len(self)] & (self.ranks <= worst))
        ready = [(self._ranks[row], self._records[row].trial, row) for row in rows.tolist()]
        return self._records[min(ready)[-1]] if ready else None

    def place(self, place: int, base: float, slope: float) -> float:
        """Return the score with which a candidate has the gain of the result at a place, 1 for the best one."""
        return (self._sorted[-place] - base) / slope if place <= len(self) else -math.inf

    def _compared(self, own: Doubles) -> tuple[Flags, Flags]:
        """Return which results a point dominates, and which ones dominate it."""
        as_good: Flags = np.all(self.gains >= own, axis=1)
        no_better: Flags = np.all(self.gains <= own, axis=1)
        return no_better & ~as_good, as_good & ~no_better

    def _grow(self, objectives: int) -> None:
        size = max(64, 2 * len(self._gains))
        self._gains = _grown(self._gains.reshape(-1, objectives), size)
        self._ranks, self._passed, self._waits = (
            _grown(values, size) for values in (self._ranks, self._passed, self._waits)
        )


def _grown(values: Array, size: int) -> Array:
    """Return a copy with `size` rows, of which the last ones have any content."""
    grown = np.empty((size, *values.shape[1:]), values.dtype)
    grown[: len(values)] = values
    return grown


def _length(record: Record) -> int:
    return len(validation_curve(record.history))


def _worst_kept(ranks: Ints, factor: int) -> int:
    """Return the domination rank of the last candidate among the best 1 / factor, of which there is at least one."""
    place = max(1, len(ranks) // factor) - 1
    return int(np.partition(ranks, place)[place])


def _by_bisection(base: Doubles, slope: Doubles, others: Doubles, ranks: Ints, factor: int) -> float:
    """Return the least score above which a candidate is among the best 1 / factor of itself and `others`.

    The rank of the candidate changes only where its score makes it equal to another one. These scores are sorted, and
    the least one that passes is found by bisection.

    Args:
        base: the candidate's gains with a score of 0, [objectives].
        slope: by how much they rise with the score, [objectives].
        others: gains of the others, [n, objectives].
        ranks: domination ranks of the others among themselves, [n].
        factor: the reduction factor.
    """
    depends = slope > 0
    # The score with which the candidate would have another's gain; gains that do not depend on the score stay.
    others = np.where(depends, (others - base) / np.where(depends, slope, 1.0), others)

    def passes(score: float) -> bool:
        point = np.where(depends, np.nextafter(score, math.inf), base)
        above, below = (others >= point).all(axis=1), (others <= point).all(axis=1)
        own = int((above & ~below).sum())
        return own <= _worst_kept(np.append(ranks + (below & ~above), own), factor)

    scores = [-math.inf, *np.unique(others[:, depends]).tolist()]
    return float(scores[bisect.bisect_left(scores, True, key=passes)])
