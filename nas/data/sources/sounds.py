"""Simulated sounds: the default data of spaces for audio.

A voice has its own pitch, timbre, loudness and background noise. Its sounds differ in what happens over time (a pitch
that rises or falls, one sound or several) as much as in their spectrum, so a model needs both.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from nas.arrays import Array, Doubles
from nas.data.dataset import Dataset, Part
from nas.data.source import SOURCES

RATE_HZ = 16_000
SAMPLES = RATE_HZ
VOICES = 24
CLIPS_EACH = 3


@dataclass(frozen=True, slots=True)
class Voice:
    """Who makes the sounds: pitch in Hz, how fast the harmonics fade, loudness, and noise behind it."""

    pitch_hz: float
    fading: float
    loudness: float
    noise: float


def _tone(voice: Voice, pitch_hz: Doubles) -> Doubles:
    """Return harmonics of a pitch that changes over time."""
    phase = 2 * np.pi * np.cumsum(pitch_hz) / RATE_HZ
    harmonics = np.arange(1, 13)[:, None]
    return np.asarray((np.sin(harmonics * phase) * harmonics**-voice.fading).sum(0))


def _sweep(low: float, high: float) -> Callable[[Voice, int, np.random.Generator], Doubles]:
    def make(voice: Voice, count: int, rng: np.random.Generator) -> Doubles:
        bend = np.linspace(np.log(low), np.log(high), count) * rng.uniform(0.8, 1.2)
        return _tone(voice, voice.pitch_hz * np.exp(bend))

    return make


def _beeps(voice: Voice, count: int, rng: np.random.Generator) -> Doubles:
    on = np.sin(np.linspace(0, rng.uniform(5, 7) * np.pi, count)) > 0
    return _tone(voice, np.full(count, 1.5 * voice.pitch_hz)) * on


def _hiss(voice: Voice, count: int, rng: np.random.Generator) -> Doubles:
    return np.diff(rng.normal(0, 1, count + 1))


SOUNDS: Mapping[str, Callable[[Voice, int, np.random.Generator], Doubles]] = {
    "rising": _sweep(1, 2),
    "falling": _sweep(2, 1),
    "beeps": _beeps,
    "hiss": _hiss,
}


@SOURCES.register("sounds")
def sounds(seed: int) -> Dataset:
    """Simulated sounds, 288 clips of a second at 16 kHz, 4 classes, 24 voices."""
    rng = np.random.default_rng(seed)
    voices = [
        Voice(rng.uniform(110, 260), rng.uniform(0.6, 1.4), rng.uniform(400, 4000), rng.uniform(10, 80))
        for _ in range(VOICES)
    ]
    drawn = [(i, label) for i in range(VOICES) for label in range(len(SOUNDS)) for _ in range(CLIPS_EACH)]
    makers = tuple(SOUNDS.values())
    clips = [_clip(voices[i], makers[label], rng) for i, label in drawn]
    y: Array = np.array([label for _, label in drawn], np.int64)
    groups = np.array([i for i, _ in drawn], np.int64)
    x = np.stack(clips)[..., None]
    return Dataset("sounds", Part(x, y, groups), tuple(SOUNDS), channel_names=("audio",), sample_rate_hz=RATE_HZ)


def _clip(voice: Voice, make: Callable[[Voice, int, np.random.Generator], Doubles], rng: np.random.Generator) -> Array:
    """Return samples of 16 bits: a sound of 0.3 to 0.6 s somewhere in a second."""
    count = int(rng.uniform(0.3, 0.6) * RATE_HZ)
    start = rng.integers(0, SAMPLES - count)
    sound = make(voice, count, rng) * np.hanning(count) ** 0.3
    clip = rng.normal(0, voice.noise, SAMPLES)
    clip[start : start + count] += sound * voice.loudness / np.abs(sound).max() * np.exp(rng.normal(0, 0.3))
    return np.clip(np.rint(clip), -32768, 32767).astype(np.int16)
