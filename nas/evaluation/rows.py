"""The rows that a model is evaluated on: a part of its own data, or other data that match its classes and channels."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from nas.data.dataset import Dataset, Part
from nas.data.options import DataOptions
from nas.data.partition import partition
from nas.data.rules import violations
from nas.data.splits import Splits
from nas.errors import InputError, unknown
from nas.evaluation.channels import match_channels
from nas.evaluation.class_names import match_classes, match_labels, match_targets

ALL = "all"
PARTS = ("train", "val", "test", ALL)
_NEEDED = ("non_empty", "finite", "finite_targets", "one_group_kind")
"""Rules of `nas.data.rules` that rows must meet to be evaluated; a model is trained on more."""


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Rows to evaluate, with what is known of them.

    Attributes:
        part: the rows, in units.
        name: which they are: `train`, `val`, `test` or `all`.
        source: where they come from.
        class_names: one name a class; y holds positions in this list.
        majority: the most frequent class of the training rows if `trained_on`, else of these rows; 0 for targets.
        mean: the mean of the targets of the training rows if `trained_on`, else of these rows; of labels, the shares of
            the rows that have them; empty for classes.
        trained_on: whether they are a part of the data that the model was trained on.
        channel_names: one for each entry of a row's last axis, or empty.
        seconds_per_row: time from the start of a window to that of the next; None if unknown.
        notes: what was assumed, one line each.
        digest: of the data that the model was trained on, divided; empty for other data.
    """

    part: Part
    name: str
    source: str
    class_names: tuple[str, ...]
    majority: int
    trained_on: bool
    channel_names: tuple[str, ...]
    seconds_per_row: float | None
    notes: tuple[str, ...] = ()
    digest: str = ""
    mean: tuple[float, ...] = ()


def own_rows(splits: Splits, part: str | None) -> Rows:
    """Return a part of the data that a model was trained on, divided as for its training; the test set by default."""
    name = _known(part or "test")
    note = () if name == "test" else (f"rows of the part {name} took part in training: figures of new rows are lower",)
    return Rows(
        part=_joined(splits.parts()) if name == ALL else splits.parts()[name],
        name=name,
        source=splits.source,
        class_names=splits.class_names,
        majority=_majority(splits.train),
        mean=_mean(splits.train),
        trained_on=True,
        channel_names=splits.channel_names,
        seconds_per_row=_seconds(splits.stride, splits.sample_rate_hz),
        notes=note,
        digest=splits.digest,
    )


def given_rows(dataset: Dataset, part: str | None, seed: int, options: DataOptions) -> Rows:
    """Return rows of other data.

    By default they are the test rows that the data give as such, else all rows. Another part is the one that the data
    give, else the one that a search with this seed would make.

    Raises:
        InputError: the rows cannot be evaluated, or the part cannot be made.
    """
    for finding in violations(dataset):
        if finding.kind in _NEEDED:
            raise finding.error(dataset.source)
    name, parts = _known(part or ("test" if dataset.test is not None else ALL)), dataset.parts()
    rows = _joined(parts) if name == ALL else parts.get(name) or partition(dataset, seed, options)[name]
    return Rows(
        part=rows,
        name=name,
        source=dataset.source,
        class_names=dataset.class_names,
        majority=_majority(rows),
        mean=_mean(rows),
        trained_on=False,
        channel_names=dataset.channel_names,
        seconds_per_row=_seconds(dataset.stride, dataset.sample_rate_hz),
        notes=dataset.notes,
    )


def as_model_reads(rows: Rows, class_names: tuple[str, ...], channel_names: tuple[str, ...]) -> Rows:
    """Return rows with the classes and channels of a model, in its order; a line tells what was assumed.

    Raises:
        InputError: the rows have classes that the model does not know, or lack channels of it.
    """
    if rows.mean:
        return _targets_as_model_gives(rows, class_names, channel_names)
    numbers, class_notes = match_classes(rows.class_names, class_names, rows.source)
    channels, channel_note = match_channels(rows.channel_names, channel_names, rows.source)
    x = rows.part.x if channels is None else np.ascontiguousarray(rows.part.x[..., channels])
    return replace(
        rows,
        part=replace(rows.part, x=x, y=numbers[rows.part.y]),
        class_names=class_names,
        majority=int(numbers[rows.majority]),
        channel_names=rows.channel_names if channels is None else channel_names,
        notes=(*rows.notes, *class_notes, *([channel_note] if channel_note else [])),
    )


def _targets_as_model_gives(rows: Rows, names: tuple[str, ...], channel_names: tuple[str, ...]) -> Rows:
    """Return rows with targets or labels, their channels in the model's order; InputError for others than its own."""
    order = np.arange(len(names))
    if rows.part.has_labels and rows.class_names != names:
        order = match_labels(rows.class_names, names, rows.source)
    match_targets(rows.class_names, names, rows.source)
    channels, note = match_channels(rows.channel_names, channel_names, rows.source)
    x = rows.part.x if channels is None else np.ascontiguousarray(rows.part.x[..., channels])
    return replace(
        rows,
        part=replace(rows.part, x=x, y=rows.part.y[:, order]),
        mean=tuple(rows.mean[place] for place in order),
        class_names=tuple(rows.class_names[place] for place in order),
        channel_names=rows.channel_names if channels is None else channel_names,
        notes=(*rows.notes, *([note] if note else [])),
    )


def some_of_each_class(rows: Rows, most: int, seed: int) -> Rows:
    """Return at most that many rows of each class, drawn at random, in their order."""
    if most < 1:
        raise InputError("rows_per_class", "must be 1 or more", got=most)
    if rows.mean:
        raise InputError("rows_per_class", "applies to classes, not to targets", hint="leave it out")
    rng = np.random.default_rng(seed)
    taken = [rng.permutation(np.flatnonzero(rows.part.y == label))[:most] for label in np.unique(rows.part.y)]
    kept = np.sort(np.concatenate(taken))
    note = f"{len(kept):,} of {len(rows.part):,} rows, at most {most:,} of each class, drawn with seed {seed}"
    return replace(rows, part=rows.part.take(kept), notes=(*rows.notes, note))


def _majority(part: Part) -> int:
    return part.majority if part.y.ndim == 1 else 0


def _mean(part: Part) -> tuple[float, ...]:
    return tuple(part.y.mean(axis=0, dtype=np.float64).tolist()) if part.y.ndim == 2 else ()


def _known(part: str) -> str:
    if part not in PARTS:
        raise unknown("--part", "part", part, PARTS)
    return part


def _joined(parts: Mapping[str, Part]) -> Part:
    return functools.reduce(Part.join, parts.values())


def _seconds(stride: int | None, rate_hz: float | None) -> float | None:
    return stride / rate_hz if stride and rate_hz else None
