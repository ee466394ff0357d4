"""How candidates are trained, how the search shortens their trainings, and how the finals pick a winner."""

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nas.codec import Place, from_data, to_data
from nas.errors import InputError, unknown
from nas.keywords import explains_fields
from nas.study.augmentation import Augmentation
from nas.study.ranges import at_least, at_most, below_one, positive


@dataclass(frozen=True, slots=True)
class Training:
    """How one network is trained: the table [training] of a study.

    Attributes:
        epochs: passes over the training rows for a candidate of the search.
        batch_size: rows in a step.
        min_steps: least number of steps in a training; on a small data set, the epochs are increased to reach it.
        learning_rate: peak of the one-cycle schedule of Adam: linear warm-up over the first tenth of the steps, then
            a cosine down to zero. With rungs, the schedule restarts after each rung (warm restarts).
        patience: early stopping after this number of epochs without a lower validation loss; 0 for none.
        label_smoothing: share of the target probability that is spread evenly over all classes.
        class_weights: weigh each row by how rare its class is, so that all classes have the same total weight. Epochs
            and candidates whose training has not ended are then compared by balanced accuracy. Left out, a search does
            so if balanced accuracy is its metric.
        averaging: decay of the moving average of the weights, which is then the network that is validated and kept;
            0 keeps the weights of the last step.
    """

    epochs: int = 10
    batch_size: int = 64
    min_steps: int = 800
    learning_rate: float = 4e-3
    patience: int = 0
    label_smoothing: float = 0.05
    class_weights: bool | None = None
    averaging: float = 0.0

    def __post_init__(self) -> None:
        at_least(self, "training", 1, "epochs", "batch_size")
        at_least(self, "training", 0, "min_steps", "patience")
        positive(self, "training", "learning_rate")
        below_one(self, "training", "label_smoothing", "averaging")

    def at_least_min_steps(self, epochs: int, rows: int) -> int:
        """Return `epochs`, or more if `min_steps` steps need more epochs with this number of training rows."""
        steps = max(1, rows // self.batch_size)
        return max(epochs, math.ceil(self.min_steps / steps))


@dataclass(frozen=True, slots=True)
class Fidelity:
    """How the search shortens trainings by asynchronous successive halving: the table [fidelity].

    Attributes:
        first_rung: epochs of the first rung, after which only the best candidates are promoted; 0 trains every
            candidate to the end. Each further rung has `rung_factor` times the epochs of the one before. The learning
            rate has come down to 0 at each rung, since a network that is compared in the middle of a schedule looks
            worse than it is (benchmarks/rungs.md).
        rung_factor: the reduction factor: the best 1 in `rung_factor` candidates is promoted to the next rung.
    """

    first_rung: int = 2
    rung_factor: int = 6

    def __post_init__(self) -> None:
        at_least(self, "fidelity", 0, "first_rung")
        at_least(self, "fidelity", 2, "rung_factor")


@dataclass(frozen=True, slots=True)
class Finals:
    """How the best candidates are trained again and a winner is picked: the table [finals].

    Attributes:
        finalists: number of best candidates that enter the finals.
        final_epochs: epochs of each training in the finals' cross-validation.
        final_folds: folds of that cross-validation, over training and validation rows, each with a seed of its own.
        winner_epochs: epochs of the winner's last training, on all those rows. A longer training still improves a
            network after shorter ones have shown which network is the best (benchmarks/recipe.md).
        qat_epochs: epochs of quantization-aware training that follow a final training of `final_epochs`, at an eighth
            of the learning rate; a longer or shorter training has proportionally more or fewer. 0 for none.
        distillation: weight of a large teacher's soft labels in the loss of the finals; 0 trains no teacher.
        temperature: number by which the teacher's logits are divided before the softmax; more than 1 evens them out.
        hand_made: train and test a network that was not searched too, to compare the winner with.
    """

    finalists: int = 8
    final_epochs: int = 80
    final_folds: int = 3
    winner_epochs: int = 320
    qat_epochs: int = 10
    distillation: float = 0.0
    temperature: float = 2.0
    hand_made: bool = True

    def __post_init__(self) -> None:
        at_least(self, "finals", 1, "finalists", "final_epochs", "winner_epochs")
        at_least(self, "finals", 2, "final_folds")
        at_least(self, "finals", 0, "qat_epochs")
        at_most(self, "finals", 1, "distillation")
        positive(self, "finals", "temperature")

    def qat_epochs_after(self, epochs: int) -> int:
        """Return the number of quantization-aware epochs that follow a final training of `epochs`."""
        return math.ceil(self.qat_epochs * epochs / self.final_epochs)


TABLES: Mapping[str, type] = {"training": Training, "augment": Augmentation, "fidelity": Fidelity, "finals": Finals}
"""The tables of a recipe, by their names in a study's TOML file; no two have a setting of the same name."""

_TABLE_OF = {f.name: table for table, kind in TABLES.items() for f in dataclasses.fields(kind)}
_FORMER_NAMES = {"rounded_epochs": "qat_epochs"}


@explains_fields({name: f"nas.Recipe.of({name}=...)" for name in _TABLE_OF})
@dataclass(frozen=True, slots=True)
class Recipe:
    """All settings of training, by table."""

    training: Training = field(default_factory=Training)
    augment: Augmentation = field(default_factory=Augmentation)
    fidelity: Fidelity = field(default_factory=Fidelity)
    finals: Finals = field(default_factory=Finals)

    @classmethod
    def of(cls, **settings: Any) -> "Recipe":
        """Make a recipe of settings by name, without their tables; the others have their defaults."""
        return cls().replace(**settings)

    def replace(self, **settings: Any) -> "Recipe":
        """Return a copy with some settings changed, by name, without their tables."""
        tables = tables_of(settings, Place("recipe"))
        return dataclasses.replace(self, **{t: dataclasses.replace(getattr(self, t), **s) for t, s in tables.items()})

    def weighing(self, classes: bool) -> "Recipe":
        """Return the recipe with `class_weights` as given here, where it is left open."""
        return self if self.training.class_weights is not None else self.replace(class_weights=classes)

    def settings(self) -> dict[str, Any]:
        """Return every setting by name, table after table."""
        return {key: value for table in to_data(self).values() for key, value in table.items()}

    def to_json(self) -> dict[str, Any]:
        """Return every setting by name; renamed settings also by their former names, for readers of documents."""
        settings = self.settings()
        return {**settings, **{former: settings[name] for former, name in _FORMER_NAMES.items()}}

    @classmethod
    def from_json(cls, data: object, place: Place) -> "Recipe":
        """Read `to_json()`, also that of an earlier release; InputError at `place` for anything else."""
        if not isinstance(data, Mapping):
            raise InputError(place, "must be a table of settings", got=repr(data))
        return read_recipe(tables_of(data, place), place)


def read_recipe(tables: Mapping[str, Any], place: Place) -> Recipe:
    """Make a recipe of its tables.

    Raises:
        InputError: at `place: table.key`, for an unknown setting, or a value of a wrong type or out of range.
    """
    try:
        return from_data(Recipe, tables, place)
    except InputError as error:
        # A table checks ranges by itself and does not know in which document it stands.
        raise error if str(error).startswith(f"{place}: ") else InputError(place, str(error)) from None


def tables_of(settings: Mapping[str, Any], place: Place) -> dict[str, dict[str, Any]]:
    """Sort settings into their tables, former names too; an unknown name is an InputError at `place`."""
    tables: dict[str, dict[str, Any]] = {}
    for key, value in settings.items():
        name = _FORMER_NAMES.get(key, key)
        if name not in _TABLE_OF:
            raise unknown(place, "key", key, _TABLE_OF)
        tables.setdefault(_TABLE_OF[name], {})[name] = value
    return tables
