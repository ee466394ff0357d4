"""The tasks that a search gives to its workers, and their results."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeAlias, TypeVar

from nas.arrays import Floats
from nas.data.dataset import Part
from nas.data.folds import folds
from nas.data.prepared import Prepared
from nas.signal.front_end import FrontEnd
from nas.signal.raw import RAW
from nas.space.architecture import Architecture
from nas.study.recipe import Recipe
from nas.study.record import Record
from nas.study.rungs import Rung
from nas.study.tested import Tested
from nas.target.budget import Budget
from nas.target.target import Target
from nas.task.classification import Classification
from nas.task.task import Task as LearningTask

A = TypeVar("A")


@dataclass(frozen=True, slots=True)
class HoldOut:
    """Train on the training rows, validate on the validation rows: a training of the search."""

    final: ClassVar[bool] = False
    parts: ClassVar[tuple[str, ...]] = ("train",)

    def pick(self, data: Prepared) -> tuple[Part, Part | None]:
        return data.train, data.val.unchanged


@dataclass(frozen=True, slots=True)
class Fold:
    """Train on training and validation rows except those of one of `count` folds, and validate on that fold."""

    final: ClassVar[bool] = True
    parts: ClassVar[tuple[str, ...]] = ("train", "val")

    index: int
    count: int
    seed: int

    @property
    def seed_text(self) -> str:
        """What seeds of trainings on this fold are derived from; the text must stay, or studies stop repeating."""
        return f"Fold(index={self.index}, count={self.count}, seed={self.seed})"

    def pick(self, data: Prepared) -> tuple[Part, Part | None]:
        part = data.train.join(data.val)
        kept, held_out = folds(part, self.count, self.seed)[self.index]
        return part.take(kept), part.unchanged.take(held_out)


@dataclass(frozen=True, slots=True)
class AllButTest:
    """Train on all training and validation rows: the winner's last training, which has no validation accuracy."""

    final: ClassVar[bool] = True
    parts: ClassVar[tuple[str, ...]] = ("train", "val")

    @property
    def seed_text(self) -> str:
        """What the seed of the training is derived from; the text must stay, or studies stop repeating."""
        return "Everything()"

    def pick(self, data: Prepared) -> tuple[Part, Part | None]:
        return data.train.join(data.val), None


Selection: TypeAlias = HoldOut | Fold | AllButTest
"""Which rows a training learns from, and which ones it is validated on. `parts` are those of the data that it
learns from. `final` marks the trainings of the finals: they are never stopped at a rung, and quantization-aware epochs
follow them."""


@dataclass(frozen=True, slots=True)
class Task(Generic[A]):
    """Work for one worker, with a result of type `A`; `nas.model.worker` performs it.

    Attributes:
        seconds: time limit; None for none.
        label: the task in a word or two, for the live view.
    """

    seconds: float | None = field(default=None, kw_only=True)

    @property
    def label(self) -> str:
        raise NotImplementedError

    @property
    def front_end(self) -> FrontEnd:
        """The front-end whose features the network of this task reads."""
        return RAW


@dataclass(frozen=True, slots=True)
class TrainingOutcome:
    """The result of a training.

    Attributes:
        record: of the candidate, without the objective's values.
        tflite: the int8 model, if the training got that far.
        weights: float weights of that model.
        checkpoint: of a candidate that paused at a rung, from which its training can resume.
    """

    record: Record
    tflite: bytes | None = None
    weights: bytes | None = None
    checkpoint: bytes | None = None


WINNER = "the winner"
HAND_MADE = -1
"""Stands in place of a trial's number where the hand-made network is trained."""


@dataclass(frozen=True, slots=True)
class TrainingTask(Task[TrainingOutcome]):
    """Train, quantize, profile and evaluate one candidate; training stops at the last epoch within the time limit.

    Attributes:
        trial: number of the trial that it belongs to, or `HAND_MADE`.
        params: the sampled dimensions.
        target: where the model will run; its `.tflite` is profiled for it, and `budget` is checked again.
        epochs: passes over the training rows.
        seed: of weights, batches and dropout.
        rows: which rows to train on and to validate on.
        rungs: the validation accuracy that the training must reach at each rung to continue.
        restart_epochs: epochs after which the learning rate has come down to 0 and restarts: the study's rungs.
        metric: name of the metric that the study judges by.
        soft_labels: a teacher's probabilities for the training rows, [n, classes].
        continues: trial whose training this one resumes, from `checkpoint`, or from the start if there is none.
        needed: whether the study has no complete candidate yet, so that a training which its time limit cuts short
            still becomes a model.
    """

    trial: int
    architecture: Architecture
    params: Mapping[str, Any]
    target: Target
    budget: Budget
    recipe: Recipe
    epochs: int
    seed: int
    rows: Selection = field(default_factory=HoldOut)
    rungs: tuple[Rung, ...] = ()
    restart_epochs: tuple[int, ...] = ()
    metric: str = "accuracy"
    soft_labels: Floats | None = None
    continues: int | None = None
    checkpoint: bytes | None = None
    needed: bool = False

    @property
    def label(self) -> str:
        name = "hand-made network" if self.trial == HAND_MADE else f"trial {self.trial}"
        return name + (" (final)" if self.rows.final else "")

    @property
    def front_end(self) -> FrontEnd:
        return self.architecture.front_end


@dataclass(frozen=True, slots=True)
class TeacherAnswers:
    """The result of a teacher's training.

    Attributes:
        soft_labels: probabilities [n, classes] of all training and validation rows, those held out included.
        val_accuracy: accuracy of the float model on the rows that were held out.
        epochs: number of epochs that it was trained for; `seconds` is how long that took.
    """

    soft_labels: Floats
    val_accuracy: float
    epochs: int
    seconds: float


@dataclass(frozen=True, slots=True)
class TeacherTask(Task[TeacherAnswers]):
    """Train a large network without one fold, and compute its soft labels.

    The fields are those of `TrainingTask`; `learns` is what the network learns, and `front_end` what it reads by.
    """

    rows: Fold
    recipe: Recipe
    epochs: int
    seed: int
    learns: LearningTask = field(default_factory=Classification)
    front_end: FrontEnd = RAW

    @property
    def label(self) -> str:
        return "teacher"


@dataclass(frozen=True, slots=True)
class EvaluationTask(Task[Tested]):
    """Evaluate the winner's `.tflite` and float weights on the test set, which happens once in a study.

    `whose` is "the hand-made network" if it is that one's, which is evaluated beside the winner.
    """

    architecture: Architecture
    tflite: bytes
    weights: bytes
    whose: str = WINNER

    @property
    def label(self) -> str:
        return f"test of {self.whose}"

    @property
    def front_end(self) -> FrontEnd:
        return self.architecture.front_end
