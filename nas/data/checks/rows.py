"""Checks of rows and their labels: copies, contradictions, and classes that are rare or absent."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import combinations

import numpy as np

from nas.data.dataset import Dataset, Part
from nas.data.finding import Finding
from nas.task.metrics import is_unbalanced
from nas.text import percent


def absent_classes(dataset: Dataset, parts: Mapping[str, Part]) -> Iterator[Finding]:
    """The accuracy of a part says nothing about a class that it lacks."""
    for name, part in parts.items():
        absent = sorted(set(range(len(dataset.class_names))) - set(part.y.tolist()))
        if absent:
            classes = ", ".join(dataset.class_names[c] for c in absent)
            advice = f"record {classes} from more subjects" if part.groups is not None else f"add rows of {classes}"
            yield Finding(f"y_{name}", f"{name} has no rows of {classes}", advice=advice)


def absent_labels(dataset: Dataset, parts: Mapping[str, Part]) -> Iterator[Finding]:
    """Nothing is learned of a label that no training row has, and nothing is known of one that no test row has."""
    for name, part in parts.items():
        absent = [dataset.class_names[label] for label in np.flatnonzero(~part.y.any(axis=0))]
        if absent:
            labels = ", ".join(absent)
            advice = f"record {labels} from more subjects" if part.groups is not None else f"add rows with {labels}"
            yield Finding(f"y_{name}", f"{name} has no rows with {labels}", name == "train", advice=advice)


def unbalanced_classes(dataset: Dataset, parts: Mapping[str, Part]) -> Iterator[Finding]:
    """Accuracy says little about rare classes."""
    counts = np.bincount(parts["train"].y, minlength=len(dataset.class_names))
    if is_unbalanced(counts):
        names = dataset.class_names
        known = np.flatnonzero(counts)
        rare, common = known[counts[known].argmin()], counts.argmax()
        few, many = f"{counts[rare]} of {names[rare]}", f"{counts[common]} of {names[common]}"
        yield Finding(
            "y_train",
            f"classes are unbalanced: train has {many} and {few}; by default a search compares by balanced accuracy, "
            "and all classes count the same in its trainings",
            advice=f"record more of {names[rare]}",
        )


def copied_rows(dataset: Dataset, parts: Mapping[str, Part]) -> Iterator[Finding]:
    """A row that is in train cannot test what was learned from it, and equal rows of two classes teach nothing."""
    digests = {name: _digests(part) for name, part in parts.items()}
    for one, other in combinations(parts, 2):
        known = set(digests[one])
        repeated = sum(digest in known for digest in digests[other])
        if repeated:
            yield Finding(
                f"x_{other}", f"{repeated} rows of {other} are also in {one}", advice="keep each row in one part only"
            )
    yield from _contradictions(parts, digests)


def _contradictions(parts: Mapping[str, Part], digests: Mapping[str, list[bytes]]) -> Iterator[Finding]:
    counts: dict[bytes, Counter[int]] = {}
    for name, part in parts.items():
        for digest, label in zip(digests[name], part.strata.tolist(), strict=True):
            counts.setdefault(digest, Counter())[label] += 1
    torn = {digest for digest, labels in counts.items() if len(labels) > 1}
    if not torn:
        return
    places = [(name, row) for name in parts for row, digest in enumerate(digests[name]) if digest in torn]
    name, row = places[0]
    twin = next(p for p in places[1:] if digests[p[0]][p[1]] == digests[name][row])
    best = sum(max(labels.values()) for labels in counts.values()) / sum(map(len, digests.values()))
    yield Finding(
        f"y_{name}",
        f"{len(places)} rows equal others of another class, so no model can be right on more than {percent(best)} of "
        f"all rows; such as row {row} of {name} and row {twin[1]} of {twin[0]}",
        advice="correct their labels, or leave these rows out",
    )


def _digests(part: Part) -> list[bytes]:
    return [hashlib.blake2b(row.tobytes(), digest_size=8).digest() for row in part.x]
