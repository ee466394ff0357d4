"""The tables of a model's specification: dataclasses whose fields are the keys and whose docstrings explain them."""

import dataclasses
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from nas.codec import Place
from nas.data.choice import DataChoice
from nas.data.options import DataOptions
from nas.errors import InputError, unknown
from nas.study.recipe import Training
from nas.target.target import DEFAULT_TARGET, Target, find_target

UNTIL_STOPPED = -1
"""The number of epochs of a training that only a callback such as EarlyStopping ends."""

# So many epochs such a training has at most.
MOST_EPOCHS = 100_000

PARTS = ("train", "val", "test")
KEPT = ("", "best", "last")
LABELS = ("", "one_hot", "index")
ROWS = ("train", "all")


@dataclass(frozen=True, slots=True)
class DataTable(DataOptions):
    """What the model is trained on, and how files become rows: the table [data].

    Attributes:
        source: a name (see `nas data`), or the path of a file or folder that `nas data` reads.
        function: `FILE.py:NAME` of a function that returns the data, in place of `source`: nas.Data, arrays, or a
            tf.data.Dataset for training and one for validation.
        seed: of the split, and of simulated data.
    """

    source: str = ""
    function: str = ""
    seed: int = 0

    def __post_init__(self) -> None:
        DataOptions.__post_init__(self)
        if self.source and self.function:
            raise InputError("data", "must have a source or a function, not both", hint="leave one of them out")
        _seed("data.seed", self.seed)

    @property
    def choice(self) -> DataChoice | None:
        """The source with its options, as other parts take it; None if a function gives the data, or nothing does."""
        if not self.source:
            return None
        options = {one.name: getattr(self, one.name) for one in dataclasses.fields(DataOptions)}
        return DataChoice(self.source, DataOptions(**options), self.seed)


@dataclass(frozen=True, slots=True)
class ModelTable:
    """Which network is trained: the table [model].

    Attributes:
        builder: `FILE.py:NAME` of a function that takes the resolved specification and returns a Keras model.
        architecture: path of a JSON file with an architecture, a member of a search space, in place of `builder`.
        options: values for the builder, which finds them as `spec.options`.
    """

    builder: str = ""
    architecture: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.builder and self.architecture:
            raise InputError("model", "must have a builder or an architecture, not both", hint="leave one of them out")
        plain(self.options, "model.options")


@dataclass(frozen=True, slots=True)
class CallbackEntry:
    """A Keras callback: an entry of [[training.callbacks]].

    Attributes:
        name: of the class in `keras.callbacks`, or `FILE.py:NAME` of a class or function of the user's.
        arguments: what it is called with; the entry's other keys.
    """

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {"name": self.name, **self.arguments}

    @classmethod
    def from_json(cls, data: object, place: Place) -> "CallbackEntry":
        """Read an entry; InputError at `place` if it is no table with a name."""
        if not isinstance(data, Mapping) or not isinstance(data.get("name"), str):
            hint = 'such as name = "EarlyStopping", patience = 5'
            raise InputError(place, "must be a table with the key name", got=repr(data), hint=hint)
        arguments = {key: value for key, value in data.items() if key != "name"}
        plain(arguments, str(place))
        return cls(data["name"], arguments)


@dataclass(frozen=True, slots=True)
class TrainingTable(Training):
    """How the model is trained: the table [training].

    Attributes:
        epochs: passes over the training rows; -1 trains until a callback such as EarlyStopping stops it.
        min_steps: least number of steps in a training; on a small data set, the epochs are increased to reach it.
        class_weights: `true` or "balanced" gives all classes the same total weight; or a table of weights by the
            name of a class, in which a missing class has the weight 1.
        seed: of everything that is random in the training.
        optimizer: name of a class in `keras.optimizers`, or `FILE.py:NAME`.
        optimizer_options: its arguments, such as `weight_decay`; `learning_rate` is a key of its own.
        loss: name of a loss of Keras, or `FILE.py:NAME`; the default is categorical cross-entropy, of logits if the
            model has no softmax.
        loss_options: its arguments, if it is a class in `keras.losses`.
        labels: what the loss takes: "one_hot" rows or the "index" of the class; the default is the index for losses
            whose name begins with `sparse`, else one-hot rows.
        metrics: names of metrics of Keras, or `FILE.py:NAME`.
        schedule: of the learning rate: "one_cycle", "constant", a class in `keras.optimizers.schedules`, or
            `FILE.py:NAME` of a function of epoch and learning rate; the default is "one_cycle", but "constant" where
            `epochs` is -1 or a callback sets the learning rate.
        schedule_options: arguments of a class in `keras.optimizers.schedules`.
        keep: which weights the trained model has: of the "best" epoch, by the validation accuracy, or of the "last";
            the default is the best, but what EarlyStopping restores if it does.
        shuffle: whether the rows are put in another order for each epoch.
        callbacks: Keras callbacks, in order.
        tensorboard: whether to write files for TensorBoard into the training's folder.
        rows: of an architecture, what it learns from: "train", with a validation accuracy of the validation rows, or
            "all" of both, as the winner of a search does.
        restarts: of an architecture, epochs after which the learning rate has come down to 0 and rises again.
        soft_labels: of an architecture, the path of an `.npy` file with a teacher's probabilities for these rows, which
            `distillation` in [finals] weighs.
    """

    epochs: int = 80
    min_steps: int = 0
    class_weights: Any = False
    seed: int = 0
    optimizer: str = "adam"
    optimizer_options: Mapping[str, Any] = field(default_factory=dict)
    loss: str = ""
    loss_options: Mapping[str, Any] = field(default_factory=dict)
    labels: str = ""
    metrics: tuple[str, ...] = ("accuracy",)
    schedule: str = ""
    schedule_options: Mapping[str, Any] = field(default_factory=dict)
    keep: str = KEPT[0]
    shuffle: bool = True
    callbacks: tuple[CallbackEntry, ...] = ()
    tensorboard: bool = False
    rows: str = ROWS[0]
    restarts: tuple[int, ...] = ()
    soft_labels: str = ""

    def __post_init__(self) -> None:
        self.recipe()
        _seed("training.seed", self.seed)
        _one_of("training.keep", self.keep, KEPT)
        _one_of("training.labels", self.labels, LABELS)
        _one_of("training.rows", self.rows, ROWS)
        for name in ("optimizer_options", "loss_options", "schedule_options"):
            plain(getattr(self, name), f"training.{name}")
        _check_class_weights(self.class_weights)

    def recipe(self) -> Training:
        """Return those of the settings that a study's recipe has too."""
        settings = {one.name: getattr(self, one.name) for one in dataclasses.fields(Training)}
        epochs = MOST_EPOCHS if self.epochs == UNTIL_STOPPED else self.epochs
        return Training(**{**settings, "epochs": epochs, "class_weights": bool(self.class_weights)})


