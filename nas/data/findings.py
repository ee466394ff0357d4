"""Checks for faults in data that a search would accept.

Each check is a function of the dataset and its parts that yields one sentence a finding. Its docstring says why the
finding matters.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from itertools import combinations

import numpy as np

from nas.data.dataset import Dataset, Part
from nas.signal.kind import Kind
from nas.task.metrics import is_unbalanced
from nas.text import percent

Check = Callable[[Dataset, Mapping[str, Part]], Iterator[str]]

CLIPPED_SHARE = 0.01
"""A channel looks clipped if more of its values are at an extreme; within its range, a sensor seldom repeats one."""


def constant_channels(dataset: Dataset, parts: Mapping[str, Part]) -> Iterator[str]:
    """A channel that never changes, such as that of a sensor that was off, costs weights and carries no information."""
    x = parts["train"].x
    if dataset.kind == Kind.IMAGE:
        return
    flat = x.reshape(-1, x.shape[-1])
    for index in np.flatnonzero((flat == flat[:1]).all(axis=0)):
        yield f"{channel_name(dataset, int(index))} is constant in train, at {flat[0, index]:g}"


def counting_channels(dataset: Dataset, parts: Mapping[str, Part]) -> Iterator[str]:
    """A column of times or row numbers shows when a row was recorded, not what happened."""
    if dataset.kind != Kind.WINDOW or parts["train"].x.shape[1] < 3:
        return
    steps = np.diff(parts["train"].x.astype(np.float64), axis=1)
    for index in np.flatnonzero((steps > 0).all(axis=(0, 1))):
        yield f"{channel_name(dataset, int(index))} increases in every window, as times or row numbers do: leave it out"


def clipped_channels(dataset: Dataset, parts: Mapping[str, Part]) -> Iterator[str]:
    """At the limits of a sensor, the shape of the signal is lost."""
    if dataset.kind != Kind.WINDOW:
        return
    x = parts["train"].x
    for index, channel in enumerate(x.reshape(-1, x.shape[-1]).T):
        low, high = channel.min(), channel.max()
        share = ((channel == low) | (channel == high)).mean()
        # A channel with few distinct values is a switch or a counter, not a clipped signal.
        if low < high and share > CLIPPED_SHARE and len(np.unique(channel[:10_000])) > 32:
            values = f"{percent(share)} of its values are {low:g} or {high:g}"
            yield f"{channel_name(dataset, index)} looks clipped: {values}"


def absent_classes(dataset: Dataset, parts: Mapping[str, Part]) -> Iterator[str]:
    """The accuracy of a part says nothing about a class that it lacks."""
    for name, part in parts.items():
        absent = sorted(set(range(len(dataset.class_names))) - set(part.y.tolist()))
        if absent:
            yield f"{name} has no rows of {', '.join(dataset.class_names[c] for c in absent)}"


def unbalanced_classes(dataset: Dataset, parts: Mapping[str, Part]) -> Iterator[str]:
    """Accuracy says little about rare classes."""
    counts = np.bincount(parts["train"].y, minlength=len(dataset.class_names))
    if is_unbalanced(counts):
        names = dataset.class_names
        known = np.flatnonzero(counts)
        rare, common = known[counts[known].argmin()], counts.argmax()
        few, many = f"{counts[rare]} of {names[rare]}", f"{counts[common]} of {names[common]}"
        yield f"classes are unbalanced: train has {many} and {few}; by default the score is balanced accuracy"


def straddling_groups(dataset: Dataset, parts: Mapping[str, Part]) -> Iterator[str]:
    """If a subject is in train and test, the test tells nothing about new subjects."""
    for (one, a), (other, b) in combinations(parts.items(), 2):
        if a.groups is not None and b.groups is not None:
            both = sorted(set(map(str, a.groups.tolist())) & set(map(str, b.groups.tolist())))
            if both:
                few = ", ".join(both[:5]) + (", ..." if len(both) > 5 else "")
                yield f"{len(both)} groups are both in {one} and in {other}: {few}"


def repeated_rows(dataset: Dataset, parts: Mapping[str, Part]) -> Iterator[str]:
    """A row that is in train cannot test what was learned from it."""
    digests = {name: _digests(part) for name, part in parts.items()}
    for one, other in combinations(parts, 2):
        known = set(digests[one])
        repeated = sum(digest in known for digest in digests[other])
        if repeated:
            yield f"{repeated} rows of {other} are also in {one}"


def missing_groups(dataset: Dataset, parts: Mapping[str, Part]) -> Iterator[str]:
    """Windows of one recording are alike, so accuracy is overestimated if some are in train and others in test."""
    if dataset.kind == Kind.WINDOW and parts["train"].groups is None:
        yield "no groups: windows of one subject may be both in train and in test, and accuracy overestimated"


CHECKS: tuple[Check, ...] = (
    absent_classes,
    straddling_groups,
    repeated_rows,
    missing_groups,
    constant_channels,
    counting_channels,
    clipped_channels,
    unbalanced_classes,
)


def findings(dataset: Dataset, parts: Mapping[str, Part]) -> Iterator[str]:
    """Yield the findings of all checks; none if a part has no values."""
    if all(part.x.size for part in parts.values()):
        for check in CHECKS:
            yield from check(dataset, parts)


def channel_name(dataset: Dataset, index: int) -> str:
    """Return the name of a channel, or its position if the source gives no names."""
    return dataset.channel_names[index] if dataset.channel_names else f"channel {index}"


def _digests(part: Part) -> list[bytes]:
    return [hashlib.blake2b(row.tobytes(), digest_size=8).digest() for row in part.x]
