"""Files that are examples each, such as sounds and pictures, as the rows of training, validation and test."""

from collections import defaultdict
from collections.abc import Callable, Sequence

import numpy as np

from nas.arrays import Array
from nas.data.dataset import Part
from nas.data.layouts.entry import Entry
from nas.errors import InputError


def parts_of(
    source: str, entries: Sequence[Entry], counts: Sequence[int], rows_of: Callable[[list[int]], Array]
) -> dict[str, Part]:
    """Return the rows of each part, with the names of their classes as y.

    Args:
        source: the data in messages.
        entries: the files.
        counts: number of rows of each file.
        rows_of: returns the rows of some files, which are given by their positions, one after the other.

    Raises:
        InputError: no file is for training, or those have no rows.
    """
    members: dict[str, list[int]] = defaultdict(list)
    for number, (entry, count) in enumerate(zip(entries, counts, strict=True)):
        if count:
            members[entry.part].append(number)
    if "train" not in members:
        raise InputError(source, "must hold training rows", got=", ".join(members) or "files without samples only")
    labels, groups = (np.array([getattr(entry, name) for entry in entries]) for name in ("label", "group"))
    grouped, found = all(entry.group for entry in entries), {}
    for part, numbers in members.items():
        files = np.repeat(np.array(numbers, np.int64), np.array(counts)[numbers])
        found[part] = Part(rows_of(numbers), labels[files], groups[files] if grouped else None, files)
    return found
