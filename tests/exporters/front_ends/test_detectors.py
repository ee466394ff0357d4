"""Detectors of anomalies behind a front-end as C: scores and decisions from samples, as Python's on every row."""

import dataclasses
import subprocess

import numpy as np
import pytest
from detected_in_c import built, detected_in_c
from front_end_archives import detector_behind
from sound_archive import sounds

import nas
from nas.api.device_archive import device_archive
from nas.exporters.format import FORMATS, Destination, write
from nas.exporters.parameters import with_parameters
from nas.model.deploy.tflite_model import TfliteModel
from nas.signal.mel import Mel
from nas.signal.spectrum import Spectrum
from nas.signal.statistics import Statistics
from nas.target.profiler import profile
from nas.target.target import find_target

COUNT = 60
SOUND = Mel(
    window_size_ms=64, window_step_ms=32, filterbank_n_channels=20, pcan_enable=False, noise_reduction_enable=False
)
CASES = [
    Statistics(segments=2, kurtosis=True),
    Spectrum(frame_size=16, bands=7),
    SOUND,
    dataclasses.replace(SOUND, frequencies_are_channels=True, mfcc_coefficients=12),
]


def rows_for(front_end):
    """Windows of 40 steps of two sensors, or clips of five frames of 64 ms."""
    if isinstance(front_end, Mel):
        return sounds(COUNT, 3072)[..., None]
    chance = np.random.default_rng(5)
    loud = chance.uniform(0.1, 3, (COUNT, 1, 2)) * [1, 40]
    return (chance.normal(0, 1, (COUNT, 40, 2)) * loud + [1, -20]).astype(np.float32)


def detector(front_end):
    rows = rows_for(front_end)
    return detector_behind(front_end.fitted(rows, 2), rows, 16000.0 if isinstance(front_end, Mel) else 50.0), rows


@pytest.mark.parametrize("front_end", CASES)
def test_samples_give_the_score_and_the_decision_of_python_on_every_row(tmp_path, front_end):
    model, rows = detector(front_end)
    archive, read = device_archive(model), TfliteModel(model.tflite)
    write(Destination(tmp_path, name="watch"), archive, ["c"])
    steps, scores, alarms = detected_in_c(tmp_path, rows).T
    given = read.quantize(model.scaled(rows)).reshape(COUNT, *read.row_shape)
    zeros = archive.output.zero_point - archive.input.zero_point
    apart = read.run(given).astype(int) - given.reshape(COUNT, -1) - zeros
    assert np.array_equal(steps, (apart**2).sum(axis=1))
    np.testing.assert_allclose(scores, model.predict(rows)[:, 0], rtol=1e-5)
    assert np.array_equal(alarms == 1, model.task.alarms(model.predict(rows)))
    assert alarms.sum() == COUNT // 3


@pytest.mark.parametrize("front_end", CASES[::2])
def test_the_program_beside_it_prints_when_it_heard_which_score(tmp_path, front_end):
    model, rows = detector(front_end)
    write(Destination(tmp_path, name="watch"), device_archive(model), ["c"])
    given = rows[0].tobytes()
    if rows.dtype.kind == "f":
        given = "".join(f"{a!r} {b!r}\n" for a, b in rows[0].tolist()).encode()
    program = built(tmp_path, "watch_listen_main.c")
    line, *more = subprocess.run([program], input=given, capture_output=True, check=True).stdout.decode().splitlines()
    (score, _), alarm = model.predict(rows[:1])[0], model.task.alarms(model.predict(rows[:1]))[0]
    time = {40: "0.80 s", 3072: "0.19 s"}[rows.shape[1]]
    assert not more
    assert line.startswith(f"{time}: score ")
    assert float(line.split()[3].rstrip(",")) == pytest.approx(score, rel=1e-5)
    assert line.endswith(", anomaly" if alarm else ", normal")


@pytest.mark.parametrize("front_end", CASES)
def test_a_lone_file_detects_as_the_model_does(tmp_path, front_end):
    model, rows = detector(front_end)
    archive = with_parameters(device_archive(model))
    (tmp_path / "watch.tflite").write_bytes(archive.tflite)
    alone = nas.load(tmp_path / "watch.tflite")
    assert (alone.front_end, alone.input_shape) == (model.front_end, model.input_shape)
    assert alone.task.threshold == model.task.threshold
    np.testing.assert_array_equal(alone.predict(rows), model.predict(rows))


@pytest.mark.parametrize("front_end", CASES[::2])
def test_every_format_for_firmware_writes_it(tmp_path, front_end):
    model, _ = detector(front_end)
    for name in ("tflm", "firmware", "arduino", "cmake", "esp-idf", "pico-sdk", "zephyr", "c"):
        assert name in FORMATS
        assert write(Destination(tmp_path / name, name="watch"), device_archive(model), [name])


def test_tflm_keeps_the_features_of_windows_beside_the_arena():
    model, rows = detector(CASES[0])
    target = find_target("cortex-m4")
    alone, together = profile(model.tflite, target), nas.profile(model, target)
    kept = model.front_end.cost(rows.shape[1:], target.core).ram_bytes
    assert together.ram_bytes - alone.ram_bytes == kept
    assert kept > 2 * rows[0].size + model.front_end.shape(rows.shape[1:])[1]
