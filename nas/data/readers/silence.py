"""Rows of no speech, cut from recordings of noise at random places and loudness."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from nas import seeds
from nas.data.layouts.entry import Entry
from nas.data.options import DataOptions
from nas.data.readers.clips import Clip, Form, level_db
from nas.data.readers.many_files import read_all
from nas.data.readers.sound import Samples, read_sound
from nas.data.readers.wanted_classes import SILENCE, rows_of
from nas.errors import InputError

NOISE = re.compile(r"_(background_)?noise_", re.IGNORECASE)
"""Names of folders and classes whose files are noise to mix in, and no class."""


def is_noise(entry: Entry) -> bool:
    """Say whether a file is noise, by its class or a folder that it is in."""
    return any(NOISE.fullmatch(name) for name in (entry.label, *entry.folders))


def silence(
    noise: Sequence[Entry], rows: Mapping[str, int], form: Form, options: DataOptions
) -> list[tuple[Entry, Clip]]:
    """Return rows of `_silence_`, each with the recording that it is from; none if they are not asked for.

    A recording is in one part only: in its own, else, where the data have several parts, in one by its order.

    Args:
        noise: recordings of noise.
        rows: of all other classes, `_unknown_` too, by part.
        form: of the rows.
        options: the share of all rows that they are to be.

    Raises:
        InputError: rows are asked for, and there is no noise, or it cannot be read.
    """
    share = options.silence_share
    if share is None:
        return []
    if not noise:
        hint = "put recordings of noise into a folder _background_noise_, or leave it out"
        raise InputError("--silence-share", "needs recordings of noise", hint=hint)
    entries = _placed(noise, list(rows))
    sounds = dict(
        zip(entries, read_all(entries, lambda each: read_sound(each.path, each.place, form.rate_hz)), strict=True)
    )
    found = []
    for part, count in rows.items():
        own = [entry for entry in entries if entry.part == part and len(sounds[entry].samples)]
        rng = np.random.default_rng(seeds.derive(SILENCE, part))
        for number in range(rows_of(count, share) if own else 0):
            entry = own[number % len(own)]
            row = _cut(sounds[entry].samples, form.window, rng)
            found.append((entry, Clip(row[None], form.window / form.rate_hz, level_db(row), False)))
    return found


def training_noise(
    noise: Sequence[Entry], parts: Sequence[str], rate_hz: int
) -> tuple[tuple[str, ...], tuple[Samples, ...]]:
    """Return the recordings of the training part alone: others would be known before a model is judged by them.

    The group of each comes first, by which `nas.data.sound.recordings` finds those that other parts are taken from.
    """
    own = [entry for entry in _placed(noise, parts) if entry.part == "train"]
    heard = [(entry.group, samples) for entry, samples in zip(own, _read(own, rate_hz), strict=True) if len(samples)]
    return tuple(group for group, _ in heard), tuple(samples for _, samples in heard)


def read_noise(noise: Sequence[Entry], rate_hz: int) -> tuple[Samples, ...]:
    """Return the samples of recordings of noise; InputError for those that cannot be read."""
    return tuple(samples for samples in _read(noise, rate_hz) if len(samples))


def _read(noise: Sequence[Entry], rate_hz: int) -> list[Samples]:
    return [sound.samples for sound in read_all(noise, lambda entry: read_sound(entry.path, entry.place, rate_hz))]


def _placed(noise: Sequence[Entry], parts: Sequence[str]) -> list[Entry]:
    """Return recordings as files of the class, each in one part."""
    given = Counter(entry.part for entry in noise)
    named = [replace(entry, label=SILENCE, group=entry.group or entry.path.stem) for entry in noise]
    if len(given) > 1 or len(parts) == 1:
        return named
    # Speech Commands says of no recording which part it is for: of six, four are for training.
    order = ["train", *(part for part in parts if part != "train"), "train", "train", "train"]
    return [replace(entry, part=order[number % len(order)]) for number, entry in enumerate(named)]


def _cut(samples: Samples, window: int, rng: np.random.Generator) -> Samples:
    """Return a window of noise at a loudness from none to its own; a shorter recording is repeated."""
    long = samples if len(samples) >= window else np.resize(samples, window)
    start = int(rng.integers(0, len(long) - window + 1))
    row: Samples = np.rint(long[start : start + window] * rng.uniform()).astype(np.int16)
    return row
