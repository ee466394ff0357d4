"""What a dataset holds, how it would be split, and what looks wrong; also of data that a search refuses."""

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
        rows: number of rows; `class_counts` of each class, in the order of the class names.
        groups: names of its groups, sorted; None if the data have none.
        from_source: whether the source holds it apart, or it was taken from train.
        majority_baseline: accuracy of always answering the class most frequent in train.
    """

    rows: int
    class_counts: tuple[int, ...]
    groups: tuple[str, ...] | None
    from_source: bool
    majority_baseline: float | None


@dataclass(frozen=True, slots=True)
class ChannelSummary:
    """The finite values of one channel (or feature) over the training rows, in units; None if it has none."""

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
        parts: by name; only what the source holds, if it cannot be split.
        errors: why a search refuses the data, one line each.
        warnings: what looks wrong, one line each.
        notes: what the source did to the data.
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
    """Summarize `dataset` and the split that a search with `seed` would use; wrong data are described, not refused."""
    errors = [str(error) for error in violations(dataset)]
    parts = dataset.parts()
    try:
        parts = partition(dataset, seed, options or DataOptions())
    except InputError as error:
        # Empty or one-class data cannot be divided either; the rule that says so is told already.
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
