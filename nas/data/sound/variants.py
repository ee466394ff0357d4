"""The changed copies of rows of sound."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nas import seeds
from nas.arrays import Array, Doubles, Floats, Rows
from nas.data.prepared import Prepared, with_variants
from nas.data.sound import noise, timing
from nas.data.sound.changes import SoundChanges
from nas.data.sound.pitch import pitch
from nas.data.splits import Splits
from nas.signal.front_end import FrontEnd

_TOGETHER = 64
"""Rows that are changed at once: few enough for the cache of a core, many enough for vectors."""
_NOISE = 1 << 20
"""Samples of noise of each color, from which pieces are taken: more than a minute at 16 kHz."""


def changed_rows(splits: Splits, part: str, changes: SoundChanges, rate_hz: float) -> Array:
    """Return the changed copies of a part's rows, by the seed of the split; see `variants`."""
    asked = replace(changes, variants=changes.copies(splits.train.x.nbytes + splits.val.x.nbytes))
    seed = seeds.derive(splits.seed, "variants", part)
    return variants(splits.parts()[part].x, asked, rate_hz, splits.noise, seed)


def varied(
    data: Prepared,
    splits: Splits,
    front_end: FrontEnd,
    changes: SoundChanges,
    parts: Sequence[str],
    changed: Callable[[Splits, str, SoundChanges, float], Array] = changed_rows,
) -> Prepared:
    """Return prepared rows with variants of the parts that are learned from, if the changes apply to them.

    Rows that are to be reconstructed stay as they are.

    Args:
        data: what `prepare` makes of `splits` and `front_end`.
        splits: the rows before the front-end.
        front_end: what computes the features of rows and copies.
        changes: what is changed, and how much.
        parts: names of the parts.
        changed: `changed_rows`, or the same with a memory.
    """
    if not changes.apply_behind(front_end) or data.learns.reconstructs:
        return data
    copies = {part: changed(splits, part, changes, front_end.rate_hz or 0) for part in parts}
    return with_variants(data, front_end, copies)


def variants(x: Array, changes: SoundChanges, rate_hz: float, recordings: Sequence[Array], seed: int) -> Array:
    """Return changed copies [n, variants, time, channels] of rows, numbers of the same kind.

    A row's copies depend on its place among the rows, the seed and the changes.

    Args:
        x: samples [n, time, channels]; those of all microphones of a row are changed alike.
        changes: what is changed, and how much.
        rate_hz: samples a second.
        recordings: of noise, [time] each, for `changes.background`; without any, there is none.
        seed: of the changes.
    """
    made = np.empty((len(x), changes.variants, *x.shape[1:]), x.dtype)
    rng = np.random.default_rng((seed, changes.variants))
    colors = [noise.colored(power, _NOISE, rng) for power in noise.COLORS.values()] if changes.colored_noise else []
    change = _Change(changes, rate_hz, recordings, colors)
    for number in range(changes.variants):
        for start in range(0, len(x), _TOGETHER):
            rows = slice(start, start + _TOGETHER)
            for channel in range(x.shape[2]):
                # Equal seeds for all microphones: they hear the same.
                rng = np.random.default_rng((seed, number, start))
                made[rows, number, :, channel] = _as(x.dtype, change(x[rows, :, channel].astype(np.float32), rng))
    return made


def _as(kind: np.dtype[Any], x: Floats) -> Array:
    """Return samples as numbers of a kind; what is beyond its range is clipped, as by a converter."""
    if kind.kind == "f":
        return x.astype(kind)
    info = np.iinfo(kind)
    return np.rint(x).clip(info.min, info.max).astype(kind)


@dataclass(frozen=True, slots=True)
class _Change:
    """Changes some rows once: the arguments of `variants`, and the noise of each color."""

    changes: SoundChanges
    rate_hz: float
    recordings: Sequence[Array]
    colors: Sequence[Floats]

    def __call__(self, x: Floats, rng: np.random.Generator) -> Floats:
        """Return the changed rows [n, time], each by random numbers of its own; `x` is written to."""
        asked = self.changes
        if asked.speed:
            x = timing.speed(x, 1 + _up_to(asked.speed, x, rng))
        if asked.pitch:
            x = pitch(x, 1 + _up_to(asked.pitch, x, rng), self.rate_hz)
        if asked.trim:
            x = timing.trim(x, *np.abs([_up_to(asked.trim, x, rng) for _ in range(2)]))
        if asked.shift_ms:
            most = min(x.shape[1], round(asked.shift_ms * self.rate_hz / 1000))
            x = timing.shift(x, rng.integers(-most, most + 1, len(x)))
        if len(rows := _some(asked.reverb, x, rng)):
            times = rng.uniform(0.1, 1, len(rows)) * asked.reverb_s * self.rate_hz
            x[rows] = noise.reverberated(x[rows], times, rng)
        if asked.gain_db:
            x *= (10 ** (_up_to(asked.gain_db, x, rng)[:, None] / 20)).astype(np.float32)
        x = _behind(x, self.recordings, asked.background, asked.background_snr_db, rng)
        return _behind(x, self.colors, asked.colored_noise, asked.colored_noise_snr_db, rng)


def _behind(
    x: Floats, recordings: Sequence[Array], share: float, snr_db: Sequence[float], rng: np.random.Generator
) -> Floats:
    """Put pieces of recordings behind a share of the rows, at ratios between two."""
    if recordings and len(rows := _some(share, x, rng)):
        pieces = noise.recorded(recordings, len(rows), x.shape[1], rng)
        x[rows] = noise.mixed(x[rows], pieces, rng.uniform(snr_db[0], snr_db[1], len(rows)))
    return x


def _up_to(most: float, x: Floats, rng: np.random.Generator) -> Doubles:
    return rng.uniform(-most, most, len(x))


def _some(share: float, x: Floats, rng: np.random.Generator) -> Rows:
    """Return the numbers of a random share of the rows."""
    return np.flatnonzero(rng.random(len(x)) < share)
