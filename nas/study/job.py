"""Messages between a search and its worker processes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from nas.arrays import Floats
from nas.data.dataset import Part
from nas.data.folds import folds
from nas.data.splits import Splits
from nas.graph.graph import Graph, digest
from nas.space.architecture import Architecture
from nas.study.recipe import Recipe
from nas.study.record import Record
from nas.study.rungs import Rung
from nas.target.budget import Budget
from nas.target.footprint import Totals, estimate_many
from nas.target.target import Target
from nas.task.metrics import Estimate


@dataclass(frozen=True, slots=True)
class Candidate:
    """An architecture with all that is known of it before training."""

    architecture: Architecture
    graph: Graph
    digest: str
    footprint: Totals
    over: Mapping[str, float]


def examine(architecture: Architecture, target: Target, budget: Budget) -> Candidate:
    """Lower and estimate; no TensorFlow, a fraction of a millisecond."""
    graph = architecture.lower()
    (footprint,) = estimate_many([graph], target)
    return Candidate(architecture, graph, digest(graph), footprint, budget.over(footprint))


@dataclass(frozen=True, slots=True)
class Given:
    """Train on the training rows, validate on the validation rows."""

    def pick(self, splits: Splits) -> tuple[Part, Part | None]:
        return splits.train, splits.val


@dataclass(frozen=True, slots=True)
class Fold:
    """Train on training and validation rows but one of `count` folds, and validate on that one."""

    index: int
    count: int
    seed: int

    def pick(self, splits: Splits) -> tuple[Part, Part | None]:
        part = splits.train.join(splits.val)
        kept, held = folds(part, self.count, self.seed)[self.index]
        return part.take(kept), part.take(held)


@dataclass(frozen=True, slots=True)
class Everything:
    """Train on training and validation rows; there is no validation accuracy then, but float weights."""

    def pick(self, splits: Splits) -> tuple[Part, Part | None]:
        return splits.train.join(splits.val), None


Rows: TypeAlias = Given | Fold | Everything


@dataclass(frozen=True, slots=True)
class Job:
    """A training that a worker process is asked for.

    Attributes:
        trial: number of the trial that it belongs to.
        params: the sampled dimensions.
        target: whose footprint is profiled; `budget` is checked again on the `.tflite`.
        epochs: passes over the training rows.
        seed: of weights, batches and dropout.
        seconds: time after which training stops at the next epoch; None for no limit.
        rows: what to train on and what to validate on.
        rungs: what the training must reach to go on.
        rests: epochs of all rungs of the study, at each of which the learning rate has come down.
        metric: name of the metric that the study judges by.
        taught: a teacher's probabilities for the training rows, [n, classes].
        continues: trial whose training this one takes further, from `checkpoint`, or without one from zero.
    """

    trial: int
    architecture: Architecture
    params: Mapping[str, Any]
    target: Target
    budget: Budget
    recipe: Recipe
    epochs: int
    seed: int
    seconds: float | None = None
    rows: Rows = field(default_factory=Given)
    rungs: tuple[Rung, ...] = ()
    rests: tuple[int, ...] = ()
    metric: str = "accuracy"
    taught: Floats | None = None
    continues: int | None = None
    checkpoint: bytes | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a worker gives back: the record, without objective values, and the model.

    Where asked for, also the float weights; of a candidate that pauses on a rung, the checkpoint to go on from.
    """

    record: Record
    tflite: bytes | None = None
    weights: bytes | None = None
    checkpoint: bytes | None = None


@dataclass(frozen=True, slots=True)
class TeachJob:
    """A large network is to be trained on a fold, and to answer; fields are those of `Job`."""

    rows: Fold
    recipe: Recipe
    epochs: int
    seed: int
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a teacher says.

    Attributes:
        taught: probabilities [n, classes] of training and validation rows, the held-out ones among them.
        val_accuracy: of the float model, on the rows that were held out.
        epochs: that it was trained for; `seconds` that it took.
    """

    taught: Floats
    val_accuracy: float
    epochs: int
    seconds: float


@dataclass(frozen=True, slots=True)
class TestJob:
    """The one look at the test set: the winner's `.tflite` and float weights."""

    architecture: Architecture
    tflite: bytes
    weights: bytes
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class TestOutcome:
    """What the winner does on the test rows; each field is the `Winner`'s of the same name."""

    test_accuracy: float
    float_test_accuracy: float
    baseline_accuracy: float
    confusion: tuple[tuple[int, ...], ...]
    test_metrics: Mapping[str, Estimate]
    float_test_metrics: Mapping[str, Estimate]
    baseline_metrics: Mapping[str, float]
    drawn_from: str
