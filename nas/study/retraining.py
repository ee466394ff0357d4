"""How one architecture is trained outside a search: all that decides its weights, to the last bit on one machine."""

import math
from dataclasses import dataclass, field

from nas.arrays import Floats
from nas.errors import InputError
from nas.space.architecture import Architecture
from nas.study.recipe import Recipe
from nas.study.result import Trained
from nas.study.rungs import rung_epochs
from nas.study.tasks import AllButTest, HoldOut, Selection
from nas.task.task import Task


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Retraining:
    """A training of an architecture.

    Attributes:
        architecture: what is trained.
        recipe: settings of training, augmentation and distillation.
        epochs: passes over the training rows.
        qat_epochs: quantization-aware epochs that follow them; 0 for none.
        seed: of weights, batches and dropout.
        rows: which rows to train on and to validate on.
        restart_epochs: epochs after which the learning rate has come down to 0 and restarts.
        soft_labels: a teacher's probabilities for the training rows [n, classes], for the recipe's distillation.
    """

    architecture: Architecture
    recipe: Recipe
    epochs: int
    qat_epochs: int = 0
    seed: int = 0
    rows: Selection = field(default_factory=HoldOut)
    restart_epochs: tuple[int, ...] = ()
    soft_labels: Floats | None = None

    def position(self, number: int, *, quantization_aware: bool) -> int:
        """Return the position, from 0, of an epoch among those of both stages; in its own it has a number from 1."""
        return number - 1 + (self.epochs if quantization_aware else 0)

    def check_soft_labels(self, rows: int) -> None:
        """Raise an InputError unless there is a soft label for each of this number of training rows."""
        expected = (rows, self.architecture.outputs)
        if self.soft_labels is not None and self.soft_labels.shape != expected:
            got, hint = list(self.soft_labels.shape), "the data, or their split, are others than those of the study"
            raise InputError("soft labels", f"must have the shape {list(expected)}", got=got, hint=hint)


def repeated(trained: Trained, recipe: Recipe, train_rows: int, soft_labels: Floats | None = None) -> Retraining:
    """Return the training that made a study's model, or would have made it without a limit of time.

    Args:
        trained: the study's winner, or the candidate of another trial.
        recipe: of the study.
        train_rows: number of the study's training rows, without those of validation.
        soft_labels: what the winner's last training learned from, if it was that of a study with teachers.
    """
    architecture, seed = Architecture.from_json(trained.record.architecture), trained.record.seed
    if trained.epochs is not None:
        return Retraining(
            architecture=architecture,
            recipe=recipe,
            epochs=trained.epochs,
            qat_epochs=recipe.finals.qat_epochs_after(trained.epochs),
            seed=seed,
            rows=AllButTest(),
            soft_labels=soft_labels,
        )
    return Retraining(
        architecture=architecture,
        recipe=recipe,
        epochs=recipe.training.at_least_min_steps(recipe.training.epochs, train_rows),
        seed=seed,
        restart_epochs=search_rungs(recipe, train_rows, architecture.task),
    )


def unrepeatable(trained: Trained) -> str | None:
    """Return why training a study's model again gives another one, in a few words; None if it gives the same."""
    if trained.record.reason is None:
        return None
    return f"its training was {trained.record.reason}, so that training it again gives another model"


def search_rungs(recipe: Recipe, train_rows: int, learns: Task) -> tuple[int, ...]:
    """Return the epochs of the rungs of a search with this number of training rows.

    None for auto-encoders, whose learning curves do not tell which of them is best.
    """
    if learns.reconstructs:
        return ()
    epochs = recipe.training.at_least_min_steps(recipe.training.epochs, train_rows)
    # Trainings on small data have more epochs, and the first rung is moved in the same proportion.
    first = math.ceil(recipe.fidelity.first_rung * epochs / recipe.training.epochs)
    return rung_epochs(first, recipe.fidelity.rung_factor, epochs)
