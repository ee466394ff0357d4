"""Data from Python: arrays and frames of pandas."""

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict, Unpack

import numpy as np
import numpy.typing as npt
import pandas as pd

from nas.arrays import Array
from nas.data.dataset import Dataset
from nas.data.options import DataOptions
from nas.data.readers.npz import dataset_of, key_of
from nas.data.readers.table_file import read_rows
from nas.data.tables.reading import from_frame
from nas.data.tables.sheet import clocks_of, column_of
from nas.errors import InputError, unknown
from nas.files import write_atomic
from nas.keywords import explains_keywords
from nas.task.task import CLASSES, TARGETS

SOURCE = "data"
"""What messages call data from Python."""


class Arrays(TypedDict, total=False):
    """Arrays beside the training rows: other parts, groups and names, as in an `.npz` file."""

    x_val: npt.ArrayLike
    y_val: npt.ArrayLike
    groups_val: npt.ArrayLike
    x_test: npt.ArrayLike
    y_test: npt.ArrayLike
    groups_test: npt.ArrayLike
    class_names: npt.ArrayLike
    target_names: npt.ArrayLike
    channel_names: npt.ArrayLike
    sample_rate_hz: float
    scale: npt.ArrayLike
    kind: str
    task: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Data:
    """Labelled rows in memory, for `nas.search(study, data=...)` and `nas.describe_data(...)`.

    Attributes:
        arrays: the arrays under their names in an `.npz` file.
        notes: what was assumed, one line each.
    """

    arrays: Mapping[str, Array]
    notes: tuple[str, ...] = ()

    @classmethod
    def from_arrays(
        cls, x: npt.ArrayLike, y: npt.ArrayLike, groups: npt.ArrayLike | None = None, **more: Unpack[Arrays]
    ) -> "Data":
        """Take rows as arrays.

        Args:
            x: training rows: [n, features], [n, time, channels] or [n, height, width, channels].
            y: class of each row [n], whole numbers or text; measured targets [n] or [n, outputs], for regression; or
                labels 0 and 1 [n, labels], of which several may hold at once.
            groups: subject or recording of each row [n].
            more: `x_test`, `y_test`, `groups_test`, `x_val`, `y_val`, `groups_val`, `class_names` or `target_names`,
                `channel_names`, `sample_rate_hz`, `scale` (factors from whole numbers to units), `kind`: table, window
                or image, where the shape does not tell, and `task`: classification, multi-label or regression, where y
                does not.

        Raises:
            InputError: a name is unknown, or the arrays do not fit together.
        """
        given = {"x": x, "y": y, **({} if groups is None else {"groups": groups}), **more}
        arrays = {}
        for name, value in given.items():
            key = key_of(name)
            if key is None:
                raise unknown(SOURCE, "array", name, (*Arrays.__annotations__, "groups"))
            if value is not None:
                arrays[key] = _array(name, value)
        dataset_of(SOURCE, arrays)
        return cls(arrays)

    @classmethod
    def from_batches(cls, train: Iterable[Any], test: Iterable[Any] | None = None, **more: Unpack[Arrays]) -> "Data":
        """Take rows as batches of `(x, y)`, such as a `tf.data.Dataset` or a loader gives them.

        Args:
            train: batches of training rows; each is read once, in order. Classes may be numbers or one-hot; rows of 0
                and 1 are taken as one-hot if all of them, of both parts, have one 1, unless `task` says otherwise.
            test: batches of test rows.
            more: as in `from_arrays`.

        Raises:
            InputError: a batch is no pair, there is none, or the rows do not fit together.
        """
        parts = {name: _joined(name, part) for name, part in {"train": train, "test": test}.items() if part is not None}
        targets = {name: y for name, (_, y) in parts.items()}
        if more.get("task") in (None, CLASSES) and all(map(_is_one_hot, targets.values())):
            targets = {name: y.argmax(axis=1) for name, y in targets.items()}
        if test is not None:
            more["x_test"], more["y_test"] = parts["test"][0], targets["test"]
        return cls.from_arrays(parts["train"][0], targets["train"], **more)

    @classmethod
    @explains_keywords
    def from_frame(
        cls,
        frame: pd.DataFrame,
        label: str | None = None,
        group: str | None = None,
        time: str | None = None,
        window: int | None = None,
        stride: int | None = None,
        rate_hz: float | None = None,
    ) -> "Data":
        """Take the rows of a frame, with a class a row, as `nas data FILE.csv` reads those of a file.

        With times, or with `window`, `stride` or `rate_hz`, rows are samples of recordings that are cut into windows;
        else each row is an example.

        Args:
            frame: the rows; columns that are not named here are channels.
            label: column of classes; None for the one with a usual name.
            group: column of subjects or recordings; None for the one with a usual name.
            time: column of time, with its unit if the name tells none, such as `time:ms`; `none` for no such column.
            window: samples in a window.
            stride: samples from the start of one window to the start of the next.
            rate_hz: rate to which recordings are resampled.

        Raises:
            InputError: a column is missing, ambiguous, or holds no numbers.
        """
        if not isinstance(frame, pd.DataFrame):
            raise InputError(SOURCE, "must be a pandas DataFrame", got=type(frame).__name__)
        table = from_frame(frame, SOURCE)
        for keyword, column in {"label=": label, "group=": group}.items():
            if column is not None:
                column_of(table, column, keyword)
        clocks_of(table, time, "time=")
        options = DataOptions(window, stride, rate_hz, label_column=label, group_column=group, time_column=time)
        return cls.from_dataset(read_rows(SOURCE, table, options))

    @classmethod
    def from_dataset(cls, dataset: Dataset) -> "Data":
        """Take the rows of a data source, with its parts, groups and names."""
        return cls(_arrays(dataset), dataset.notes)

    def dataset(self) -> Dataset:
        """Return the rows as a dataset."""
        return dataset_of(SOURCE, self.arrays, self.notes)

    def save(self, path: Path | str) -> Path:
        """Write the rows as an `.npz` file that `--data` reads, and return its path."""
        buffer = io.BytesIO()
        np.savez_compressed(buffer, **self.arrays)  # type: ignore[arg-type]
        return write_atomic(Path(path), buffer.getvalue())

    def __repr__(self) -> str:
        rows = self.dataset()
        shape = " x ".join(map(str, rows.train.x.shape[1:]))
        return f"<nas.Data: {len(rows.train)} training rows of {shape}, {len(rows.class_names)} {rows.outputs_are}>"


