"""Checks of groups: whether they keep subjects apart, and whether there are enough of them."""

import math
from collections.abc import Iterator, Mapping
from itertools import combinations

import numpy as np

from nas.data.dataset import Dataset, Part
from nas.data.finding import Finding
from nas.data.groups import FROM_NAMES, expression_for, is_number
from nas.data.options import DataOptions
from nas.signal.kind import Kind
from nas.task.metrics import FEWEST_GROUPS
from nas.task.task import TARGETS

ONE_CLASS_SHARE = 0.9
"""Groups look like recordings, not subjects, if this share of them has rows of one class only."""


def straddling_groups(dataset: Dataset, parts: Mapping[str, Part]) -> Iterator[Finding]:
    """If a subject is in train and test, the test tells nothing about new subjects."""
    for (one, a), (other, b) in combinations(parts.items(), 2):
        if a.groups is not None and b.groups is not None:
            both = sorted(set(map(str, a.groups.tolist())) & set(map(str, b.groups.tolist())))
            if both:
                few = ", ".join(both[:5]) + (", ..." if len(both) > 5 else "")
                are = "groups are" if len(both) > 1 else "group is"
                yield Finding(
                    f"group_{other}",
                    f"{len(both)} {are} both in {one} and in {other}, so the score is not one for new subjects: {few}",
                    options={"merge_parts": True},
                )


def missing_groups(dataset: Dataset, parts: Mapping[str, Part]) -> Iterator[Finding]:
    """Windows of one recording are alike, so accuracy is overestimated if some are in train and others in test."""
    if dataset.kind == Kind.WINDOW and parts["train"].groups is None:
        yield Finding(
            "group_train",
            "no groups: windows of one subject may be both in train and in test, and the score too good",
            advice="name the column that holds the subject of each row: --group-column NAME"
            if dataset.recordings
            else "give the subject of each row as group_train",
        )


def one_class_groups(dataset: Dataset, parts: Mapping[str, Part]) -> Iterator[Finding]:
    """Groups that are recordings in place of subjects put one subject into two parts."""
    groups, y = dataset.train.groups, dataset.train.y
    if groups is None or any(numbered_files(dataset, parts)):
        return
    names, which = np.unique(groups, return_inverse=True)
    single = sum(len(np.unique(y[which == group])) == 1 for group in range(len(names)))
    if 3 <= len(names) < len(y) and single >= ONE_CLASS_SHARE * len(names):
        regex = _expression(dataset)
        yield Finding(
            "group_train",
            f"{'all' if single == len(names) else single} of {len(names)} groups, such as {names[0]}, have rows of one "
            "class only: if one subject did several, it is in two parts of the split, and accuracy is overestimated",
            options={"group_regex": regex} if regex else {},
            advice=_how_to_name(dataset),
        )


def _how_to_name(dataset: Dataset) -> str:
    """Return how to name the subject of each recording."""
    if not dataset.recordings:
        return "give the subject of each row as group_train"
    if len(set(dataset.recordings)) == 1:
        return "name the column that holds the subject: --group-column NAME"
    return (
        "name the subject of each recording: --group-regex with an expression whose parentheses hold it in the file's "
        "path, or the column group of a labels.csv"
    )


def numbered_files(dataset: Dataset, parts: Mapping[str, Part]) -> Iterator[Finding]:
    """Numbers of recordings tell nobody apart: one person's recordings may be in train and test."""
    groups = dataset.train.groups
    if groups is None or not any(FROM_NAMES in note for note in dataset.notes):
        return
    names = [str(name) for name in np.unique(groups).tolist()]
    if len(names) > 1 and all(map(is_number, names)):
        yield Finding(
            "group_train",
            f"groups are the numbers of files, such as {names[0]}, and name nobody: windows of one person may be in "
            "train and test, and accuracy overestimated",
            advice="name the person of each recording: --group-regex with an expression whose parentheses hold it in "
            "the file's path, or the column group of a labels.csv",
        )


def few_groups(dataset: Dataset, parts: Mapping[str, Part]) -> Iterator[Finding]:
    """From a few subjects nobody can tell how much the accuracy, or the error, on others may differ."""
    sizes = {name: len(np.unique(part.groups)) for name, part in parts.items() if part.groups is not None}
    few = {name: size for name, size in sizes.items() if name != "train" and size < FEWEST_GROUPS}
    if few:
        held = " and ".join(f"{name} has {size} group{'s'[: size != 1]}" for name, size in few.items())
        score = "error" if dataset.task == TARGETS else "accuracy"
        yield Finding(
            "groups",
            f"{held}: fewer than {FEWEST_GROUPS} are too few to tell how much the {score} on new subjects may differ",
            advice=f"record more subjects: {_wanted(dataset, few)}",
        )


def _expression(dataset: Dataset) -> str | None:
    """Return an expression that finds groups in the paths of recordings which span classes; None if there is none."""
    train = dataset.train
    if train.recordings is None:
        return None
    numbers, first = np.unique(train.recordings, return_index=True)
    return expression_for([dataset.recordings[number] for number in numbers], train.y[first].tolist())


def _wanted(dataset: Dataset, few: Mapping[str, int]) -> str:
    given = [name for name in few if name in dataset.parts()]
    if given:
        return f"{FEWEST_GROUPS} or more for {' and '.join(given)}"
    options = DataOptions()
    return f"about {math.ceil(FEWEST_GROUPS / options.test_fraction)} in all"
