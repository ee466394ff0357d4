"""The best complete candidates of a study, kept up to date as trials end."""

from collections.abc import Sequence

from nas.optimizer.judge import Judge
from nas.study.costs import front
from nas.study.record import Record


class Leaders:
    """Keeps the complete candidates with the best scores, those with lower costs first if scores are equal.

    In a Pareto study they are of its front, so that no candidate beats one of them in accuracy and in cost.

    Args:
        judge: ranks candidates.
        count: how many are wanted.
    """

    def __init__(self, judge: Judge, count: int) -> None:
        self._judge = judge
        self._count = count
        self._seen = 0
        self._known: list[Record] = []

    def among(self, complete: Sequence[Record]) -> list[Record]:
        """Return the best of the complete candidates, which are those of the last call, and further ones."""
        objective = self._judge.objective
        if len(complete) > self._seen:
            # Who was beaten by those before stays beaten.
            known = [*self._known, *complete[self._seen :]]
            eligible = front(known, objective.costs) if objective.is_pareto else known
            ranked = sorted(eligible, key=lambda record: objective.order(record, self._judge.score(record)))
            self._known, self._seen = ranked if objective.is_pareto else ranked[: self._count], len(complete)
        return self._known[: self._count]
