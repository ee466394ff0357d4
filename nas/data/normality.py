"""Which rows are normal, for the detection of anomalies."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from nas.data.dataset import Dataset, Part
from nas.data.options import DataOptions
from nas.errors import InputError, unknown
from nas.task.alarms import ANOMALY, NORMAL
from nas.task.task import ANOMALIES, CLASSES

NAMES = ("normal", "anomaly")
"""What the two kinds of rows are called, by their number."""

WORDS = frozenset({"normal", "ok", "okay", "healthy", "good", "regular", "nominal", "0", "0.0", "false", "no"})
"""Names of a class, in small letters, that tell that its rows are normal."""

NOTE = (
    "the training rows are of one class and others are not, so the task is anomaly: they are normal, and the others "
    "are anomalies"
)
"""What is told if the classes alone decided the task."""


def as_asked(dataset: Dataset, options: DataOptions) -> Dataset:
    """Return a dataset whose classes are normal and anomaly, if that is asked of it; else as it is.

    It is asked by name, by naming what is normal, or by training rows of one class where other parts hold others.

    Raises:
        InputError: the rows have measured targets, or nothing tells which class is normal.
    """
    is_told = dataset.task == ANOMALIES and options.normal is None
    asked = ANOMALIES if options.normal is not None and options.task is None else options.task
    inferred = asked is None and dataset.task == CLASSES and _has_new_classes(dataset)
    if is_told or (asked != ANOMALIES and not inferred):
        if options.normal is not None and asked != ANOMALIES:
            raise InputError("--normal", f"applies to --task {ANOMALIES} only", got=f"--task {asked}")
        return dataset
    if dataset.task not in (CLASSES, ANOMALIES):
        hint = "name the column that says which rows are normal"
        raise InputError(dataset.source, f"--task {ANOMALIES} needs one class a row", got=dataset.task, hint=hint)
    wanted = [_numbered(dataset, name) for name in (options.normal or "").split(",") if name.strip()]
    found = _coded(dataset, frozenset(wanted) or _normal_classes(dataset))
    return replace(found, notes=(*found.notes, NOTE)) if inferred else found


def _has_new_classes(dataset: Dataset) -> bool:
    known = np.unique(dataset.train.y)
    others = [part for name, part in dataset.parts().items() if name != "train"]
    return len(known) == 1 and any((part.y != known[0]).any() for part in others)


def _numbered(dataset: Dataset, name: str) -> int:
    names = {known.lower(): number for number, known in enumerate(dataset.class_names)}
    if name.strip().lower() not in names:
        raise unknown("--normal", "class", name.strip(), dataset.class_names)
    return names[name.strip().lower()]


def _normal_classes(dataset: Dataset) -> frozenset[int]:
    """Return the classes that are normal by their name, or the only class of the training rows."""
    called = [number for number, name in enumerate(dataset.class_names) if name.strip().lower() in WORDS]
    found = called if len(called) == 1 else np.unique(dataset.train.y).tolist()
    if len(found) != 1:
        names = ", ".join(dataset.class_names[:10])
        raise InputError(dataset.source, "one class must be known as normal", got=names, hint="name it: --normal CLASS")
    return frozenset(found)


def _coded(dataset: Dataset, normal: frozenset[int]) -> Dataset:
    parts = {
        name: replace(part, y=np.where(np.isin(part.y, list(normal)), NORMAL, ANOMALY).astype(np.int64))
        for name, part in dataset.parts().items()
    }
    names = ", ".join(dataset.class_names[number] for number in sorted(normal))
    others = ", ".join(name for number, name in enumerate(dataset.class_names) if number not in normal) or "none"
    note = f"normal: {names}; anomalies: {others}"
    return dataset.with_parts(parts, note, class_names=NAMES, task=ANOMALIES)


def remarks(dataset: Dataset, train: Part) -> Iterator[str]:
    """Yield what becomes of the anomalies among the training rows."""
    count = int((train.y == ANOMALY).sum()) if dataset.task == ANOMALIES else 0
    if count:
        yield (
            f"{count} training rows are anomalies: nothing is learned from them; in a cross-validation, those of the "
            "groups that are held out judge"
        )
