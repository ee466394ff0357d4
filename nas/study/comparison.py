"""Studies side by side: the settings in which they differ, and their fronts by each cost."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from nas.study.costs import Cost, front
from nas.study.overview import StudySummary
from nas.study.record import Record
from nas.text import counted, listed

if TYPE_CHECKING:
    from nas.data.tables.reading import Frame

Step = tuple[float, tuple[Record | None, ...]]
"""A cost, and the best candidate of each study that costs no more; None if it has none."""


@dataclass(frozen=True, slots=True)
class FrontsByCost:
    """The Pareto fronts of studies by one cost.

    Attributes:
        cost: what the metric is weighed against.
        fronts: of each study, the cheapest first.
        comparable: whether their scores and costs mean the same, so that one study can be better than another.
    """

    cost: Cost
    fronts: tuple[tuple[Record, ...], ...]
    comparable: bool

    def steps(self, most: int | None = None) -> list[Step]:
        """Return the best candidate of each study within a cost, for each cost at which one of them changes.

        Args:
            most: number of costs, of which the first and the last are among them; None for all.
        """
        costs = sorted({self._spent(record) for members in self.fronts for record in members})
        if most is not None and len(costs) > most:
            costs = [costs[round(i * (len(costs) - 1) / (most - 1))] for i in range(most)]
        return [(cost, tuple(self._best_within(members, cost) for members in self.fronts)) for cost in costs]

    def leads(self, record: Record) -> bool:
        """Return whether no candidate of any study is cheaper and at least as good, or as cheap and better."""
        own = self._spent(record), -record.rank
        others = ((self._spent(one), -one.rank) for members in self.fronts for one in members)
        return self.comparable and not any(
            cost <= own[0] and score <= own[1] and (cost, score) != own for cost, score in others
        )

    def best_of(self, records: Sequence[Record | None]) -> frozenset[int]:
        """Return the positions of the best of some candidates; none where the studies do not compare."""
        scores = {i: record.rank for i, record in enumerate(records) if record is not None}
        return frozenset(i for i, score in scores.items() if self.comparable and score == max(scores.values()))

    def _spent(self, record: Record) -> float:
        return self.cost.of(record) or 0.0

    def _best_within(self, members: Sequence[Record], cost: float) -> Record | None:
        # Along a front, who costs more is better.
        return next((record for record in reversed(members) if self._spent(record) <= cost), None)


def fronts_by_cost(
    candidates: Sequence[Sequence[Record]], costs: Sequence[tuple[Cost, bool]]
) -> tuple[FrontsByCost, ...]:
    """Return the fronts of studies by each cost.

    Args:
        candidates: complete ones of each study, scored by the same metric.
        costs: those that all of them have, each with whether it compares.
    """
    return tuple(
        FrontsByCost(cost, tuple(front(records, [cost]) for records in candidates), comparable)
        for cost, comparable in costs
    )


@dataclass(frozen=True, slots=True, repr=False)
class StudyComparison:
    """Studies side by side.

    Attributes:
        studies: a summary of each.
        differences: the settings that are not the same in all of them, each with the values in their order.
        metric: by which the fronts are: that of the studies, or their task's main one if they have different ones.
        fronts: of each study, by each cost that is known of all candidates.
        candidates: the complete ones of each study that have a score; where only its `results.json` is there, those of
            its front.
        cautions: what a reader must know to compare them, a sentence each.
    """

    studies: tuple[StudySummary, ...]
    differences: Mapping[str, tuple[Any, ...]]
    metric: str = "accuracy"
    fronts: tuple[FrontsByCost, ...] = ()
    candidates: tuple[tuple[Record, ...], ...] = ()
    cautions: tuple[str, ...] = ()

    def __repr__(self) -> str:
        counts = [counted(len(records), "candidate") for records in self.candidates]
        told = "; ".join(f"{name}: {count}" for name, count in zip(self.names, counts, strict=True))
        return f"<nas.StudyComparison: {told}; differing settings: {listed(list(self.differences)) or 'none'}>"

    @property
    def names(self) -> tuple[str, ...]:
        """What tells the studies apart: their names, or their folders if two have the same name."""
        names = tuple(study.name for study in self.studies)
        return names if len({*names}) == len(names) else tuple(study.folder for study in self.studies)

    def to_json(self) -> dict[str, Any]:
        """Return all of it; the members of all fronts by a cost are in one list, the cheapest first.

        `study` of a member is its position in `studies`; `leads` is null where the studies do not compare.
        """
        return {
            "studies": [asdict(study) for study in self.studies],
            "differences": dict(self.differences),
            "metric": self.metric,
            "cautions": list(self.cautions),
            "fronts": {fronts.cost.key: self._members(fronts) for fronts in self.fronts},
        }

    def frame(self) -> "Frame":
        """Return a pandas DataFrame, one row a member of a front: cost, study, trial, score and footprint."""
        from nas.data.tables.reading import to_frame

        rows = [
            {"cost": fronts.cost.key, **member, "study": self.names[member["study"]]}
            for fronts in self.fronts
            for member in self._members(fronts)
        ]
        return to_frame(rows)

    def _members(self, fronts: FrontsByCost) -> list[dict[str, Any]]:
        found = [(number, record) for number, members in enumerate(fronts.fronts) for record in members]
        found.sort(key=lambda each: (fronts.cost.of(each[1]) or 0.0, each[1].rank, each[0]))
        return [
            {
                "study": number,
                "trial": record.trial,
                "digest": record.digest,
                "score": record.val_score,
                "leads": fronts.leads(record) if fronts.comparable else None,
                **(record.profiled or {}),
            }
            for number, record in found
        ]
