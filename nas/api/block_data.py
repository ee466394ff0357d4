"""The features that Edge Impulse gives a custom learning block, and their classes."""

import io
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nas.arrays import Array, Floats, Ints
from nas.data.given import Data
from nas.errors import InputError
from nas.files import read_regular

_MOST_BYTES = 8 << 30
_MOST_INFO_BYTES = 10 << 20
_STRUCTURED = 4
"""Columns of a class that is told as label index, sample, start and end."""
_SPACES = {1: "mlp_tabular", 2: "cnn_timeseries", 3: "cnn_image"}
"""The space that suits rows of so many axes."""


@dataclass(frozen=True, slots=True, eq=False)
class BlockData:
    """Features and classes.

    Attributes:
        x_train: rows [n, *row_shape]; `x_test` those that the platform held out.
        y_train: position of each row's class in `class_names` [n].
        groups_train: the sample that each row was cut from; None if the platform does not tell.
        given_shape: shape of a row as the platform has it, and will give it to the model.
        class_names: one an output.
        most_seconds: after which the platform ends a training, and takes nothing; None if it does not tell.
    """

    x_train: Floats
    y_train: Ints
    x_test: Floats
    y_test: Ints
    groups_train: Array | None
    groups_test: Array | None
    given_shape: tuple[int, ...]
    class_names: tuple[str, ...]
    most_seconds: float | None = None

    @property
    def row_shape(self) -> tuple[int, ...]:
        return tuple(self.x_train.shape[1:])

    @property
    def space(self) -> str:
        """The name of the space that suits the rows."""
        return _SPACES[len(self.row_shape)]

    def data(self) -> Data:
        """Return the rows as a search takes them."""
        more: dict[str, Any] = {"class_names": np.array(self.class_names), "x_test": self.x_test, "y_test": self.y_test}
        if self.groups_test is not None:
            more["groups_test"] = self.groups_test
        return Data.from_arrays(self.x_train, self.y_train, self.groups_train, **more)


def read_block_data(folder: Path, channels: int, info: Path | None) -> BlockData:
    """Return what the platform put into a folder.

    Args:
        folder: with `X_split_train.npy`, `Y_split_train.npy`, `X_split_test.npy` and `Y_split_test.npy`.
        channels: number of sensor channels whose values alternate in a flat row; 0 if a flat row is not a signal.
        info: `train_input.json`; None, or a file that is not there, for unknown names of classes and no limit of time.

    Raises:
        InputError: a file is missing, damaged, or does not fit the others.
    """
    x = {part: _array(folder / f"X_split_{part}.npy") for part in ("train", "test")}
    y = {part: _array(folder / f"Y_split_{part}.npy") for part in ("train", "test")}
    for part in x:
        if len(x[part]) != len(y[part]) or not len(x[part]):
            rule = "must have a class for each row, and rows"
            raise InputError(folder / f"Y_split_{part}.npy", rule, got=f"{len(y[part])} classes, {len(x[part])} rows")
        if x[part].shape[1:] != x["train"].shape[1:] or not 2 <= x[part].ndim <= 4:
            rule = "must hold rows of 1 to 3 axes, all of one shape"
            raise InputError(folder / f"X_split_{part}.npy", rule, got=x[part].shape)
    given, (names, most_seconds) = tuple(x["train"].shape[1:]), _told(info)
    first = _first_index(folder, y.values())
    coded = {part: _classes(folder, y[part], first) for part in y}
    count = max(len(names), *(outputs for _, _, outputs in coded.values()))
    names = names or tuple(str(n) for n in range(count))
    if count > len(names):
        raise InputError(info or folder, f"must name {count} classes", got=", ".join(names))
    row = _row_shape(folder, given, channels)
    rows = {part: np.asarray(x[part], np.float32).reshape(-1, *row) for part in x}
    return BlockData(
        rows["train"], coded["train"][0], rows["test"], coded["test"][0],
        coded["train"][1], coded["test"][1], given, names, most_seconds,
    )  # fmt: skip


def _array(path: Path) -> Array:
    try:
        found: Array = np.load(io.BytesIO(read_regular(path, _MOST_BYTES)), allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise InputError(path, "must be an .npy file of numbers", got=str(error).partition("\n")[0]) from error
    if found.dtype.kind not in "iufb":
        raise InputError(path, "must hold numbers", got=found.dtype)
    return found


def _told(info: Path | None) -> tuple[tuple[str, ...], float | None]:
    """Return the names of the classes, and the seconds that a training may take, as far as the platform tells them."""
    if info is None or not info.is_file():
        return (), None
    try:
        told = json.loads(read_regular(info, _MOST_INFO_BYTES))
        seconds = told.get("maxTrainingTimeSeconds")
        return tuple(str(name) for name in told.get("classes") or ()), float(seconds) if seconds else None
    except (ValueError, AttributeError, TypeError) as error:
        raise InputError(info, "must be the train_input.json of a learning block", got=error) from error


def _first_index(folder: Path, parts: Iterable[Array]) -> int:
    """Return the index of the first class in columns of class, sample, start and end: 1, or 0 if that occurs."""
    least = min((int(y[:, 0].min()) for y in parts if _is_structured(y)), default=1)
    if least < 0:
        raise InputError(folder, "Y must have label indices from 0 or 1 on", got=least)
    return min(least, 1)


def _classes(folder: Path, y: Array, first: int) -> tuple[Ints, Array | None, int]:
    """Return classes from 0 on, the sample of each row if it is told, and the least number of outputs.

    Classes come one-hot, as whole numbers, or as four columns: label index from `first` on, sample, start, end.
    """
    if _is_structured(y):
        index = y[:, 0].astype(np.int64) - first
        return index, y[:, 1].astype(str), int(index.max()) + 1
    if y.ndim == 2 and y.shape[1] > 1:
        if not _is_one_hot(y):
            raise InputError(folder, "Y must be one-hot, or four columns that begin with the label", got=y[0].tolist())
        return np.asarray(y.argmax(axis=1), np.int64), None, y.shape[1]
    flat = y.reshape(len(y), -1)[:, 0]
    if (flat != np.round(flat)).any() or flat.min() < 0:
        raise InputError(folder, "Y must hold classes: a learning block searches for classifiers", got=float(flat[0]))
    return flat.astype(np.int64), None, int(flat.max()) + 1


def _is_structured(y: Array) -> bool:
    return y.ndim == 2 and y.shape[1] == _STRUCTURED and y.dtype.kind in "iu" and not _is_one_hot(y)


def _is_one_hot(y: Array) -> bool:
    return bool(np.isin(y, (0, 1)).all() and (y.sum(axis=1) == 1).all())


def _row_shape(folder: Path, given: tuple[int, ...], channels: int) -> tuple[int, ...]:
    """Return the shape of a row: a flat one of several channels is a window, whose values alternate."""
    if len(given) > 1 or not channels:
        return given
    if given[0] % channels:
        rule = f"a row must have the values of {channels} channels in turn"
        raise InputError(folder, rule, got=f"{given[0]} values", hint="set the block's parameter channels")
    return given[0] // channels, channels
