"""Objectives: what a search maximizes or minimizes.

Wherever an objective says accuracy, it means the study's metric (`Study.metric`); of an error, 1 - error / deviation of
the training targets. An objective names its costs: fronts,
tables and ties between equally accurate candidates go by them.

To add an objective, register an `Objective` here: a function of a record and of the study's numbers.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from nas.registry import Registry
from nas.study.costs import COSTS, Cost
from nas.study.record import Record, State
from nas.task.classification import Classification
from nas.task.task import Task

Direction: TypeAlias = Literal["maximize", "minimize"]


@dataclass(frozen=True, slots=True)
class ObjectiveContext:
    """The numbers of a study that an objective may use.

    Attributes:
        weights_bytes: the budget of the weights; None if the study has none.
        accuracy_weight: w, the weight of accuracy in the weighted objective.
        task: what the networks learn; it says how a metric is maximized.
    """

    weights_bytes: int | None
    accuracy_weight: float
    task: Task = field(default_factory=Classification)


@dataclass(frozen=True, slots=True)
class Objective:
    """How candidates are compared: by one value, or by the Pareto front of several.

    The first value is maximized; it ranks candidates where one must win. Each value must be a linear function of
    the study's metric, so that successive halving can compute thresholds (`nas.study.rungs`).

    Attributes:
        formula: of the values, in words.
        labels: a name for each value.
        directions: whether each value is to be maximized or minimized.
        values: returns the values of a complete record.
        costs: what accuracy is weighed against; of equally good candidates the one with the lower cost is preferred.
        needs_latency: whether it needs the target's latency, which is not known for every target.
        needs_weights_budget: whether the study must have a budget of the weights.
    """

    formula: str
    labels: tuple[str, ...]
    directions: tuple[Direction, ...]
    values: Callable[[Record, ObjectiveContext], tuple[float, ...]]
    costs: tuple[Cost, ...] = (COSTS["weights"],)
    needs_latency: bool = False
    needs_weights_budget: bool = False

    @property
    def is_pareto(self) -> bool:
        """Whether it has several values, of which no sum is made."""
        return len(self.directions) > 1

    def order(self, record: Record, score: float) -> tuple[float, ...]:
        """Return the key by which records are sorted, the best first.

        The higher score comes first, of equal scores the lower costs, and of equal costs the earlier trial.
        """
        spent = (cost.of(record) for cost in self.costs)
        return (-score, *(math.inf if value is None else value for value in spent), record.trial)

    def ranked(self, records: Iterable[Record]) -> list[Record]:
        """Return the complete candidates, the best by their score in the search first."""
        scored = [(record, record.values[0]) for record in records if record.state == State.COMPLETE and record.values]
        return [record for record, score in sorted(scored, key=lambda each: self.order(*each))]

    @property
    def summary(self) -> str:
        return f"Maximize {self.formula}."


OBJECTIVES: Registry[Objective] = Registry("objective", __name__)


def _score(record: Record, context: ObjectiveContext) -> float:
    """Return the study's metric as it is maximized: 1 is the best, for errors too."""
    assert record.val_score is not None
    return context.task.gain(record.metric, record.val_score)


def _profiled(record: Record, key: str) -> float:
    assert record.profiled is not None
    return float(record.profiled[key])


def _weighted(record: Record, context: ObjectiveContext) -> tuple[float, ...]:
    assert context.weights_bytes is not None
    w = context.accuracy_weight
    return (w * _score(record, context) + (1 - w) * (1 - _profiled(record, "weights_bytes") / context.weights_bytes),)


def _pareto(name: str, *, needs_latency: bool = False) -> Objective:
    """Return the objective of accuracy against one cost."""
    cost = COSTS[name]
    return Objective(
        formula=f"accuracy against {name}",
        labels=("accuracy", name),
        directions=("maximize", "minimize"),
        values=lambda record, context: (_score(record, context), _profiled(record, cost.key)),
        costs=(cost,),
        needs_latency=needs_latency,
    )


OBJECTIVES.register("weighted")(
    Objective(
        formula="w * accuracy + (1 - w) * (1 - weights / budget)",
        labels=("score",),
        directions=("maximize",),
        values=_weighted,
        needs_weights_budget=True,
    )
)
OBJECTIVES.register("accuracy")(
    Objective("accuracy", ("accuracy",), ("maximize",), values=lambda record, context: (_score(record, context),))
)
OBJECTIVES.register("pareto-weights")(_pareto("weights"))
OBJECTIVES.register("pareto-arena")(_pareto("arena"))
OBJECTIVES.register("pareto-macs")(_pareto("macs"))
OBJECTIVES.register("pareto-latency")(_pareto("latency", needs_latency=True))
