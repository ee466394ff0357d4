"""Rules that the values of a dataset must meet before a search uses it.

Each rule is a function of the dataset that yields a violation as (place, value). Its docstring is the rule in the
message to the user, up to a semicolon; behind it is the hint.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from nas.data.dataset import Dataset
from nas.data.finding import Finding
from nas.task.alarms import NORMAL
from nas.task.task import ANOMALIES, CLASSES, LABELS, TARGETS

Rule = Callable[[Dataset], Iterator[tuple[str, object]]]


def finite(dataset: Dataset) -> Iterator[tuple[str, object]]:
    """Must have finite values only; repair or remove the rows with NaN, infinity or more than float32 holds."""
    if dataset.is_as_recorded:
        return
    for name, part in dataset.parts().items():
        bad = ~np.isfinite(part.x).all(axis=tuple(range(1, part.x.ndim)))
        if bad.any():
            row = int(bad.argmax())
            file = "" if part.recordings is None else f", from {dataset.recordings[part.recordings[row]]}"
            yield f"x_{name}", f"{bad.sum()} bad rows of {len(part)}, the first is row {row}{file}"


def non_empty(dataset: Dataset) -> Iterator[tuple[str, object]]:
    """Must have rows, each with values."""
    for name, part in dataset.parts().items():
        if part.x.size == 0:
            yield f"x_{name}", f"shape {part.x.shape}"


def finite_targets(dataset: Dataset) -> Iterator[tuple[str, object]]:
    """Must have finite targets only; repair or remove the rows whose target is missing, NaN or infinite."""
    for name, part in dataset.parts().items():
        bad = ~np.isfinite(part.y).all(axis=1) if part.y.ndim == 2 else np.zeros(len(part), np.bool_)
        if bad.any():
            row = int(bad.argmax())
            yield (
                f"y_{name}",
                f"{bad.sum()} bad targets of {len(part)}, the first is {part.y[row].tolist()[0]} of row {row}",
            )


def varying_targets(dataset: Dataset) -> Iterator[tuple[str, object]]:
    """Must hold targets that differ; a constant needs no model, so check which column is the target."""
    y = dataset.train.y
    if dataset.task == TARGETS and np.isfinite(y).all():
        for name, column in zip(dataset.class_names, y.T, strict=True):
            if len(column) and column.min() == column.max():
                yield "y_train", f"{name} = {column[0]:g} in all {len(column)} rows"


def varying_labels(dataset: Dataset) -> Iterator[tuple[str, object]]:
    """Must hold rows with each label and rows without it; leave out a label that nothing can be learned of."""
    y = dataset.train.y
    if dataset.task == LABELS and len(y):
        for name, column in zip(dataset.class_names, y.T, strict=True):
            if column.min() == column.max():
                yield "y_train", f"{name} in {'all' if column[0] else 'none'} of {len(column)} rows"


def two_classes(dataset: Dataset) -> Iterator[tuple[str, object]]:
    """Must hold two classes or more; add rows of another class, or ask what is not normal: --task anomaly."""
    if dataset.task != CLASSES:
        return
    found = np.unique(dataset.train.y)
    if len(found) < 2:
        yield "y_train", ", ".join(dataset.class_names[c] for c in found) or "none"


def classes_in_train(dataset: Dataset) -> Iterator[tuple[str, object]]:
    """Must hold every class; add rows of it, or remove it from the other parts and the class names."""
    if dataset.task != CLASSES:
        return
    missing = set(range(len(dataset.class_names))) - set(dataset.train.y.tolist())
    if missing:
        yield "y_train", "no " + ", ".join(dataset.class_names[c] for c in sorted(missing))


def normal_in_train(dataset: Dataset) -> Iterator[tuple[str, object]]:
    """Must hold normal rows, which a detector of anomalies learns; name the class that is normal: --normal CLASS."""
    if dataset.task == ANOMALIES and not (dataset.train.y == NORMAL).any():
        yield "y_train", f"{len(dataset.train)} anomalies"


def one_group_kind(dataset: Dataset) -> Iterator[tuple[str, object]]:
    """Must have no NaN among the groups; give the group of each row."""
    for name, part in dataset.parts().items():
        if part.groups is not None and part.groups.dtype.kind == "f" and np.isnan(part.groups).any():
            yield f"group_{name}", "NaN"


RULES: tuple[Rule, ...] = (
    non_empty,
    finite,
    finite_targets,
    varying_targets,
    varying_labels,
    two_classes,
    classes_in_train,
    normal_in_train,
    one_group_kind,
)

MENDS: Mapping[Rule, Mapping[str, Any]] = {finite: {"drop_outliers": True}}
"""The options that mend what breaks a rule."""


def violations(dataset: Dataset) -> Iterator[Finding]:
    """Yield a finding for every rule that `dataset` breaks, at each place."""
    for rule in RULES:
        words, _, hint = (rule.__doc__ or rule.__name__).rstrip(".").partition("; ")
        for place, got in rule(dataset):
            text = f"{words[0].lower()}{words[1:]}, got {got}"
            yield Finding(place, text, True, MENDS.get(rule, {}), hint, kind=rule.__name__)


def check(dataset: Dataset) -> None:
    """Raise the first violation, if there is one."""
    for finding in violations(dataset):
        raise finding.error(dataset.source)
