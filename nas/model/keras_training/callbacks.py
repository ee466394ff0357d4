"""The callbacks of a training: Keras's by name, the user's own, and where they write."""

import csv
import inspect
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from nas.errors import InputError, unknown
from nas.files import write_atomic
from nas.model.keras_runtime import keras
from nas.model.keras_training.compiling import keras_schedule, schedule_name
from nas.model.keras_training.named import make, members, parameters
from nas.model.user_code import UserCode
from nas.study.model_spec_paths import is_code
from nas.study.model_spec_tables import UNTIL_STOPPED, CallbackEntry, TrainingTable

# Arguments that are paths, and where callbacks write that are given none; both are below the training's folder.
_PATHS = {
    "filepath": "weights/epoch-{epoch:03d}.weights.h5",
    "filename": "epochs.csv",
    "log_dir": "tensorboard",
}
# Callbacks whose work nas does, and what does it.
_OURS = {
    "BackupAndRestore": "nas train keeps a checkpoint of each epoch; go on with --resume",
    "History": "history.json is written always",
    "ProgbarLogger": "nas train shows its own progress",
    "OrbaxCheckpoint": "nas train keeps a checkpoint of each epoch; go on with --resume",
}
_STOPPERS = ("EarlyStopping",)


def make_callbacks(table: TrainingTable, code: UserCode, folder: Path, epochs_done: int) -> list[Any]:
    """Return the callbacks of a training, in order.

    Args:
        table: the table [training].
        code: the user's files.
        folder: of the training, which they write into.
        epochs_done: that an earlier run has trained.

    Raises:
        InputError: a callback or an argument is unknown or refused, or nothing ends a training without an end.
    """
    made = [one for i, entry in enumerate(table.callbacks) for one in _of_entry(table, entry, i, code, folder)]
    if table.patience:
        made.append(keras.callbacks.EarlyStopping("val_loss", patience=table.patience))
    if table.tensorboard and not any(isinstance(one, keras.callbacks.TensorBoard) for one in made):
        made.append(keras.callbacks.TensorBoard(str(folder / _PATHS["log_dir"])))
    if is_code(name := schedule_name(table)):
        made.append(keras.callbacks.LearningRateScheduler(user_schedule(code, name)))
    own = any(is_code(one.name) for one in table.callbacks)
    if table.epochs == UNTIL_STOPPED and not own and not _stops(made):
        hint = "give a number of epochs, set patience, or add the callback EarlyStopping"
        raise InputError("training.epochs", "needs a callback that ends the training", got=UNTIL_STOPPED, hint=hint)
    for one in made:
        if isinstance(one, keras.callbacks.CSVLogger):
            _continue_csv(one, epochs_done)
    return made


def user_schedule(code: UserCode, reference: str) -> Callable[[int, float], float]:
    """Return a function of the user's of epoch and learning rate, or of the epoch alone, as Keras calls it."""
    found = code.find(reference)
    takes_rate = len(inspect.signature(found.function).parameters) > 1

    def rate_of(epoch: int, rate: float) -> float:
        return float(found(epoch, rate) if takes_rate else found(epoch))

    return rate_of


def _of_entry(table: TrainingTable, entry: CallbackEntry, index: int, code: UserCode, folder: Path) -> Iterator[Any]:
    place = f"training.callbacks[{index}]"
    if is_code(entry.name):
        found = code.find(entry.name)
        given = found(**entry.arguments)
        for one in given if isinstance(given, list | tuple) else [given]:
            if not isinstance(one, keras.callbacks.Callback):
                raise InputError(found.place, "must return Keras callbacks", got=type(one).__name__)
            yield one
        return
    known = members(keras.callbacks, keras.callbacks.Callback)
    if entry.name in _OURS:
        raise InputError(place, f"{entry.name} is not needed", hint=_OURS[entry.name])
    if entry.name not in known:
        raise unknown(place, "callback", entry.name, known.keys() - _OURS.keys())
    kind, arguments = known[entry.name], dict(entry.arguments)
    _place_files(kind, arguments, folder)
    if kind is keras.callbacks.LearningRateScheduler and isinstance(arguments.get("schedule"), str):
        arguments["schedule"] = _schedule(arguments, table, code, place)
    yield make(kind, arguments, place)


def _place_files(kind: Any, arguments: dict[str, Any], folder: Path) -> None:
    """Let a callback write into the training's folder, unless it was given an absolute path."""
    accepted = parameters(kind)
    for name, default in _PATHS.items():
        if name not in accepted:
            continue
        if name not in arguments and kind is keras.callbacks.ModelCheckpoint:
            weights_only = arguments.setdefault("save_weights_only", True)
            default = default if weights_only else "weights/epoch-{epoch:03d}.keras"
        path = folder / str(arguments.get(name, default))
        path.parent.mkdir(parents=True, exist_ok=True)
        arguments[name] = str(path)


def _schedule(arguments: dict[str, Any], table: TrainingTable, code: UserCode, place: str) -> Any:
    """Return a LearningRateScheduler's function: of the user's, or a schedule of Keras that counts epochs."""
    name = arguments["schedule"]
    if is_code(name):
        return user_schedule(code, name)
    options = {key: arguments.pop(key) for key in list(arguments) if key not in ("schedule", "verbose")}
    schedule = keras_schedule(name, options, table.learning_rate, f"{place}.schedule")
    return lambda epoch, rate: float(schedule(epoch))


def _stops(callbacks: list[Any]) -> bool:
    return any(type(one).__name__ in _STOPPERS for one in callbacks)


def _continue_csv(logger: Any, epochs_done: int) -> None:
    """Let a CSVLogger go on in its file behind the epochs that are done, or begin it anew."""
    path = Path(logger.filename)
    if not epochs_done or not path.is_file():
        return
    rows = list(csv.reader(io.StringIO(path.read_text()), delimiter=logger.sep))
    kept = [row for i, row in enumerate(rows) if i == 0 or (row and row[0].isdigit() and int(row[0]) < epochs_done)]
    text = io.StringIO()
    csv.writer(text, delimiter=logger.sep).writerows(kept)
    write_atomic(path, text.getvalue())
    logger.append = True
