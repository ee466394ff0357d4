"""A description of a dataset: its shapes, its split and its faults. Data that a search refuses are described too."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from nas.data.dataset import DataOptions, Dataset, Part
from nas.data.findings import channel_name, findings
from nas.data.partition import partition
from nas.data.rules import violations
from nas.errors import InputError
from nas.signal.kind import Kind


@dataclass(frozen=True, slots=True)
class PartSummary:
    """One part of the split.

    Attributes:
        rows: number of rows; `class_counts` holds the number for each class, in the order of the class names.
        groups: names of its groups, sorted; None if the data have no groups.
        from_source: whether the source holds this part separately; otherwise it was taken from train.
        majority_baseline: accuracy of a constant answer, the most frequent class in train; None without rows.
    """

    rows: int
    class_counts: tuple[int, ...]
    groups: tuple[str, ...] | None
    from_source: bool
    majority_baseline: float | None


@dataclass(frozen=True, slots=True)
class ChannelSummary:
    """The finite values of one channel or feature over the training rows, in units; None if no value is finite."""

    name: str
    min: float | None
    max: float | None
    mean: float | None
    std: float | None


@dataclass(frozen=True, slots=True)
class Description:
    """All that `nas data SOURCE` shows.

    Attributes:
        kind: kind of the rows; `row_shape` is the shape of one.
        parts: the parts of the split by name; those of the source if it cannot be split.
        errors: the rules for which a search refuses the data, one line each.
        warnings: findings of `nas.data.findings`, one line each.
        notes: what the reader did to the data, one line each.
    """

    source: str
    kind: Kind
    row_shape: tuple[int, ...]
    class_names: tuple[str, ...]
    sample_rate_hz: float | None
    units_scale: tuple[float, ...] | None
    seed: int
    parts: Mapping[str, PartSummary]
    channels: tuple[ChannelSummary, ...]
    errors: tuple[str, ...]
    warnings: tuple[str, ...]
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        # Documents have always called a window a series.
        return {**dataclasses.asdict(self), "kind": "series" if self.kind == Kind.WINDOW else self.kind.value}


def describe(dataset: Dataset, seed: int = 0, options: DataOptions | None = None) -> Description:
    """Describe `dataset` and the split that a search with `seed` would use. Faulty data are described, not refused."""
    errors = [str(error) for error in violations(dataset)]
    parts = dataset.parts()
    try:
        parts = partition(dataset, seed, options or DataOptions())
    except InputError as error:
        # Empty or one-class data cannot be divided either, but for them `violations` gives the better message.
        errors = errors or [str(error)]
    return Description(
        source=dataset.source,
        kind=dataset.kind,
        row_shape=dataset.train.x.shape[1:],
        class_names=dataset.class_names,
        sample_rate_hz=dataset.sample_rate_hz,
        units_scale=dataset.units_scale,
        seed=seed,
        parts={name: _summarize(dataset, name, part, parts["train"]) for name, part in parts.items()},
        channels=_channels(dataset, parts["train"]),
        errors=tuple(errors),
        warnings=tuple(findings(dataset, parts)),
        notes=dataset.notes,
    )


def _summarize(dataset: Dataset, name: str, part: Part, train: Part) -> PartSummary:
    counts = np.bincount(part.y, minlength=len(dataset.class_names))
    groups = None if part.groups is None else tuple(str(group) for group in np.unique(part.groups).tolist())
    baseline = float((part.y == train.majority).mean()) if len(part) and len(train) else None
    given = name == "train" or name in dataset.parts()
    return PartSummary(len(part), tuple(counts.tolist()), groups, given, baseline)


def _channels(dataset: Dataset, train: Part) -> tuple[ChannelSummary, ...]:
    columns = train.x.reshape(-1, train.x.shape[-1]).T.astype(np.float64)
    return tuple(
        ChannelSummary(channel_name(dataset, index), *_spread(column[np.isfinite(column)]))
        for index, column in enumerate(columns)
    )


def _spread(values: Any) -> tuple[float | None, float | None, float | None, float | None]:
    if not len(values):
        return None, None, None, None
    return float(values.min()), float(values.max()), float(values.mean()), float(values.std())
