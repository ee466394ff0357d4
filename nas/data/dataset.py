"""Labelled data as their source gives them, before they are split."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np

from nas.arrays import Array, Ints, Rows
from nas.data.file_table import FileTable
from nas.data.finding import Finding
from nas.errors import InputError
from nas.signal.kind import Kind
from nas.task.multi_label import holds_labels, rarest
from nas.task.task import CLASSES, LABELS, TARGETS, Task


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Rows that are used together.

    Attributes:
        x: [n, features], [n, time, channels] or [n, height, width, channels]; float32 in units, or as they were
            recorded the samples of audio, int16, and the pixels of pictures, uint8.
        y: class of each row [n], measured targets [n, outputs] as float32, or labels 0 and 1 [n, labels] as uint8.
        groups: subject, speaker or recording of each row [n]; None if unknown.
        recordings: position of each row's file in `Dataset.recordings` [n]; None if the rows are not from files of
            their own.
        variants: changed copies of each row [n, copies, ...], which a training draws from; None for none. Rows that
            something is judged by have none.
    """

    x: Array
    y: Array
    groups: Array | None = None
    recordings: Ints | None = None
    variants: Array | None = None

    def __len__(self) -> int:
        return len(self.y)

    @property
    def majority(self) -> int:
        """The most frequent class; a constant answer of it is the baseline of every metric."""
        return int(np.bincount(self.y).argmax())

    @property
    def has_labels(self) -> bool:
        """Whether rows have labels, of which several may hold at once."""
        return holds_labels(self.y)

    @property
    def strata(self) -> Ints:
        """What a division of the rows spreads evenly [n]: classes, or the rarest labels; of targets nothing."""
        if self.y.ndim == 1:
            return self.y
        return rarest(self.y) if self.has_labels else np.zeros(len(self), np.int64)

    def join(self, other: "Part") -> "Part":
        """Return the rows of both, one after the other; with groups, recordings and variants if both have them."""
        return Part(
            np.concatenate([self.x, other.x]),
            np.concatenate([self.y, other.y]),
            *(
                None if a is None or b is None else np.concatenate([a, b])
                for a, b in zip(self._columns, other._columns, strict=True)
            ),
        )

    def take(self, rows: Rows) -> "Part":
        """Return the rows with the given numbers."""
        columns = (None if column is None else column[rows] for column in self._columns)
        return Part(self.x[rows], self.y[rows], *columns)

    def learnable(self, learns: Task) -> "Part":
        """Return the rows that a scaling is fitted to, and that a network learns from."""
        kept = learns.learnable(self.y)
        return self if len(kept) == len(self) else self.take(kept)

    @property
    def _columns(self) -> tuple[Array | None, ...]:
        return self.groups, self.recordings, self.variants

    @property
    def unchanged(self) -> "Part":
        """The rows alone, without variants, as they are judged by."""
        return replace(self, variants=None)


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """The rows of a data source in physical units, unchanged, including values that a search would refuse.

    Life cycle: made by `load`. Shapes are checked here, so that every dataset can be described. Values (NaN, a
    single class) are checked by `nas.data.rules.check` when the dataset is split for a search.

    Attributes:
        source: name or path that the user gave.
        train: training rows.
        class_names: one name a class, of which y holds positions; of targets, one name for each of y's columns.
        val: validation rows, if the source holds them separately; otherwise `split` takes them from train.
        test: test rows, if the source holds them separately; otherwise `split` takes them from train.
        channel_names: one name for each entry of x's last axis, or empty.
        sample_rate_hz: sample rate of the signal that the windows were cut from; None if unknown or no signal.
        stride: samples from the start of a window to that of the next; None if unknown or no signal.
        units_scale: one factor a channel by which the integers of the source were multiplied to give x; None if
            the source holds x in units.
        notes: what the reader did to the data that the user should know, one line each.
        recordings: the files that the rows were cut from, as messages name them; empty if each part is one array.
        left_out: channels, in small letters, that only some files had and that were left out as asked.
        files: what the reader measured of the files.
        found: what looks wrong with the files, and cannot be seen in the rows.
        task: what is asked of the data: `classification`, `regression` if y holds measured targets, `multi-label` if it
            holds labels, or `anomaly` if its classes are normal (0) and anomaly (1).
        noise: recordings of noise [time], to mix with training rows of sound, at their rate and in their numbers.
        noise_groups: group of each of them, where rows may be taken from them too; empty where none are.
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
    recordings: tuple[str, ...] = ()
    stride: int | None = None
    left_out: tuple[str, ...] = ()
    files: tuple[FileTable, ...] = ()
    found: tuple[Finding, ...] = ()
    task: str = CLASSES
    noise: tuple[Array, ...] = ()
    noise_groups: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name, part in self.parts().items():
            self._check_shapes(name, part)
        channels = self.train.x.shape[-1]
        if len(self.channel_names) not in (0, channels):
            swapped = self.train.x.ndim == 3 and len(self.channel_names) == self.train.x.shape[1]
            raise InputError(
                f"{self.source}: channel_names",
                f"must name {channels} channels",
                got=len(self.channel_names),
                hint="the axes look swapped: add --channels-first true" if swapped else None,
            )
        if self.sample_rate_hz is not None and not 0 < self.sample_rate_hz < float("inf"):
            raise InputError(f"{self.source}: sample_rate_hz", "must be above 0", got=self.sample_rate_hz)

    def _check_shapes(self, name: str, part: Part) -> None:
        if not 2 <= part.x.ndim <= 4:
            raise InputError(
                f"{self.source}: x_{name}", "must be [n, features], [n, time, channels] or images", got=part.x.shape
            )
        if 0 in part.x.shape[1:]:
            raise InputError(f"{self.source}: x_{name}", "rows must have values", got=f"shape {part.x.shape}")
        if part.x.shape[1:] != self.train.x.shape[1:]:
            raise InputError(
                f"{self.source}: x_{name}", f"rows must have train's shape {self.train.x.shape[1:]}", got=part.x.shape
            )
        for label, column in (("y", part.y), ("group", part.groups)):
            if column is not None and column.shape != (len(part.x), *self._columns(label)):
                raise InputError(
                    f"{self.source}: {label}_{name}", f"must have {len(part.x)} entries, one a row", got=column.shape
                )

    def _columns(self, label: str) -> tuple[int, ...]:
        return (len(self.class_names),) if label == "y" and self.has_columns else ()

    @property
    def kind(self) -> Kind:
        return Kind.of(self.train.x.shape[1:])

    @property
    def is_as_recorded(self) -> bool:
        """Whether rows hold samples or pixels as whole numbers of a known range, as audio files and pictures do."""
        return self.train.x.dtype.kind in "iu"

    @property
    def has_columns(self) -> bool:
        """Whether y has a column for each target or label, and not one class a row."""
        return self.task in (TARGETS, LABELS)

    @property
    def outputs_are(self) -> str:
        """What `class_names` names, in a word."""
        return {TARGETS: "targets", LABELS: "labels"}.get(self.task, "classes")

    def channel_name(self, index: int) -> str:
        """Return the name of a channel, or its position if the source gives no names."""
        return self.channel_names[index] if self.channel_names else f"channel {index}"

    def parts(self) -> dict[str, Part]:
        """Return the parts that the source has, by name."""
        found = {"train": self.train, "val": self.val, "test": self.test}
        return {name: part for name, part in found.items() if part is not None}

    def with_parts(self, parts: Mapping[str, Part], note: str, **changes: Any) -> Self:
        """Return the data with other parts, a further note, and changes of other fields."""
        val, test = parts.get("val"), parts.get("test")
        return replace(self, train=parts["train"], val=val, test=test, notes=(*self.notes, note), **changes)
