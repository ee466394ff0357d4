"""Audio files as rows of one length at one rate: how both are chosen, and how clips are padded and cut."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nas.arrays import Array, Doubles
from nas.data.layouts.entry import Entry
from nas.data.options import DataOptions
from nas.data.readers.many_files import read_all
from nas.data.readers.sound import FULL_SCALE, Header, Samples, read_header, read_sound, soundfile
from nas.errors import InputError

USUAL_SHARE = 0.95
LONGEST_ROW_S, ROW_S = 2.0, 1.0
"""If most clips are no longer than the first, a row holds all of them; else it has the second, and clips are cut."""


@dataclass(frozen=True, slots=True)
class Form:
    """The form of all rows: sample rate, samples in a row, and samples from one row of a long clip to the next."""

    rate_hz: int
    window: int
    stride: int


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """The rows of one file.

    Attributes:
        rows: [n, window], 16 bits; none of a file without samples.
        seconds: length of the file.
        level_db: its loudness: root mean square over full scale, in decibels; -inf for digital silence.
        clipped: whether samples stand at full scale, two or more in a row.
        is_loudest: whether the row is the loudest part of a clip that is a little longer than a row.
    """

    rows: Samples
    seconds: float
    level_db: float
    clipped: bool
    is_loudest: bool = False


def form_of(headers: Sequence[Header], options: DataOptions, *, in_ranges: bool = False) -> Form:
    """Choose the form of the rows: as asked, else the rate of most files, and a row as long as most clips.

    In ranges of long recordings, a row has `ROW_S` unless another window is asked for.

    Raises:
        InputError: the rate is no whole number.
    """
    rates = Counter(header.rate_hz for header in headers)
    wanted = options.rate_hz or max(rates, key=lambda rate: (rates[rate], -rate))
    if wanted != round(wanted):
        raise InputError("--rate-hz", "must be a whole number for audio", got=wanted)
    lengths = [header.seconds for header in headers]
    usual = float(np.quantile(lengths, USUAL_SHARE, method="higher"))
    seconds = usual if usual <= LONGEST_ROW_S and not in_ranges else ROW_S
    window = options.window or max(1, round(seconds * wanted))
    return Form(int(wanted), window, options.stride or max(1, window // 2))


def read_headers(entries: Sequence[Entry]) -> list[Header]:
    """Return what each file tells of itself; InputError for those that cannot be read, or without the library."""
    soundfile()  # a missing library is said once, not once a file
    once = {entry.path: entry for entry in entries}  # ranges share their recording
    found = dict(zip(once, read_all([*once.values()], lambda entry: read_header(entry.path, entry.place)), strict=True))
    return [found[entry.path] for entry in entries]


def read_clips(entries: Sequence[Entry], form: Form) -> list[Clip]:
    """Return the rows of each file; InputError for those that are damaged."""

    def read(entry: Entry) -> Clip:
        sound = read_sound(entry.path, entry.place, form.rate_hz)
        rows, is_loudest = cut_clip(sound.samples, form.window, form.stride)
        seconds = len(sound.samples) / form.rate_hz
        return Clip(rows, seconds, level_db(sound.samples), sound.clipped > 0, is_loudest)

    return read_all(entries, read)


def cut_clip(samples: Samples, window: int, stride: int) -> tuple[Samples, bool]:
    """Return the rows [n, window] of a clip, and whether its one row is the loudest part of it.

    A shorter clip is padded with zeros at its end. Of one that is too short for two rows, the row is where it is
    loudest, so that a word is not cut off. A longer one gives rows `stride` apart, from its start.
    """
    if not len(samples):
        return np.empty((0, window), np.int16), False
    if len(samples) <= window:
        return np.pad(samples, (0, window - len(samples)))[None], False
    if len(samples) < window + stride:
        energy = np.concatenate([[0], np.cumsum(samples.astype(np.int64) ** 2)])
        start = int((energy[window:] - energy[:-window]).argmax())
        return samples[None, start : start + window].copy(), True
    return np.lib.stride_tricks.sliding_window_view(samples, window)[::stride].copy(), False


def level_db(samples: Samples) -> float:
    """Return the root mean square of samples over full scale, in decibels; -inf for digital silence or no samples."""
    power = float(np.square(samples, dtype=np.float64).mean()) if len(samples) else 0.0
    return 10 * float(np.log10(power / FULL_SCALE**2)) if power else -np.inf


def stacked(parts: Sequence[Samples], window: int) -> Array:
    """Return rows of several files as one array [n, window, 1]."""
    x = np.empty((sum(map(len, parts)), window, 1), np.int16)
    at = 0
    for rows in parts:
        x[at : at + len(rows), :, 0] = rows
        at += len(rows)
    return x


def levels(clips: Sequence[Clip]) -> Doubles:
    """Return the loudness of clips in decibels [n], without those of digital silence."""
    found = np.array([clip.level_db for clip in clips], np.float64)
    return found[np.isfinite(found)]
