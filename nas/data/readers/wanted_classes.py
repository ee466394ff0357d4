"""Which classes of a folder are used, and how many of the other files stand for everything else."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from nas.data import multi_labels
from nas.data.layouts.entry import Entry
from nas.data.options import DataOptions
from nas.errors import InputError, unknown
from nas.task.task import LABELS

UNKNOWN, SILENCE = "_unknown_", "_silence_"
"""The classes of everything else, and of no sound, as Speech Commands calls them."""

BACKGROUND = "_background_"
"""The class of what no range holds."""


def of_wanted_classes(entries: Sequence[Entry], options: DataOptions) -> tuple[list[Entry], tuple[str, ...]]:
    """Return the files of the classes that are asked for, some of the others as `_unknown_`, and what was left out.

    The others are chosen by a hash of their path, part by part, so that the choice is always the same.

    Raises:
        InputError: there is no such class, or a share is asked for and nothing would be left for it.
    """
    share = options.unknown_share
    if options.task == LABELS and options.classes is not None:
        return _of_wanted_labels(entries, options)
    if options.classes is None:
        if share is not None:
            rule = "needs the classes that are known"
            raise InputError("--unknown-share", rule, hint="name them with --classes yes,no")
        return list(entries), ()
    found = {entry.label for entry in entries}
    wanted = [name.strip() for name in options.classes.split(",") if name.strip()]
    for name in wanted:
        if name not in found:
            raise unknown("--classes", "class", name, found)
    kept = [entry for entry in entries if entry.label in wanted]
    others = [entry for entry in entries if entry.label not in wanted]
    left_out = f"classes left out, since --classes does not name them: {len(found) - len(set(wanted))}"
    if share is None:
        return kept, (left_out,) if others else ()
    if not others:
        raise InputError("--unknown-share", "needs classes that --classes does not name", hint="leave one out of it")
    chosen = []
    for part, count in Counter(entry.part for entry in kept).items():
        ordered = sorted((entry for entry in others if entry.part == part), key=_by_hash)
        most = rows_of(count, share, options.silence_share or 0.0)
        chosen += [replace(entry, label=UNKNOWN) for entry in ordered[:most]]
    words = len(found) - len(set(wanted))
    return [*kept, *chosen], (f"{UNKNOWN}: {len(chosen)} of {len(others)} files of {words} other classes",)


def _of_wanted_labels(entries: Sequence[Entry], options: DataOptions) -> tuple[list[Entry], tuple[str, ...]]:
    """Return all files with those of their labels that are asked for."""
    if options.unknown_share is not None:
        raise InputError("--unknown-share", f"needs classes, not --task {LABELS}", hint="leave it out")
    found = frozenset[str]().union(*(multi_labels.named(entry.label) for entry in entries))
    wanted = {name.strip() for name in (options.classes or "").split(",") if name.strip()}
    for name in sorted(wanted - {BACKGROUND}):
        if name not in found:
            raise unknown("--classes", "label", name, found)
    kept = [
        entry if entry.label == BACKGROUND else replace(entry, label=multi_labels.chosen(entry.label, wanted))
        for entry in entries
    ]
    left_out = len(found - wanted)
    return kept, (f"labels left out, since --classes does not name them: {left_out}",) if left_out else ()


def rows_of(others: int, share: float, of_later: float = 0.0) -> int:
    """Return how many rows are a share of all, beside some other rows and the share of rows that are made later."""
    return max(1, round(others * share / (1 - share - of_later)))


def _by_hash(entry: Entry) -> bytes:
    return hashlib.sha256(entry.inside.encode()).digest()
