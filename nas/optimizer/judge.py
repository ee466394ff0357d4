"""How a study judges its candidates: by its objective, its metric and its budget."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from nas.optimizer.problem import Problem
from nas.study.candidate import Candidate
from nas.study.objectives import OBJECTIVES, Objective, ObjectiveContext
from nas.study.record import Record
from nas.target.budget import Budget


@dataclass(frozen=True, slots=True)
class Judge:
    """Computes the numbers by which a study compares candidates.

    Attributes:
        objective: what the search maximizes; `context` holds the numbers of the study that it uses.
        metric: name of the metric that counts as accuracy.
        budget: the limits that every candidate must keep.
    """

    objective: Objective
    context: ObjectiveContext
    metric: str
    budget: Budget

    @classmethod
    def of(cls, problem: Problem) -> "Judge":
        """Return the judge of a study on its data, whose labels may decide the metric."""
        study, budget = problem.study, problem.budget
        task = problem.space.task
        context = ObjectiveContext(budget.weights_bytes, study.accuracy_weight, task)
        metric = task.find_metric(study.metric, problem.splits.train.y, problem.splits.val.y)
        return cls(OBJECTIVES[study.objective], context, metric, budget)

    def judged(self, record: Record) -> Record:
        """Return a complete record with its objective values."""
        return replace(record, values=self.objective.values(record, self.context))

    def score(self, record: Record) -> float:
        """Return the number by which complete records are ranked where one must win; higher is better."""
        return self.objective.values(record, self.context)[0]

    def gains(self, record: Record) -> tuple[float, ...]:
        """Return the objective values of a complete record, each with the sign that makes higher better."""
        values = zip(self.objective.values(record, self.context), self.objective.directions, strict=True)
        return tuple(value if direction == "maximize" else -value for value, direction in values)

    def gains_at(self, record: Record, accuracy: float) -> tuple[float, ...]:
        """Return the gains that a candidate, complete or not, has if this is its accuracy, or R2 for regression.

        Learning curves hold only these, so at a rung they are used in place of the study's metric.
        """
        curve = self.context.task.curve
        costs: Mapping[str, Any] | None = record.profiled or record.estimated
        return self.gains(replace(record, metric=curve, val_metrics={curve: accuracy}, profiled=costs))

    def violations(self, candidate: Candidate) -> dict[str, float]:
        """Return the excess over each limit as a fraction of it; 0 tells the sampler that the limit is kept."""
        return {**dict.fromkeys(self.budget.limits(), 0.0), **candidate.over}
