"""An archive of a small network behind a front-end for sound, with random weights."""

import dataclasses

import graph_files
import numpy as np

from nas.api.archives import measured
from nas.arrays import Array
from nas.data.prepared import Scaling
from nas.signal.mel import Mel
from nas.space.architecture import Architecture
from nas.space.blocks.conv import Conv
from nas.space.blocks.dense import Dense
from nas.space.blocks.head import Head
from nas.study.archive import Archive
from nas.target.front_end import with_front_end
from nas.target.profiler import profile
from nas.target.target import find_target

SAMPLES = 4000


def sounds(count: int, samples: int = SAMPLES) -> Array:
    """Return tones in noise, int16 [count, samples]."""
    chance = np.random.default_rng(5)
    tones = np.sin(np.arange(samples) * chance.uniform(0.01, 2, (count, 1))) * chance.uniform(50, 20000, (count, 1))
    return (tones + chance.normal(0, 300, (count, samples))).astype(np.int16)


def trained(make_archive, mel: Mel, samples: int = SAMPLES) -> Archive:
    """Return an archive of a network with random weights, scaled by the features of some sounds."""
    blocks = (Conv(filters=6, pools=1), Head(kind="global_average"), Dense(units=9))
    member = Architecture("mine", (samples, 1), 3, blocks, front_end=mel)
    tflite = graph_files.file_of(member.lower(), np.random.default_rng(3))
    board = find_target("cortex-m4")
    cost = with_front_end(profile(tflite, board), mel, member.input_shape, board)
    (inputs, outputs, example), made = measured(tflite), make_archive()
    record = dataclasses.replace(made.record, architecture=member.to_json())
    return dataclasses.replace(
        made,
        tflite=tflite,
        trained=dataclasses.replace(made.trained, record=record),
        footprint=cost.to_json(),
        scaling=Scaling.fit(mel.apply(sounds(40, samples)[..., None])),
        input=inputs,
        output=outputs,
        example=example,
        channel_names=(),
        sample_rate_hz=16000.0,
    )


def regression(archive: Archive) -> Archive:
    """Return an archive whose outputs are values of targets."""
    return dataclasses.replace(archive, output_scaling=Scaling((1.0, -2.0, 30.0), (0.5, 2.0, 10.0)))
