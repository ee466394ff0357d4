"""An archive of a small network behind a front-end for sound, with random weights."""

import dataclasses

import numpy as np
from front_end_archives import behind_front_end

from nas.arrays import Array
from nas.signal.mel import Mel
from nas.study.archive import Archive
from nas.task.regression import Regression

SAMPLES = 4000


def sounds(count: int, samples: int = SAMPLES) -> Array:
    """Return tones in noise, int16 [count, samples]."""
    chance = np.random.default_rng(5)
    tones = np.sin(np.arange(samples) * chance.uniform(0.01, 2, (count, 1))) * chance.uniform(50, 20000, (count, 1))
    return (tones + chance.normal(0, 300, (count, samples))).astype(np.int16)


def trained(make_archive, mel: Mel, samples: int = SAMPLES, padding: str = "same") -> Archive:
    """Return an archive of a network with random weights, scaled by the features of some sounds."""
    return behind_front_end(make_archive(), mel, sounds(40, samples)[..., None], 16000.0, padding)


def regression(archive: Archive) -> Archive:
    """Return an archive whose outputs are values of targets."""
    task = Regression(target_mean=(1.0, -2.0, 30.0), target_std=(0.5, 2.0, 10.0))
    return dataclasses.replace(archive, task=task)
