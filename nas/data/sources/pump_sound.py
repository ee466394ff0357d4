"""The sound of simulated pumps that are watched for anomalies: the default data of auto-encoders for sound.

Each pump has its own speed, loudness and timbre: harmonics of its vanes' frequency, over the hiss of the flow. A fault
adds little to the energy, so that it is heard by the spectrum or by what happens over time, not by the loudness.
"""

from collections.abc import Callable, Mapping

import numpy as np

from nas.arrays import Array, Doubles
from nas.data.dataset import Dataset, Part
from nas.data.normality import NAMES
from nas.data.source import SOURCES
from nas.task.alarms import ANOMALY, NORMAL
from nas.task.task import ANOMALIES

RATE_HZ = 16_000
SAMPLES = 3072
"""Five frames of 64 ms, half of each in the next."""
PUMPS = 24
NORMAL_EACH, FAULTY_EACH = 16, 8

_TIME = np.arange(SAMPLES) / RATE_HZ
_HARMONICS = np.arange(1, 13)[:, None]


def _ringing(rng: np.random.Generator, speed: float) -> Doubles:
    """A damaged bearing: each time a ball passes, something rings at 3 kHz."""
    since = (_TIME + rng.uniform(0, 1)) % (1 / (4.3 * speed))
    return np.asarray(np.exp(-since * 900) * np.sin(2 * np.pi * 3000 * since))


def _bubbles(rng: np.random.Generator, speed: float) -> Doubles:
    """Cavitation: bursts of high hiss."""
    bursts = np.repeat(rng.uniform(0, 1, SAMPLES // 256) > 0.5, 256)
    return np.asarray(np.diff(rng.normal(0, 1, SAMPLES + 1)) * bursts)


def _rubbing(rng: np.random.Generator, speed: float) -> Doubles:
    """A rotor that touches its housing once a turn: hiss that comes and goes with it."""
    turn = 0.5 + 0.5 * np.sin(2 * np.pi * speed * (_TIME + rng.uniform(0, 1)))
    return np.asarray(rng.normal(0, 1, SAMPLES) * turn**4)


FAULTS: Mapping[str, Callable[[np.random.Generator, float], Doubles]] = {
    "ringing": _ringing,
    "bubbles": _bubbles,
    "rubbing": _rubbing,
}
"""What each fault adds [samples], at a speed in turns a second; its loudness is that of a normal pump's hiss."""


@SOURCES.register("pump_sound")
def pump_sound(seed: int) -> Dataset:
    """Simulated pumps as sound, 576 clips of 0.19 s at 16 kHz, normal or anomaly, 24 pumps of which 8 fail."""
    rng = np.random.default_rng(seed)
    clips, labels, groups = [], [], []
    for number in range(PUMPS):
        fault = list(FAULTS.values())[number // 3 % len(FAULTS)] if number % 3 == 0 else None
        clips.append(_clips(rng, fault))
        labels += [NORMAL] * NORMAL_EACH + [NORMAL if fault is None else ANOMALY] * FAULTY_EACH
        groups += [f"pump{number + 1:02d}"] * len(clips[-1])
    rows = Part(np.concatenate(clips)[..., None], np.array(labels, np.int64), np.array(groups))
    return Dataset("pump_sound", rows, NAMES, channel_names=("audio",), sample_rate_hz=RATE_HZ, task=ANOMALIES)


def _clips(rng: np.random.Generator, fault: Callable[[np.random.Generator, float], Doubles] | None) -> Array:
    """Return clips [count, samples], int16, of one pump; the last ones are faulty."""
    speed, fading, loudness = rng.uniform(24, 28), rng.uniform(0.8, 1.2), rng.uniform(1500, 3000)
    hiss = rng.uniform(0.15, 0.25)
    made = []
    for clip in range(NORMAL_EACH + FAULTY_EACH):
        phases, load = rng.uniform(0, 2 * np.pi, _HARMONICS.shape), rng.uniform(0.9, 1.1)
        waves = np.sin(2 * np.pi * 5 * speed * load * _HARMONICS * _TIME + phases)
        sound = (waves * _HARMONICS**-fading).sum(axis=0) + hiss * rng.normal(0, 1, SAMPLES)
        if fault is not None and clip >= NORMAL_EACH:
            added = fault(rng, speed * load)
            sound += hiss * added / added.std()
        made.append(loudness * sound)
    return np.clip(np.rint(made), -32768, 32767).astype(np.int16)
