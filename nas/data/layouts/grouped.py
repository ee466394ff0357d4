"""Groups of the recordings of a folder: those of an expression, those of the layout, or those of the files' names."""

from collections.abc import Sequence
from dataclasses import replace

from nas.data.groups import FROM_NAMES, groups_of, matched_groups
from nas.data.layouts.entry import Entry
from nas.data.parts import part_of


def grouped_by(entries: Sequence[Entry], regex: str) -> tuple[list[Entry], tuple[str, ...]]:
    """Return the entries with the groups that an expression finds in their paths, and that it was used."""
    groups = matched_groups([entry.inside for entry in entries], regex)
    told = f"groups: by --group-regex, such as {groups[0]} in {entries[0].inside}"
    return [replace(entry, group=group) for entry, group in zip(entries, groups, strict=True)], (told,)


def with_groups(entries: Sequence[Entry], regex: str | None) -> tuple[list[Entry], tuple[str, ...]]:
    """Return the entries with groups, and what was assumed.

    Args:
        entries: with the groups that the layout tells.
        regex: expression that finds the group in a file's path; None to take the layout's, else the files' names.
    """
    if regex is not None:
        return grouped_by(entries, regex)
    bare = [entry for entry in entries if not entry.group and not part_of(entry.path.stem)]
    named = groups_of([entry.path.stem for entry in bare], [entry.label for entry in bare])
    found = dict(zip(bare, named, strict=True))
    told = f"groups: {len(set(named))} {FROM_NAMES}, such as {named[0]} in {bare[0].path.name}" if bare else ""
    return [replace(entry, group=found.get(entry, entry.group)) for entry in entries], (told,) if told else ()
