"""A simulated inertial sensor at the waist: the default data for windows of a signal.

It resembles real recordings in two ways. Subjects differ more than some activities do: each has its own cadence,
strength, tilt of the sensor and noise, so a model must learn what an activity has in common over subjects. And some
activities have nearly the same means, standard deviations and spectra, and differ only in phase, that is in the order
of events: going up and down stairs, and cycling and rowing.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from nas.arrays import Array, Doubles
from nas.data.dataset import Dataset, Part
from nas.data.source import SOURCES
from nas.data.windows import cut

RATE_HZ = 50.0
WINDOW, STRIDE = 128, 64
SUBJECTS = 40
SESSIONS = 2
WINDOWS_EACH = 8
SAMPLES = WINDOW + (WINDOWS_EACH - 1) * STRIDE

CHANNELS = ("acc_x", "acc_y", "acc_z", "gyro_x", "gyro_y", "gyro_z")
RESOLUTION = np.array([1 / 4096] * 3 + [1 / 1000] * 3)
"""Resolution of the sensor in g and rad/s: that of a 16-bit sensor with ranges of 8 g and 32 rad/s."""

RANGE = np.array([8.0] * 3 + [32.0] * 3)

GAIT = ((0.0, 0.26, 0.03, 0.09), (0.12, 0.03, 0.05, 0.0), (0.03, 0.14, 0.0, 0.05))
TURN = ((0.45, 0.1, 0.16, 0.0), (0.12, 0.42, 0.0, 0.12), (0.36, 0.18, 0.08, 0.0))
CRANK = ((0.12, 0.07, 0.0, 0.02), (0.05, 0.03, 0.0, 0.0), (0.14, 0.05, 0.02, 0.0))
SWING = ((0.1, 0.05, 0.0, 0.0), (0.3, 0.12, 0.05, 0.0), (0.12, 0.05, 0.0, 0.0))
"""Amplitudes of the first four harmonics of a cycle, on three axes: GAIT and CRANK in g, TURN and SWING in rad/s."""


@dataclass(frozen=True, slots=True)
class Activity:
    """One way of moving, as an average subject does it.

    Attributes:
        cycle_hz: strides, crank revolutions or strokes a second.
        acc: amplitudes of harmonics 1 to 4 on three axes in g; `gyro` likewise in rad/s.
        strength: factor on all amplitudes.
        lead: phase lead in radians of each harmonic over the one below, and half of it of each axis over the one
            before. The sign is the order of events in time, which a power spectrum does not show.
        impact_g: height of an impact once a cycle, which decays within a tenth of a second.
    """

    cycle_hz: float
    acc: tuple[tuple[float, ...], ...]
    gyro: tuple[tuple[float, ...], ...]
    strength: float = 1.0
    lead: float = 0.0
    impact_g: float = 0.0


ACTIVITIES: Mapping[str, Activity] = {
    "standing": Activity(0.3, GAIT, TURN, strength=0.06),
    "walking": Activity(0.92, GAIT, TURN),
    "stairs_up": Activity(0.86, GAIT, TURN, strength=1.05, lead=0.9),
    "stairs_down": Activity(0.92, GAIT, TURN, strength=1.1, lead=-0.9),
    "running": Activity(1.3, GAIT, TURN, strength=2.6, lead=0.3, impact_g=0.5),
    "jumping": Activity(1.0, GAIT, TURN, strength=2.2, lead=-0.3, impact_g=1.4),
    "cycling": Activity(1.1, CRANK, SWING, lead=0.9),
    "rowing": Activity(1.0, CRANK, SWING, lead=-0.9),
}


@SOURCES.register("synthetic")
def synthetic(seed: int) -> Dataset:
    """Simulated waist sensor, 5120 windows of 128 samples at 50 Hz, 6 channels, 8 activities, 40 subjects."""
    rng = np.random.default_rng(seed)
    windows, classes, subjects = [], [], []
    for subject in range(SUBJECTS):
        person = _person(rng)
        for label, activity in enumerate(ACTIVITIES.values()):
            for _ in range(SESSIONS):
                windows.append(cut(_record(activity, person, rng), WINDOW, STRIDE))
                classes.append(label)
                subjects.append(subject)
    y = np.repeat(np.array(classes, np.int64), WINDOWS_EACH)
    groups: Array = np.repeat(np.array(subjects, np.int64), WINDOWS_EACH)
    return Dataset(
        "synthetic",
        Part(np.concatenate(windows), y, groups),
        tuple(ACTIVITIES),
        channel_names=CHANNELS,
        sample_rate_hz=RATE_HZ,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """One subject: factors on cadence and strength, the mounting of the sensor, and its noise."""

    cadence: float
    strength: float
    rotation: Doubles
    restless: float
    noise: float
    gyro_bias: Doubles


def _person(rng: np.random.Generator) -> Person:
    return Person(
        cadence=float(np.exp(rng.normal(0, 0.09))),
        strength=float(np.exp(rng.normal(0, 0.15))),
        rotation=_rotation(rng, 25.0),
        restless=float(rng.uniform(0.07, 0.12)),
        noise=float(rng.uniform(0.04, 0.08)),
        gyro_bias=rng.normal(0, 0.03, 3),
    )


def _rotation(rng: np.random.Generator, most_degrees: float) -> Doubles:
    """Return a rotation about a random axis by up to `most_degrees`, by Rodrigues' formula."""
    x, y, z = (axis := rng.normal(size=3)) / np.linalg.norm(axis)
    angle = np.radians(rng.uniform(-most_degrees, most_degrees))
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.asarray(np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross)


