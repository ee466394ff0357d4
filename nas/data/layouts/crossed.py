"""Folders that may be classes or subjects, since both orders are possible: words tell, or the user has to."""

import re
from collections import defaultdict
from collections.abc import Collection, Sequence

from nas.data.layouts.entry import Entry
from nas.data.layouts.names import are_activities
from nas.errors import InputError

_WORDS = r"[^\W\d_]+(?:[\W_]+[^\W\d_]+)*"
_NUMBER = re.compile(r"[\W_]*\d+$")
_SHOWN = 3


def level_of_classes(
    source: str, folders: Sequence[tuple[str, ...]], levels: Sequence[int], part: int | None
) -> tuple[int, tuple[str, ...]]:
    """Return which of two levels of folders is the class, and what was assumed.

    It is the outer one, unless folders of the inner one repeat in others. Then it is the one whose names say what is
    done, if the other's do not.

    Args:
        source: the data in messages.
        folders: of each file, without the folder of a part.
        levels: the outer and the inner one.
        part: the level of folders of parts, which expressions for paths count too.

    Raises:
        InputError: nothing tells which is the class.
    """
    outer, inner = levels
    above = defaultdict(set)
    for each in folders:
        above[each[inner]].add(each[outer])
    repeated = sorted(name for name, under in above.items() if len(under) > 1)
    if not repeated:
        return outer, ()
    subjects_outside, subjects_inside = _expression(outer, part), _expression(inner, part)
    above_all, all_inner = set.union(*above.values()), set(above)
    if are_activities(above_all, all_inner):
        return outer, (_assumed("outer folders", above_all, "inner ones", all_inner, subjects_outside),)
    if are_activities(all_inner, above_all):
        return inner, (_assumed("inner folders", all_inner, "outer ones", above_all, subjects_inside),)
    raise InputError(
        source,
        f"folders may be classes or subjects: {repeated[0]} is in {' and in '.join(sorted(above[repeated[0]])[:2])}",
        hint=f"give --group-regex {subjects_outside} if the outer folders are subjects, or "
        f"--group-regex {subjects_inside} if the inner ones are",
    )


def are_subjects(
    source: str, files: Sequence[Entry], folders: Sequence[tuple[str, ...]], at: int, part: int | None
) -> tuple[bool, tuple[str, ...]]:
    """Return whether folders of a level are subjects, and the names of files classes, and what was assumed.

    They may be where the same words are the names of files in all folders. With numbers behind the words, folders are
    taken for classes unless the words say what is done.

    Args:
        source: the data in messages.
        files: the files.
        folders: of each file, without the folder of a part.
        at: the level.
        part: the level of folders of parts, which expressions for paths count too.

    Raises:
        InputError: nothing tells which is the class.
    """
    numbered = any(_NUMBER.search(entry.path.stem) for entry in files)
    held: dict[str, set[str]] = defaultdict(set)
    for entry, each in zip(files, folders, strict=True):
        held[each[at]].add(_NUMBER.sub("", entry.path.stem.lower()))
    words = set.union(*held.values())
    if len(held) < 2 or len(words) < 2 or any(own != words for own in held.values()):
        return False, ()
    if not all(re.fullmatch(_WORDS, word) for word in words):
        return False, ()
    by_folder, by_file = _expression(at, part), "'([^/]+?)[_-]?[0-9]*[.]'" if numbered else "'([^/]+)[.]'"
    if numbered and are_activities(held, words):
        return False, ()
    if are_activities(held, words) or (numbered and not are_activities(words, held)):
        return False, (_assumed("folders", held, "files", words, by_folder),)
    if are_activities(words, held):
        return True, (_assumed("files", words, "folders", held, by_file),)
    raise InputError(
        source,
        f"folders may be classes or subjects: {files[0].path.name} is in each",
        hint=f"give --group-regex {by_folder} if folders are subjects, or {by_file} if files are",
    )


def _expression(level: int, part: int | None) -> str:
    """Return an expression, in quotes, for the folder of a level in the path of a file."""
    above = level + (part is not None and part <= level)
    return f"'^{'[^/]+/' * above}([^/]+)/'"


def _assumed(classes: str, labels: Collection[str], subjects: str, people: Collection[str], otherwise: str) -> str:
    """Return in a line what was taken for classes and subjects, and how to say that it is the other way round."""
    return (
        f"layout: {classes} taken for classes ({_few(labels)}), {subjects} for subjects ({_few(people)}); "
        f"if it is the other way round, add --group-regex {otherwise}"
    )


def _few(names: Collection[str]) -> str:
    return ", ".join([*sorted(names)[:_SHOWN], *["..."][: len(names) > _SHOWN]])
