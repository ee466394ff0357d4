"""Channels of recordings: all must have the same, apart from those that are left out as asked."""

import shlex
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from nas.data.windows import Recording
from nas.errors import InputError

MOST_LISTED = 3
"""Files with other channels that a message lists."""


def without_some(recordings: Sequence[Recording], drop_columns: str | None) -> tuple[list[Recording], tuple[str, ...]]:
    """Leave out the channels to drop that only some recordings have, before they are compared.

    Args:
        recordings: the recordings.
        drop_columns: names with commas between, whatever their capitals.

    Returns:
        The recordings, and the names of what was left out. Channels that all have stay.
    """
    asked = {name.strip().lower() for name in (drop_columns or "").split(",")} - {""}
    have = [{name.lower() for name in recording.channel_names} for recording in recordings]
    some = {name for name in asked if any(name in own for own in have) and not _in_all(name, have)}
    return [_without(recording, some) for recording in recordings] if some else list(recordings), tuple(sorted(some))


def same_channels(places: Sequence[str], recordings: Sequence[Recording]) -> list[Recording]:
    """Return the recordings with their channels in the order of the first one of those that most have.

    Args:
        places: where each recording comes from, for messages.
        recordings: the recordings.

    Raises:
        InputError: some have other channels; it lists them, and the columns to drop.
    """
    kinds = [(recording.values.shape[1], tuple(sorted(recording.channel_names))) for recording in recordings]
    usual = Counter(kinds).most_common(1)[0][0]
    first = kinds.index(usual)
    if any(kind != usual for kind in kinds):
        raise _others(places, recordings, [kind == usual for kind in kinds], first)
    return [_in_order(recording, recordings[first].channel_names) for recording in recordings]


def _others(places: Sequence[str], recordings: Sequence[Recording], usual: Sequence[bool], first: int) -> InputError:
    """Return the error that lists the files with other channels than most, and what mends it."""
    others = dict.fromkeys(place for place, same in zip(places, usual, strict=True) if not same)
    odd = recordings[usual.index(False)]
    steps = []
    if more := list(others)[1:]:
        listed = ", ".join(more[: MOST_LISTED - 1]) + (", ..." if len(more) >= MOST_LISTED else "")
        steps.append(f"{len(others)} of {len(set(places))} files have others than most, too {listed}")
    names = [set(recording.channel_names) for recording in recordings]
    extra = [name for name in dict.fromkeys(n for r in recordings for n in r.channel_names) if not _in_all(name, names)]
    if set.intersection(*names):
        steps.append(f"leave out what not all have: --drop-columns {shlex.quote(','.join(extra))}")
    return InputError(
        next(iter(others)),
        f"must have the channels of {places[first]}, {_named(recordings[first])}",
        got=_named(odd),
        hint="; ".join(steps) or "name the columns alike in all files",
    )


def _in_all(name: str, names: Sequence[set[str]]) -> bool:
    return all(name in own for own in names)


def _named(recording: Recording) -> str:
    return ", ".join(recording.channel_names) or f"{recording.values.shape[1]} columns without names"


def _without(recording: Recording, names: set[str]) -> Recording:
    kept = [n for n, name in enumerate(recording.channel_names) if name.lower() not in names]
    if len(kept) == len(recording.channel_names):
        return recording
    if not kept:
        raise InputError("--drop-columns", "must leave a column in every file", got="all of them in one")
    kept_names = tuple(recording.channel_names[n] for n in kept)
    return replace(recording, values=np.ascontiguousarray(recording.values[:, kept]), channel_names=kept_names)


def _in_order(recording: Recording, names: tuple[str, ...]) -> Recording:
    if recording.channel_names == names:
        return recording
    order = [recording.channel_names.index(name) for name in names]
    return replace(recording, values=recording.values[:, order], channel_names=names)