def _record(activity: Activity, person: Person, rng: np.random.Generator) -> Doubles:
    """Simulate a recording [SAMPLES, 6]: motion in the axes of the body, turned into those of the sensor, and noise."""
    cycle_hz = activity.cycle_hz * person.cadence * np.exp(rng.normal(0, 0.04) + 0.05 * _wander(rng, 2.0))
    phase = rng.uniform(0, 2 * np.pi) + 2 * np.pi * np.cumsum(cycle_hz) / RATE_HZ
    motion = _motion(activity, phase, rng) * (person.strength * np.exp(0.2 * _wander(rng, 2.0)))[:, None]
    motion += person.restless * np.stack([_wander(rng, 0.25) for _ in range(6)], axis=1) * [1, 1, 1, 3, 3, 3]
    motion[:, 0] += 1.0  # gravity, along the body's first axis
    mounting = person.rotation @ _rotation(rng, 6.0)
    sensed = np.concatenate([motion[:, :3] @ mounting.T, motion[:, 3:] @ mounting.T + person.gyro_bias], axis=1)
    sensed += rng.normal(size=sensed.shape) * person.noise * np.array([1, 1, 1, 2, 2, 2])
    return np.asarray(np.clip(np.round(sensed / RESOLUTION) * RESOLUTION, -RANGE, RANGE))


def _motion(activity: Activity, phase: Doubles, rng: np.random.Generator) -> Doubles:
    """Return acceleration in g and angular rate in rad/s [time, 6] in the axes of the body, for one recording."""
    amplitudes = np.array(activity.acc + activity.gyro) * np.exp(rng.normal(0, 0.3, (6, 4))) * activity.strength
    harmonics = np.arange(1, 5)
    leads = activity.lead * (harmonics - 1 + 0.5 * np.arange(6)[:, None])
    angles = leads + rng.normal(0, 0.5, (6, 4))
    motion = np.einsum("ch,tch->tc", amplitudes, np.cos(phase[:, None, None] * harmonics + angles))
    # The impact is at phase 0 and oscillates at 12 Hz; the time since then follows from the phase.
    since = np.mod(phase, 2 * np.pi) / (2 * np.pi * activity.cycle_hz)
    motion[:, 0] += activity.impact_g * np.exp(-since / 0.05) * np.cos(2 * np.pi * 12 * since)
    return np.asarray(motion)


def _wander(rng: np.random.Generator, seconds: float) -> Doubles:
    """Return a random curve [SAMPLES], interpolated between normal deviates that are `seconds` apart."""
    steps = np.arange(SAMPLES) / (seconds * RATE_HZ)
    knots = rng.normal(size=int(steps[-1]) + 2)
    return np.asarray(np.interp(steps, np.arange(len(knots)), knots))
