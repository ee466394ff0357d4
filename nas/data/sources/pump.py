"""Simulated pumps that are watched for anomalies: the default data of auto-encoders.

Each pump has its own speed, load and noise, and its channels depend on each other: current and pressure rise with the
flow, vibration with the speed. A fault changes one of these relations a little, so that no channel alone tells it.
"""

from collections.abc import Callable, Mapping

import numpy as np

from nas.arrays import Doubles
from nas.data.dataset import Dataset, Part
from nas.data.normality import NAMES
from nas.data.source import SOURCES
from nas.task.alarms import ANOMALY, NORMAL
from nas.task.task import ANOMALIES

RATE_HZ = 8.0
SAMPLES = 16
PUMPS = 30
NORMAL_EACH, FAULTY_EACH = 40, 12
CHANNELS = ("flow", "current", "pressure", "vibration")


def _blocked(x: Doubles) -> None:
    x[:, 2] += 0.5 * x[:, 0]


def _worn(x: Doubles) -> None:
    x[:, 3] *= 1.8


def _slipping(x: Doubles) -> None:
    x[:, 1] -= 0.4 * x[:, 0]


FAULTS: Mapping[str, Callable[[Doubles], None]] = {"blocked": _blocked, "worn": _worn, "slipping": _slipping}
"""What each fault does to a window [samples, channels]."""


@SOURCES.register("pump")
def pump(seed: int) -> Dataset:
    """Simulated pumps, 1560 windows of 16 samples at 8 Hz, 4 channels, normal or anomaly, 30 pumps of which 10 fail."""
    rng = np.random.default_rng(seed)
    windows, labels, groups = [], [], []
    for number in range(PUMPS):
        made = _windows(rng, NORMAL_EACH + FAULTY_EACH)
        fails = number % 3 == 0
        for window in made[NORMAL_EACH:] if fails else ():
            list(FAULTS.values())[number // 3 % len(FAULTS)](window)
        windows.append(made)
        labels += [NORMAL] * NORMAL_EACH + [ANOMALY if fails else NORMAL] * FAULTY_EACH
        groups += [f"pump{number + 1:02d}"] * len(made)
    rows = Part(np.concatenate(windows).astype(np.float32), np.array(labels, np.int64), np.array(groups))
    return Dataset("pump", rows, NAMES, channel_names=CHANNELS, sample_rate_hz=RATE_HZ, task=ANOMALIES)


@SOURCES.register("pump_table")
def pump_table(seed: int) -> Dataset:
    """The windows of the simulated pumps as a table: mean and deviation of each of 4 channels, normal or anomaly."""
    windows = pump(seed).train
    features = np.concatenate([windows.x.mean(axis=1), windows.x.std(axis=1)], axis=1)
    names = tuple(f"{name}_{what}" for what in ("mean", "std") for name in CHANNELS)
    rows = Part(features, windows.y, windows.groups)
    return Dataset("pump_table", rows, NAMES, channel_names=names, task=ANOMALIES)


def _windows(rng: np.random.Generator, count: int) -> Doubles:
    """Return windows [count, samples, channels] of a normal pump."""
    speed, load, noise = rng.uniform(0.9, 1.4), rng.uniform(0.8, 1.2), rng.uniform(0.02, 0.06)
    time = np.arange(SAMPLES) / RATE_HZ
    phase, demand = rng.uniform(0, 2 * np.pi, (count, 1)), rng.uniform(0.5, 1.5, (count, 1))
    flow = demand * (1 + 0.2 * np.sin(2 * np.pi * 0.5 * time + phase))
    current = 0.6 * load * flow + 0.3
    pressure = 1.2 - 0.4 * flow**2 / load
    vibration = 0.3 * speed * (1 + 0.5 * np.sin(2 * np.pi * speed * time + phase)) * np.sqrt(flow)
    values = np.stack([flow, current, pressure, vibration], axis=-1)
    return np.asarray(values + noise * rng.standard_normal(values.shape))