@dataclass(frozen=True, slots=True)
class EvaluationTable:
    """What the model is evaluated on: the table [evaluation].

    Attributes:
        part: rows that `nas evaluate` takes: "train", "val" or "test".
        rows_per_class: most rows of each class; 0 for all.
        seed: of the choice of these rows.
    """

    part: str = "test"
    rows_per_class: int = 0
    seed: int = 0

    def __post_init__(self) -> None:
        _one_of("evaluation.part", self.part, PARTS)
        _at_least("evaluation.rows_per_class", self.rows_per_class, 0)
        _seed("evaluation.seed", self.seed)


@dataclass(frozen=True, slots=True)
class TargetTable:
    """Where the model is to run, and what it may use there: the table [target].

    Attributes:
        name: of a target (see `nas targets`), or the path of a TOML file with one.
        budget_kb: limit of the weights, in KB of 1024 bytes.
        ram_kb: limit of the tensor arena, in plain C of all RAM; the target's by default.
        flash_kb: limit of model and code; the target's by default.
        runtime: what runs the model there: `tflm`, or `c` for plain C; the target's own by default.
        streaming: in plain C, rows in time from one answer to the next, of which each computes only what is new; 0 for
            whole windows.
    """

    name: str = DEFAULT_TARGET
    budget_kb: float | None = None
    ram_kb: float | None = None
    flash_kb: float | None = None
    runtime: str | None = None
    streaming: int = 0

    def board(self) -> Target:
        """Return the target with the runtime that the table asks for."""
        return find_target(self.name, self.runtime, self.streaming)

    def __post_init__(self) -> None:
        for name in ("budget_kb", "ram_kb", "flash_kb"):
            limit = getattr(self, name)
            if limit is not None and not 0 < limit < math.inf:
                raise InputError(f"target.{name}", "must be above 0", got=limit)
        _at_least("target.streaming", self.streaming, 0)


def plain(value: object, place: str) -> None:
    """Raise an InputError at `place` unless a value is made of numbers, texts, booleans, lists and tables alone."""
    if isinstance(value, Mapping):
        for key, entry in value.items():
            plain(entry, f"{place}.{key}")
    elif isinstance(value, list | tuple):
        for i, entry in enumerate(value):
            plain(entry, f"{place}[{i}]")
    elif not isinstance(value, bool | int | float | str):
        rule = "must be a number, a text, true, false, or a list or table of these"
        raise InputError(place, rule, got=type(value).__name__)


def _check_class_weights(value: object) -> None:
    place = "training.class_weights"
    rule = 'must be true, false, "balanced", or a table of weights by class'
    if isinstance(value, Mapping):
        for name, weight in value.items():
            if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 <= weight < math.inf:
                raise InputError(f"{place}.{name}", "must be a number of 0 or more", got=repr(weight))
    elif not isinstance(value, bool) and value != "balanced":
        raise InputError(place, rule, got=repr(value))


def _one_of(place: str, value: str, known: Iterable[str]) -> None:
    names = [name for name in known if name]
    if value not in known:
        raise unknown(place, "value", value, names)


def _at_least(place: str, value: int, least: int) -> None:
    _require(place, f"must be {least} or more", value, lambda number: number >= least)


def _seed(place: str, value: int) -> None:
    _require(place, "must be from 0 to 4294967295", value, lambda number: 0 <= number < 2**32)


def _require(place: str, rule: str, value: int, holds: Callable[[int], bool]) -> None:
    if not holds(value):
        raise InputError(place, rule, got=value)
