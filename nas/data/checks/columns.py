"""Checks for channels that are no measurement: labels, subjects, times, row numbers, and channels that never change."""

import re
from collections.abc import Iterator, Mapping

import numpy as np

from nas.arrays import Array, Floats
from nas.data.checks.by_class import apart_by_class, apart_with_noise, told_by_class
from nas.data.dataset import Dataset, Part
from nas.data.finding import Finding
from nas.data.names import ANSWERS, CODES, SURE, WHO, is_named
from nas.signal.kind import Kind
from nas.signal.triples import triples

EPOCH = (9.4e8, 4.2e9)
"""Seconds since 1970 from the year 1999 to 2103; times in ms, us and ns are this times a power of 1000."""

MOST_CODES = 200
"""A column with more kinds of whole numbers than this holds counts or measurements, not numbers of classes."""

FEWEST_STEPS = 10
"""A column of a table with fewer equal steps than this may have them by chance."""

FEWEST_SAMPLES = 3
"""A window with fewer samples than this increases by chance."""

FIRST_ROWS, EVEN_ROWS = 20, 200
"""Rows, the first or evenly spaced ones, that are looked at first: they clear most columns."""

STEADY = 0.9
"""A column named like a label is one if it is constant in this share of the windows: some may span two labels."""


def label_columns(dataset: Dataset, parts: Mapping[str, Part]) -> Iterator[Finding]:
    """A network that reads its answer from the input is right on these data, and useless on others."""
    if dataset.kind == Kind.IMAGE:
        return
    part = dataset.train
    steady, level = _steady(part.x)
    noisy = apart_with_noise(part)
    told = (steady == 1) & (told_by_class(level, part.y) | apart_by_class(dataset, level))
    axes = {dataset.channel_names[i] for triple in triples(dataset.channel_names) for i in triple}
    for index in range(part.x.shape[-1]):
        name = dataset.channel_name(index)
        is_code = bool(steady[index] >= STEADY and _is_code(level[:, index]))
        named = name not in axes and _is_named(name, ANSWERS | CODES if is_code else ANSWERS)
        if named and (is_code or _is_named(name, SURE)):
            yield _leak(name, f"{name} is named like a label: a network would read its answer from the input", True)
        elif told[index]:
            still = "" if dataset.kind == Kind.TABLE else " is constant in every window, and"
            yield _leak(name, f"{name}{still} tells the class of every row by its value alone, as a label does", True)
        elif noisy[index]:
            why = f"{name} tells the class of every row by its value alone, as a label with noise does"
            yield _leak(name, f"{why}; leave it out unless it is a measurement", False)
        elif named:
            yield _leak(name, f"{name} is named like a label; leave it out unless it is a measurement", False)


def subject_columns(dataset: Dataset, parts: Mapping[str, Part]) -> Iterator[Finding]:
    """A column that tells who or which recording it was is of no use for new subjects, and invites memorizing."""
    if dataset.kind == Kind.IMAGE:
        return
    steady, level = _steady(dataset.train.x)
    still = _still_in_recordings(dataset, level) & (steady == 1)
    for index in range(dataset.train.x.shape[-1]):
        name = dataset.channel_name(index)
        if _is_named(name, WHO) and steady[index] == 1 and _is_code(level[:, index]):
            yield _leak(name, f"{name} tells who or what was recorded, not what happened", False)
        elif still[index]:
            yield _leak(name, f"{name} never changes within a recording: it may tell which one it is", False)


def time_columns(dataset: Dataset, parts: Mapping[str, Part]) -> Iterator[Finding]:
    """A column of times or row numbers shows when a row was recorded, not what happened."""
    if dataset.kind == Kind.IMAGE:
        return
    x = dataset.train.x
    for index in range(x.shape[-1]):
        name, values = dataset.channel_name(index), x[..., index]
        if _is_epoch(values):
            yield _leak(name, f"{name} holds times since 1970, such as {values.flat[0]:.0f}", False)
        elif dataset.kind == Kind.WINDOW and _increases(values):
            yield _leak(name, f"{name} increases in every window, as times or row numbers do: leave it out", False)
        elif dataset.kind == Kind.TABLE and _counts_rows(values):
            yield _leak(name, f"{name} numbers the rows: leave it out", False)


def constant_channels(dataset: Dataset, parts: Mapping[str, Part]) -> Iterator[Finding]:
    """A channel that never changes, such as that of a sensor that was off, costs weights and carries no information."""
    x = parts["train"].x
    if dataset.kind == Kind.IMAGE:
        return
    flat = x.reshape(-1, x.shape[-1])
    for index in np.flatnonzero((flat == flat[:1]).all(axis=0)):
        name = dataset.channel_name(int(index))
        yield _leak(name, f"{name} is constant in train, at {flat[0, index]:g}", False)


def _leak(name: str, text: str, is_error: bool) -> Finding:
    return Finding(name, text, is_error, {"drop_columns": name.removeprefix("channel ")})


def _is_named(name: str, words: frozenset[str]) -> bool:
    """Return whether a channel's name consists of words and fillers, whatever its number: `label 2`."""
    return is_named(re.sub(r"\d+", "", name), words)


def _steady(x: Floats) -> tuple[Array, Floats]:
    """Return the share of the rows within which each channel is constant, and its first value in each row."""
    if x.ndim == 2:
        return np.ones(x.shape[-1]), x
    few = x[:: len(x) // EVEN_ROWS + 1]
    shares = np.asarray((few == few[:, :1]).all(axis=1).mean(axis=0))
    for index in np.flatnonzero(shares > 0):
        channel = x[..., index]
        shares[index] = (channel == channel[:, :1]).all(axis=1).mean()
    return shares, x[:, 0]


def _is_code(values: Floats) -> bool:
    """Return whether values are whole numbers of few kinds, as numbers of classes or subjects are."""
    return bool((values == np.round(values)).all()) and 2 <= len(np.unique(values)) <= max(
        2, min(MOST_CODES, len(values) // 2)
    )


def _still_in_recordings(dataset: Dataset, level: Floats) -> Array:
    """Return for each column whether it has one value in each recording, and not the same in all."""
    groups = dataset.train.groups
    still = np.zeros(level.shape[1], bool)
    if dataset.kind != Kind.WINDOW or groups is None:
        return still
    which = np.unique(groups, return_inverse=True)[1]
    return told_by_class(level, which * len(dataset.class_names) + dataset.train.strata)


def _is_epoch(values: Array) -> bool:
    low, high = float(values.min()), float(values.max())
    return any(EPOCH[0] * unit <= low <= high <= EPOCH[1] * unit for unit in (1.0, 1e3, 1e6, 1e9)) and low < high


def _increases(values: Floats) -> bool:
    """Return whether each window [n, time] increases at every step."""
    parts = (values[:FIRST_ROWS], values)
    return values.shape[1] >= FEWEST_SAMPLES and all(bool((part[:, 1:] > part[:, :-1]).all()) for part in parts)


def _counts_rows(values: Floats) -> bool:
    steps = np.diff(values.astype(np.float64))
    return len(steps) >= FEWEST_STEPS and steps[0] != 0 and bool((steps == steps[0]).all())
