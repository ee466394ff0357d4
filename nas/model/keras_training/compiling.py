"""What a model is trained with: optimizer, learning rate, loss and metrics, made from the table [training]."""

from dataclasses import dataclass
from typing import Any

from nas.errors import InputError, unknown
from nas.model.keras_runtime import keras, tf
from nas.model.keras_training.named import find, make, members, parameters
from nas.model.user_code import UserCode
from nas.study.learning_rate import one_cycle
from nas.study.model_spec_paths import is_code
from nas.study.model_spec_tables import UNTIL_STOPPED, TrainingTable

ONE_CYCLE, CONSTANT = "one_cycle", "constant"
# Metrics that Keras chooses by the shape of the targets; they have no class of their own.
_SPECIAL = ("accuracy", "acc", "crossentropy", "ce")
# Callbacks that set the learning rate themselves, which Keras allows only where no schedule does.
SETTERS = ("ReduceLROnPlateau", "LearningRateScheduler")


@dataclass(frozen=True, slots=True)
class Length:
    """How long a training is: `steps` in an epoch, and `epochs`, which may be `UNTIL_STOPPED`."""

    epochs: int
    steps: int


def compile_model(model: Any, table: TrainingTable, code: UserCode, length: Length, *, probabilities: bool) -> None:
    """Compile a model for training.

    Args:
        model: a Keras model.
        table: the settings.
        code: the user's files.
        length: of the training, for the learning rate's schedule.
        probabilities: whether the model ends in a softmax.

    Raises:
        InputError: a name or an argument is unknown, or the user's code raises.
    """
    model.compile(
        optimizer=optimizer(table, code, length),
        loss=loss(table, code, probabilities=probabilities),
        metrics=[_metric(name, code, f"training.metrics[{i}]") for i, name in enumerate(table.metrics)],
        # Compiling by XLA takes longer than a small network's training.
        jit_compile=False,
    )


def optimizer(table: TrainingTable, code: UserCode, length: Length) -> Any:
    """Return the optimizer with its learning rate, or with a schedule of it."""
    rate = learning_rate(table, length)
    if is_code(table.optimizer):
        found = code.find(table.optimizer)
        made = found(rate, **table.optimizer_options)
        if not isinstance(made, keras.optimizers.Optimizer):
            raise InputError(found.place, "must return a Keras optimizer", got=type(made).__name__)
        return made
    known = members(keras.optimizers, keras.optimizers.Optimizer)
    kind = find(known, table.optimizer, "optimizer", "training.optimizer")
    if "learning_rate" in table.optimizer_options:
        hint = "give training.learning_rate"
        raise InputError("training.optimizer_options", "must not have learning_rate, a key of its own", hint=hint)
    return make(kind, {**table.optimizer_options, "learning_rate": rate}, "training.optimizer_options")


def learning_rate(table: TrainingTable, length: Length) -> Any:
    """Return a constant learning rate, or a schedule of Keras."""
    name = schedule_name(table)
    if name == CONSTANT or is_code(name):
        return table.learning_rate
    if name == ONE_CYCLE:
        if length.epochs == UNTIL_STOPPED:
            hint = 'set schedule = "constant", or a number of epochs'
            raise InputError("training.schedule", "one_cycle needs a number of epochs", got="epochs = -1", hint=hint)
        return OneCycle(length.epochs * length.steps, table.learning_rate)
    return keras_schedule(name, table.schedule_options, table.learning_rate, "training.schedule")


def schedule_name(table: TrainingTable) -> str:
    """Return the schedule of a training: as given, or what fits its length and its callbacks."""
    setters = [one.name for one in table.callbacks if one.name in SETTERS]
    if not table.schedule:
        return CONSTANT if setters or table.epochs == UNTIL_STOPPED else ONE_CYCLE
    if setters and table.schedule != CONSTANT:
        hint = f"leave one of them out; without schedule, {setters[0]} begins at training.learning_rate"
        raise InputError(
            "training.schedule", f"must not stand beside {setters[0]}", got=repr(table.schedule), hint=hint
        )
    return table.schedule


def keras_schedule(name: str, options: Any, rate: float, place: str) -> Any:
    """Return a schedule of Keras by the name of its class, beginning at `rate`."""
    home = keras.optimizers.schedules
    known = members(home, home.LearningRateSchedule)
    if name not in known:
        raise unknown(place, "schedule", name, [ONE_CYCLE, CONSTANT, *known])
    if "initial_learning_rate" in parameters(known[name]):
        options = {"initial_learning_rate": rate, **options}
    return make(known[name], options, f"{place}_options")


@keras.saving.register_keras_serializable("nas")
class OneCycle(keras.optimizers.schedules.LearningRateSchedule):
    """The learning rate of each step: linear warm-up over the first tenth, then half a cosine down to 0."""

    def __init__(self, steps: int, peak: float) -> None:
        super().__init__()
        self.steps, self.peak = steps, peak
        self._rates = one_cycle(steps, peak)

    def __call__(self, step: Any) -> Any:
        """Return the rate of a step, counted from 0."""
        return tf.gather(tf.constant(self._rates), tf.minimum(tf.cast(step, tf.int32), self.steps - 1))

    def get_config(self) -> dict[str, Any]:
        return {"steps": self.steps, "peak": self.peak}


def takes_index(table: TrainingTable) -> bool:
    """Return whether the loss takes the index of the class, not a one-hot row."""
    name = table.loss.rpartition(":")[2]
    return table.labels == "index" if table.labels else name.lower().startswith("sparse")


def loss(table: TrainingTable, code: UserCode, *, probabilities: bool) -> Any:
    """Return the loss: of the user's, of Keras by name, or categorical cross-entropy."""
    if is_code(table.loss):
        found = code.find(table.loss)
        if isinstance(found.function, type):
            return found(**table.loss_options)
        return lambda truth, outputs: found(truth, outputs, **table.loss_options)
    known = members(keras.losses, keras.losses.Loss)
    kind = known["CategoricalCrossentropy"]
    if table.loss:
        kind = _aliases().get(table.loss.lower()) or find(known, table.loss, "loss", "training.loss")
    accepted = parameters(kind)
    options: dict[str, Any] = {"from_logits": not probabilities, "label_smoothing": table.label_smoothing}
    given = {key: value for key, value in options.items() if key in accepted}
    return make(kind, {**given, **table.loss_options}, "training.loss_options")


def _aliases() -> dict[str, Any]:
    """Return the classes behind Keras's short names of losses."""
    losses = keras.losses
    return {
        "mse": losses.MeanSquaredError,
        "mae": losses.MeanAbsoluteError,
        "mape": losses.MeanAbsolutePercentageError,
        "msle": losses.MeanSquaredLogarithmicError,
        "kld": losses.KLDivergence,
    }


def _metric(name: str, code: UserCode, place: str) -> Any:
    """Return a metric of the user's, or of Keras by name."""
    if is_code(name):
        found = code.find(name)
        return found() if isinstance(found.function, type) else found.function
    if name in _SPECIAL:
        return name
    known = members(keras.metrics, keras.metrics.Metric)
    plain = {one.replace("_", "").lower() for one in known}
    if name.replace("_", "").lower() not in plain:
        raise unknown(place, "metric", name, [*_SPECIAL, *known])
    return make(find(known, name, "metric", place), {}, place)
