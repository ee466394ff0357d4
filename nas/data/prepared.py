"""Rows as a network reads them: the features of a front-end, scaled by what the training rows alone show."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nas.arrays import Array, Floats, mean_and_std
from nas.data.dataset import Part
from nas.data.splits import Splits
from nas.signal.front_end import FrontEnd
from nas.signal.raw import RAW
from nas.task.task import CLASSES, TASKS, Task


@dataclass(frozen=True, slots=True)
class Scaling:
    """(x - mean) / std, with one mean and std for each entry of the last axis: channels, or features of a table.

    The deployed model expects scaled input, so these numbers are exported with it.
    """

    mean: tuple[float, ...]
    std: tuple[float, ...]

    @classmethod
    def fit(cls, x: Array) -> "Scaling":
        """Measure `x` [n, ..., channels]; a constant channel gets std 1, so that scaling makes it 0.

        Bytes are scaled alike in all channels, about a whole number, so that int8 has a value for each; see
        `Prepared.input_range`.
        """
        axes = tuple(range(x.ndim - 1))
        if x.dtype == np.uint8:
            middle, spread = mean_and_std(x.reshape(-1))
            channels = x.shape[-1]
            return cls((float(round(middle)),) * channels, (spread or 1.0,) * channels)
        if x.dtype.kind in "iu" and x.dtype.itemsize <= 2:
            columns = x.reshape(-1, x.shape[-1]).T
            mean, std = np.array([mean_and_std(column) for column in columns]).T
        else:
            mean, std = x.mean(axis=axes, dtype=np.float64), x.std(axis=axes, dtype=np.float64)
        # Through rounding, a constant channel may have a std of about 1e-8 of its mean.
        # A std below float32's smallest normal number would be rounded to 0.
        std = np.where(std > np.maximum(1e-6 * np.abs(mean), np.finfo(np.float32).tiny), std, 1.0)
        return cls(tuple(mean.tolist()), tuple(std.tolist()))

    def apply(self, x: Array) -> Floats:
        """Scale `x` [..., channels]."""
        mean, std = np.asarray(self.mean, np.float32), np.asarray(self.std, np.float32)
        return np.asarray((x - mean) / std, np.float32)

    def undo(self, x: Floats) -> Floats:
        """Return the features whose scaling gave `x` [..., channels]."""
        return np.asarray(x * np.asarray(self.std, np.float32) + np.asarray(self.mean, np.float32), np.float32)

    def to_json(self) -> dict[str, Any]:
        return {"mean": list(self.mean), "std": list(self.std)}


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """What a network is trained, validated and tested on.

    Attributes:
        train: training rows, scaled; `val` and `test` likewise.
        scaling: what was applied to the features, fitted to the training rows.
        class_names: one name a class; y holds positions in this list.
        channel_names: one name for each entry of x's last axis, or empty.
        input_range: the scaled values of 0 and 255 where features are bytes: an input that is quantized over them takes
            each byte less 128 as it is. None for other features, whose range is measured.
        task: what is asked of the data, by its name.
        is_sound: whether rows are features of sound.
    """

    train: Part
    val: Part
    test: Part
    scaling: Scaling
    class_names: tuple[str, ...]
    channel_names: tuple[str, ...]
    input_range: tuple[float, float] | None = None
    task: str = CLASSES
    is_sound: bool = False

    @property
    def learns(self) -> Task:
        """The task, not fitted to targets: it takes measured ones, and outputs, as they are."""
        return TASKS[self.task]()

    @property
    def row_shape(self) -> tuple[int, ...]:
        """Shape of one row."""
        return self.train.x.shape[1:]


def fitted_front_end(splits: Splits, front_end: FrontEnd) -> FrontEnd:
    """Return a front-end with what it learns from the training rows, of detectors from the normal ones."""
    learns = TASKS[splits.task]()
    return front_end.fitted(splits.train.learnable(learns).x, learns.spare_bits)


def scaling_of(splits: Splits, front_end: FrontEnd = RAW) -> Scaling:
    """Return the scaling that `prepare` applies."""
    return Scaling.fit(front_end.apply(splits.train.learnable(TASKS[splits.task]()).x))


def with_variants(data: Prepared, front_end: FrontEnd, copies: Mapping[str, Array]) -> Prepared:
    """Return prepared rows with variants of some parts: the features of changed raw rows [n, copies, ...], by part."""

    def varied(name: str, part: Part) -> Part:
        if name not in copies:
            return part
        raw = copies[name]
        features = data.scaling.apply(front_end.apply(raw.reshape(-1, *raw.shape[2:])))
        return replace(part, variants=features.reshape(*raw.shape[:2], *part.x.shape[1:]))

    return replace(data, train=varied("train", data.train), val=varied("val", data.val))


def prepare(splits: Splits, front_end: FrontEnd = RAW) -> Prepared:
    """Apply a front-end to all rows, fit the scaling to the training rows, and scale all parts by it."""
    front_end = fitted_front_end(splits, front_end)
    features = {name: replace(part, x=front_end.apply(part.x)) for name, part in splits.parts().items()}
    scaling = Scaling.fit(features["train"].learnable(TASKS[splits.task]()).x)
    are_bytes = features["train"].x.dtype == np.uint8
    mean, std = scaling.mean[0], scaling.std[0]
    return Prepared(
        **{name: replace(part, x=scaling.apply(part.x)) for name, part in features.items()},
        scaling=scaling,
        class_names=splits.class_names,
        channel_names=front_end.channel_names(splits.channel_names),
        input_range=(-mean / std, (255 - mean) / std) if are_bytes else None,
        task=splits.task,
        is_sound=front_end.rate_hz is not None,
    )
