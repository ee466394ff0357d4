"""Training, validation and test rows: apart by group, scaled by what training alone shows."""

import hashlib
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nas.arrays import Floats
from nas.data.dataset import KINDS, DataOptions, Dataset, Part

__all__ = ["Part", "Scaling", "Splits", "split"]


@dataclass(frozen=True, slots=True)
class Scaling:
    """(x - mean) / std, one mean and std for each entry of the last axis: channels, or a table's features.

    The deployed model expects scaled input, so these numbers are exported with it.
    """

    mean: tuple[float, ...]
    std: tuple[float, ...]

    @classmethod
    def fit(cls, x: Floats) -> "Scaling":
        """Measure `x` [n, ..., C]; a constant channel keeps std 1, so that it becomes 0 and nothing blows up."""
        axes = tuple(range(x.ndim - 1))
        mean, std = x.mean(axis=axes, dtype=np.float64), x.std(axis=axes, dtype=np.float64)
        # Rounding leaves a constant channel a std of some 1e-8 of its mean.
        # Below its smallest normal number, float32 would round it to 0.
        std = np.where(std > np.maximum(1e-6 * np.abs(mean), np.finfo(np.float32).tiny), std, 1.0)
        return cls(tuple(mean.tolist()), tuple(std.tolist()))

    def apply(self, x: Floats) -> Floats:
        """Scale `x` [..., C] in units."""
        mean, std = np.asarray(self.mean, np.float32), np.asarray(self.std, np.float32)
        return np.asarray((x - mean) / std, np.float32)

    def invert(self, x: Floats) -> Floats:
        """Bring scaled `x` [..., C] back to units."""
        return x * np.asarray(self.std, np.float32) + np.asarray(self.mean, np.float32)

    def to_json(self) -> dict[str, Any]:
        return {"mean": list(self.mean), "std": list(self.std)}


@dataclass(frozen=True, slots=True, eq=False)
class Splits:
    """What a search trains, chooses and tests on. Arrays, text and numbers only: it pickles to workers as it is.

    Attributes:
        train: rows to learn from, scaled; `val` to choose by; `test` for the winners only.
        scaling: what was applied to x, fitted on train only.
        class_names: one a class; y counts into them.
        channel_names: one for each entry of x's last axis, or empty.
        sample_rate_hz: of windows of a signal; None if unknown or not a signal.
        units_scale: the source's integers times this give units; None if it holds units.
        source: what the user named.
        digest: SHA-256 of the rows in units, their labels, groups and names: two equal digests, one data set
            and one split.
    """

    train: Part
    val: Part
    test: Part
    scaling: Scaling
    class_names: tuple[str, ...]
    channel_names: tuple[str, ...]
    sample_rate_hz: float | None
    units_scale: tuple[float, ...] | None
    source: str
    digest: str

    @property
    def kind(self) -> str:
        """`table`, `series` or `image`."""
        return KINDS[self.train.x.ndim]

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Shape of one row: (F,), (T, C) or (H, W, C)."""
        return self.train.x.shape[1:]

    def parts(self) -> dict[str, Part]:
        return {"train": self.train, "val": self.val, "test": self.test}

    @property
    def majority(self) -> int:
        """The class most frequent in training; always answering it is the baseline of every metric."""
        return int(np.bincount(self.train.y).argmax())


def split(dataset: Dataset, seed: int, options: DataOptions | None = None) -> Splits:
    """Hold out validation and test rows, unless the source did, and scale all by the training rows.

    No group is in two of the parts that are made here. Nothing depends on anything but the arguments.

    Raises:
        InputError: the data break a rule of `nas.data.rules`, or cannot be divided.
    """
    # They import scikit-learn, which workers that only unpickle a Splits do without.
    from nas.data.partition import partition
    from nas.data.rules import check

    check(dataset)
    parts = partition(dataset, seed, options or DataOptions())
    scaling = Scaling.fit(parts["train"].x)
    scaled = {name: replace(part, x=scaling.apply(part.x)) for name, part in parts.items()}
    return Splits(
        **scaled,
        scaling=scaling,
        class_names=dataset.class_names,
        channel_names=dataset.channel_names,
        sample_rate_hz=dataset.sample_rate_hz,
        units_scale=dataset.units_scale,
        source=dataset.source,
        digest=_digest(dataset, parts),
    )


def _digest(dataset: Dataset, parts: dict[str, Part]) -> str:
    # The source's path is left out: the same rows elsewhere are the same data.
    sha = hashlib.sha256(repr((dataset.class_names, dataset.channel_names, dataset.sample_rate_hz)).encode())
    for name, part in parts.items():
        for array in (part.x, part.y, part.groups):
            if array is not None:
                sha.update(f"{name} {array.dtype} {array.shape}".encode())
                sha.update(array.tobytes())
    return sha.hexdigest()