def _joined(part: str, batches: Iterable[Any]) -> tuple[Array, Array]:
    """Return the rows and targets of batches."""
    # A dataset of TensorFlow gives tensors, unless it is asked for arrays.
    read = getattr(batches, "as_numpy_iterator", None)
    found = list(batches if read is None else read())
    if not found or not all(isinstance(batch, tuple | list) and len(batch) == 2 for batch in found):
        got = "none" if not found else type(found[0]).__name__
        raise InputError(f"{SOURCE}: {part}", "must give batches (x, y)", got=got)
    try:
        x, y = (np.concatenate([np.atleast_1d(np.asarray(batch[place])) for batch in found]) for place in (0, 1))
    except ValueError as error:
        raise InputError(f"{SOURCE}: {part}", "must give batches of one shape", got=error) from error
    return x, y


def _is_one_hot(y: Array) -> bool:
    return bool(y.ndim == 2 and y.shape[1] > 1 and np.isin(y, (0, 1)).all() and (y.sum(axis=1) == 1).all())


def _array(name: str, value: Any) -> Array:
    """Return a value as an array of numbers or text; objects that are all text become text."""
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise InputError(f"{SOURCE}: {name}", "must be an array: rows differ in length", got=error) from error
    if array.dtype.kind in "OT" and all(isinstance(entry, str) for entry in array.ravel().tolist()):
        return array.astype(str)
    if array.dtype.kind == "O":
        raise InputError(
            f"{SOURCE}: {name}", "must be numbers or text", got="Python objects", hint="give one kind only"
        )
    return array


def _arrays(dataset: Dataset) -> dict[str, Array]:
    names = "target_names" if dataset.task == TARGETS else "class_names"
    arrays: dict[str, Array] = {names: np.array(dataset.class_names), "kind": np.array(dataset.kind.value)}
    if dataset.task != CLASSES:
        arrays["task"] = np.array(dataset.task)
    for name, part in dataset.parts().items():
        arrays |= {f"x_{name}": part.x, f"y_{name}": part.y}
        arrays |= {} if part.groups is None else {f"group_{name}": part.groups}
    if dataset.channel_names:
        arrays["channel_names"] = np.array(dataset.channel_names)
    if dataset.sample_rate_hz is not None:
        arrays["sample_rate_hz"] = np.array(dataset.sample_rate_hz)
    return arrays
