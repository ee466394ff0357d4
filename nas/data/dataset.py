"""Labelled data in units, before it is split and scaled, and the ways of getting it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nas.arrays import Array, Floats, Ints
from nas.errors import InputError

KINDS = {2: "table", 3: "series", 4: "image"}
"""Kind of data by the rank of x: rows of features, windows of channels, pictures."""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Rows that belong together: x [n, F], [n, T, C] or [n, H, W, C], y [n] classes, groups [n] or None."""

    x: Floats
    y: Ints
    groups: Array | None = None

    def __len__(self) -> int:
        return len(self.y)

    def join(self, other: "Part") -> "Part":
        """Return the rows of both; groups only if both have them."""
        groups = None if self.groups is None or other.groups is None else np.concatenate([self.groups, other.groups])
        return Part(np.concatenate([self.x, other.x]), np.concatenate([self.y, other.y]), groups)

    def take(self, rows: npt.NDArray[np.intp]) -> "Part":
        return Part(self.x[rows], self.y[rows], None if self.groups is None else self.groups[rows])


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """What a data source gives: rows in physical units, as they stand in the source, even if they are wrong.

    Life cycle: made by `load`; shapes are checked here, so that a dataset can always be described;
    values (NaN, one class) are checked by `nas.data.rules.check`, when it is split for a search.

    Attributes:
        source: what the user named: a registered name or a path.
        train: rows to learn from.
        class_names: one a class; y counts into them.
        val: rows to choose by, if the source has them apart; else `split` takes them from train.
        test: rows for the winners, if the source has them apart; else `split` takes them from train.
        channel_names: one for each entry of x's last axis, or empty.
        sample_rate_hz: of windows of a signal; None if unknown or not a signal.
        units_scale: integers of the source times this gave x, one factor a channel; None if x came in units.
        notes: what the source did that its user should know, one line each.
    """

    source: str
    train: Part
    class_names: tuple[str, ...]
    val: Part | None = None
    test: Part | None = None
    channel_names: tuple[str, ...] = ()
    sample_rate_hz: float | None = None
    units_scale: tuple[float, ...] | None = None
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name, part in self.parts().items():
            self._check_shapes(name, part)
        channels = self.train.x.shape[-1]
        if len(self.channel_names) not in (0, channels):
            raise InputError(
                f"{self.source}: channel_names", f"must name {channels} channels", got=len(self.channel_names)
            )
        if self.sample_rate_hz is not None and not 0 < self.sample_rate_hz < float("inf"):
            raise InputError(f"{self.source}: sample_rate_hz", "must be above 0", got=self.sample_rate_hz)

    def _check_shapes(self, name: str, part: Part) -> None:
        if part.x.ndim not in KINDS:
            raise InputError(
                f"{self.source}: x_{name}", "must be [n, features], [n, time, channels] or images", got=part.x.shape
            )
        if part.x.shape[1:] != self.train.x.shape[1:]:
            raise InputError(
                f"{self.source}: x_{name}", f"rows must have train's shape {self.train.x.shape[1:]}", got=part.x.shape
            )
        for label, column in (("y", part.y), ("group", part.groups)):
            if column is not None and column.shape != (len(part.x),):
                raise InputError(
                    f"{self.source}: {label}_{name}", f"must have {len(part.x)} entries, one a row", got=column.shape
                )

    @property
    def kind(self) -> str:
        return KINDS[self.train.x.ndim]

    def parts(self) -> dict[str, Part]:
        """Return the parts that the source has, by name."""
        found = {"train": self.train, "val": self.val, "test": self.test}
        return {name: part for name, part in found.items() if part is not None}


@dataclass(frozen=True, slots=True)
class DataOptions:
    """How a folder of recordings becomes rows, and how large the held-out parts are.

    Attributes:
        window: samples a window of a recording; default 128.
        stride: samples from a window's start to the next one's; default half a window.
        rate_hz: recordings are resampled to this rate; without a time column, the rate that they have.
        labels: a CSV file with the columns file, label and, if wanted, group; default `labels.csv` in the folder.
        val_fraction: share of the training groups (rows, if there are no groups) held out to choose by.
        test_fraction: share of all groups held out for the winners, if the source has no test set.
    """

    window: int | None = None
    stride: int | None = None
    rate_hz: float | None = None
    labels: str | None = None
    val_fraction: float = 0.25
    test_fraction: float = 0.2

    def __post_init__(self) -> None:
        for name in ("window", "stride"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise InputError(f"data.{name}", "must be 1 or more samples", got=value)
        if self.rate_hz is not None and not 0 < self.rate_hz < float("inf"):
            raise InputError("data.rate_hz", "must be above 0", got=self.rate_hz)
        for name in ("val_fraction", "test_fraction"):
            if not 0 < getattr(self, name) <= 0.5:
                raise InputError(f"data.{name}", "must be in (0, 0.5]", got=getattr(self, name))
