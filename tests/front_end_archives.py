"""Archives of networks with random weights behind a front-end, and detectors of anomalies."""

import dataclasses

import graph_files
import numpy as np

from nas.api.archives import measured
from nas.api.model import Model
from nas.arrays import Array
from nas.data.prepared import Scaling
from nas.signal.front_end import FrontEnd
from nas.space.architecture import Architecture
from nas.space.blocks.conv import Conv
from nas.space.blocks.dense import Dense
from nas.space.blocks.head import Head
from nas.study.archive import Archive
from nas.target.front_end import with_front_end
from nas.target.profiler import profile
from nas.target.target import find_target
from nas.task.anomaly import Anomaly


def behind_front_end(made: Archive, front_end: FrontEnd, rows: Array, rate_hz: float, padding: str = "same") -> Archive:
    """Return an archive like `made`, whose network reads, and is scaled by, the features of such rows."""
    blocks = (Conv(filters=6, pools=1, padding=padding), Head(kind="global_average"), Dense(units=9))
    member = Architecture("mine", rows.shape[1:], 3, blocks, front_end=front_end)
    tflite = graph_files.file_of(member.lower(), np.random.default_rng(3))
    board = find_target("cortex-m4")
    cost = with_front_end(profile(tflite, board), front_end, member.input_shape, board)
    inputs, outputs, example = measured(tflite)
    record = dataclasses.replace(made.record, architecture=member.to_json())
    return dataclasses.replace(
        made,
        tflite=tflite,
        trained=dataclasses.replace(made.trained, record=record),
        footprint=cost.to_json(),
        scaling=Scaling.fit(front_end.apply(rows)),
        input=inputs,
        output=outputs,
        example=example,
        channel_names=(),
        sample_rate_hz=rate_hz,
    )


def detector_behind(front_end: FrontEnd, rows: Array, rate_hz: float) -> Model:
    """Return an auto-encoder of the features of such rows, a third of which have an alarm."""
    from nas.model.deploy.convert import quantize
    from nas.model.deploy.fake_quantized import fake_quantize
    from nas.model.network.network import Network

    features = front_end.apply(rows)
    scaling, task = Scaling.fit(features), Anomaly(false_alarm_rate=1 / 3)
    outputs = task.outputs_for(features.shape[1:], 0)
    member = Architecture("mine", rows.shape[1:], outputs, (Dense(units=6),), task, front_end)
    network, x = Network(member.lower(), seed=3), scaling.apply(features)
    tflite = quantize(fake_quantize(network, x, "mse", (-4.0, 4.0), reconstructs=True))
    names = ("normal", "anomaly")
    made = Model(tflite, rows.shape[1:], names, scaling, front_end=front_end, sample_rate_hz=rate_hz, task=task)
    return dataclasses.replace(made, task=task.calibrated(made.predict(rows), np.zeros(len(rows), np.int64)))
