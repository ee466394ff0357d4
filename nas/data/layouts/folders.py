"""Classes, groups and parts from folders: <class>/<subject>/, <subject>/<class>/, train/<class>/ and names alone."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from nas.data.layouts.crossed import are_subjects, level_of_classes
from nas.data.layouts.entry import Entry, Layout
from nas.data.layouts.grouped import with_groups
from nas.data.layouts.names import SUBJECT_NAME, TAKE_NAME, all_match, are_people, labels_of
from nas.data.parts import part_of
from nas.errors import InputError

HOW = "must hold <class>/<group>{} recordings or a labels.csv"
_COLUMN = "name the column of classes or measured targets with --label-column"
HINT = (
    f"put each recording into a folder named after its class, list all in a labels.csv: file,label,group, or {_COLUMN}"
)


def by_folder(source: str, files: Sequence[Entry], grouped: bool, columned: bool) -> Layout:
    """Tell class, group and part of each file by its path.

    Args:
        source: the data in messages.
        files: the files, without class and group.
        grouped: whether the files have groups already, which `--group-regex` gave.
        columned: whether a column of each file holds the class of its rows.

    Raises:
        InputError: the folders are ambiguous, or tell no class; the message asks, with the flags that decide.
    """
    files, notes, level = _parts(source, files)
    if not notes and (columned or all(entry.folders for entry in files)):
        files, notes = _parts_by_name(files)
    folders = [_without(entry.folders, level) for entry in files]
    if columned:
        return _grouped(files, folders, None, notes)
    if outside := sum(not each for each in folders) if any(folders) else 0:
        kept = [(entry, each) for entry, each in zip(files, folders, strict=True) if each]
        files, folders = [entry for entry, _ in kept], [each for _, each in kept]
        notes = (*notes, f"files outside the folders of classes left out: {outside}")
    depth = min((len(each) for each in folders), default=0)
    names = [{each[n] for each in folders} for n in range(depth)]
    classes = [n for n in range(depth) if not all_match(names[n], SUBJECT_NAME, TAKE_NAME)]
    by_names = not classes
    assumed: tuple[str, ...] = ()
    if len(classes) == 1:
        by_names, assumed = _are_subjects(source, files, folders, classes[0], level, grouped)
    if by_names:
        return _by_name(source, files, folders, (*notes, *assumed))
    at = classes[0]
    if len(classes) > 1:
        at, assumed = _class_level(source, files, folders, classes, level, grouped)
    if len(names[at]) == 1 and depth > 1 and len(names[at + 1 if at + 1 < depth else 0]) > 1:
        only = next(iter(names[at]))
        raise InputError(
            source, "must hold two folders of classes or more", got=only, hint=f"give the folder {only} itself"
        )
    if depth > 1 and at != 0:
        notes = (*notes, f"layout: folders {_example(folders[0], at)}, class in level {at + 1}")
    labelled = [replace(entry, label=each[at]) for entry, each in zip(files, folders, strict=True)]
    return _grouped(labelled, folders, at, (*notes, *assumed))


def _parts(source: str, files: Sequence[Entry]) -> tuple[list[Entry], tuple[str, ...], int | None]:
    """Return the files with the part that a folder names, and the level of that folder; None if there is none."""
    for level in (0, 1):
        if not all(len(entry.folders) > level for entry in files):
            break
        names = {entry.folders[level] for entry in files}
        found = {part for name in names if (part := part_of(name))}
        strange = sorted(name for name in names if not part_of(name))
        if strange and (len(found) > 1 or _repeats(files, level, strange)):
            parts = ", ".join(sorted(names - set(strange)))
            raise InputError(
                source, f"folders {parts} name parts, but {strange[0]} does not",
                hint="move its recordings into one of the others, or list all in a labels.csv: file,label,group,part",
            )  # fmt: skip
        if strange or not found or (found == {"train"} and not any(len(entry.folders) > 1 for entry in files)):
            continue
        if "train" not in found:
            raise InputError(source, "must have a folder of training rows", got=", ".join(sorted(names)))
        split = [replace(entry, part=part_of(entry.folders[level]) or "train") for entry in files]
        return split, (f"parts: as the folders {', '.join(sorted(names))} give them",), level
    return list(files), (), None


def _parts_by_name(files: Sequence[Entry]) -> tuple[list[Entry], tuple[str, ...]]:
    """Return files with the parts that their names give, if all do: `train.csv` and `test.csv`."""
    named = [part_of(entry.path.stem) for entry in files]
    if not all(named) or "train" not in named:
        return list(files), ()
    split = [replace(entry, part=part or "train", group=entry.group) for entry, part in zip(files, named, strict=True)]
    return split, ("parts: as the names of the files give them",)


def _repeats(files: Sequence[Entry], level: int, others: Sequence[str]) -> bool:
    """Return whether a folder named after a part holds folders of the same names as lie beside it."""
    inner = {e.folders[level + 1] for e in files if part_of(e.folders[level]) and len(e.folders) > level + 1}
    return bool(inner & set(others))


def _are_subjects(
    source: str, files: Sequence[Entry], folders: Sequence[tuple[str, ...]], at: int, part: int | None, grouped: bool
) -> tuple[bool, tuple[str, ...]]:
    """Return whether the only level that may be the class is that of subjects, and what was assumed."""
    if grouped:
        return all(entry.group == each[at] for entry, each in zip(files, folders, strict=True)), ()
    if all(part_of(entry.path.stem) for entry in files) or any(n != at for n in _levels(folders, SUBJECT_NAME)):
        return False, ()
    return are_subjects(source, files, folders, at, part)


def _class_level(
    source: str, files: Sequence[Entry], folders: Sequence[tuple[str, ...]], classes: Sequence[int], level: int | None,
    grouped: bool,
) -> tuple[int, tuple[str, ...]]:  # fmt: skip
    """Return which of several levels is the class, and what was assumed."""
    if grouped:
        free = [n for n in classes if any(each[n] != e.group for e, each in zip(files, folders, strict=True))]
        if len(free) == 1:
            return free[0], ()
    return level_of_classes(source, folders, classes[:2], level)


def _by_name(source: str, files: Sequence[Entry], folders: Sequence[tuple[str, ...]], notes: tuple[str, ...]) -> Layout:
    """Tell classes by the names of the files, where folders are subjects or there are none."""
    labels = labels_of([entry.path.stem for entry in files])
    if labels is None:
        got = f"folders {folders[0][0]}, which names no class" if any(folders) else f"{files[0].inside}"
        raise InputError(
            source, HOW.format(files[0].path.suffix), got=got, hint=_above(source, any(map(bool, folders))) or HINT
        )
    labelled = [replace(entry, label=label) for entry, label in zip(files, labels, strict=True)]
    told = f"classes: from the names of files, such as {labels[0]} in {files[0].path.name}"
    if all(re.fullmatch(r"[^.]+\.[0-9a-z]{5,}(?:\..*)?", entry.path.stem) for entry in files):
        # Names that Edge Impulse wrote: a class and the sample's own number.
        labelled = [replace(entry, group=".".join(entry.path.stem.split(".")[:2])) for entry in labelled]
    return _grouped(labelled, folders, None, (*notes, told))


def _above(source: str, divided: bool) -> str:
    """Return the step from a folder of one class to the folder that holds all; empty if it has no others beside it."""
    folder = Path(source).expanduser().absolute()
    beside = [] if divided or not folder.is_dir() else [each for each in folder.parent.iterdir() if each.is_dir()]
    step = f"if {folder.name} is one class of several, give the folder above: {folder.parent}; else {_COLUMN}"
    return step if beside[1:] else ""


def _levels(folders: Sequence[tuple[str, ...]], pattern: re.Pattern[str]) -> list[int]:
    """Return the levels of folders whose names all match a pattern."""
    depth = max(map(len, folders), default=0)
    return [n for n in range(depth) if all_match({each[n] for each in folders if len(each) > n}, pattern)]


def _grouped(
    files: Sequence[Entry], folders: Sequence[tuple[str, ...]], taken: int | None, notes: tuple[str, ...]
) -> Layout:
    """Give each file its group: by the level of subjects, else the first one that is neither class nor sessions.

    Sessions are groups only where the names of the files name nobody, since one person may have come to several.

    Args:
        files: with their classes; those with a group keep it.
        folders: of each file, without the folder of a part.
        taken: the level of classes; None if it is none of them.
        notes: what was assumed until now.
    """
    free = [n for n in range(max(map(len, folders), default=0)) if n != taken]
    takes = [n for n in _levels(folders, TAKE_NAME) if n in free]
    level = next((n for n in (*_levels(folders, SUBJECT_NAME), *free) if n in free and n not in takes), None)
    if level is None and takes and not all(entry.group for entry in files):
        named, told = with_groups(files, None)
        if are_people([entry.group for entry in named]):
            return Layout(tuple(named), (*notes, *told))
        level = takes[0]
        notes = (*notes, f"groups: folders such as {folders[0][level]}, since the names of files name nobody")
    return Layout(tuple(files if level is None else _in_level(files, folders, level)), notes)


def _in_level(files: Sequence[Entry], folders: Sequence[tuple[str, ...]], level: int) -> list[Entry]:
    return [
        entry if entry.group or len(each) <= level else replace(entry, group=each[level])
        for entry, each in zip(files, folders, strict=True)
    ]


def _without(folders: tuple[str, ...], level: int | None) -> tuple[str, ...]:
    return folders if level is None else folders[:level] + folders[level + 1 :]


def _example(folders: tuple[str, ...], at: int) -> str:
    return "/".join("<class>" if n == at else name for n, name in enumerate(folders))
