"""Exported sources of a detector of anomalies, compiled and run on this computer: they decide as Python does."""

import dataclasses
import subprocess

import numpy as np
import pytest
from compiled_sources import STRICT, compiled, compiled_main, in_c_and_cpp, texts_of

from nas.api.device_archive import device_archive
from nas.api.loading import load
from nas.data.prepared import Scaling
from nas.exporters.format import Destination, write
from nas.graph.builder import GraphBuilder
from nas.model.deploy.tflite_model import TfliteModel
from nas.signal.kind import as_input
from nas.task.anomaly import Anomaly
from nas.task.reconstruction import FORECAST, RECONSTRUCTIONS, WHOLE

ROW = {WHOLE: "PUMP_INPUT_BYTES", FORECAST: "PUMP_ROW_BYTES"}
SHAPE = 3, 2
PROGRAM = """
#include <stdio.h>
#include "pump.h"
int main(void) {
  static int8_t input[ROW], output[PUMP_OUTPUT_BYTES];
  while (fread(input, 1, ROW, stdin) == ROW) {
    pump_invoke(input, output);
    printf("%u %.9g %d\\n", (unsigned)pump_steps(input, output), (double)pump_score(input, output),
           pump_is_anomaly(input, output));
  }
  return 0;
}
"""
ROWS = 500


@pytest.fixture(scope="module", params=RECONSTRUCTIONS)
def model(request, tmp_path_factory):
    """An auto-encoder or a forecaster with random weights, calibrated, loaded from its `.tflite`."""
    from nas.model.deploy.convert import quantize
    from nas.model.deploy.fake_quantized import fake_quantize
    from nas.model.network.network import Network

    task = Anomaly(false_alarm_rate=0.3, reconstruction=request.param)
    g = GraphBuilder(as_input(task.read_shape(SHAPE)))
    g.flatten()
    g.fully_connected(4)
    x = np.random.default_rng(1).normal(size=(300, *SHAPE)).astype(np.float32)
    task.head(g, task.outputs(x, (), SHAPE))
    tflite = quantize(fake_quantize(Network(g.graph(), seed=3), task.read(x), "mse", (-6.0, 6.0), reconstructs=True))
    path = tmp_path_factory.mktemp("model") / "pump.tflite"
    path.write_bytes(tflite)
    detector = task.calibrated(task.answers(*TfliteModel(tflite).answered(x, task)), np.zeros(300, np.int64))
    names, scaling = ("normal", "anomaly"), Scaling((0.5,) * 2, (2.0,) * 2)
    return dataclasses.replace(load(path), class_names=names, scaling=scaling, task=detector, input_shape=SHAPE)


def test_plain_c_has_the_score_of_python_and_decides_alike_on_every_row(model, tmp_path):
    write(Destination(tmp_path, name="pump"), device_archive(model), ["c"])
    (tmp_path / "main.c").write_text(PROGRAM.replace("ROW", ROW[model.task.reconstruction]))
    compiled(tmp_path, "gcc", "-std=c99", *STRICT, "-O2", "main.c", "pump.c", "-lm", "-o", "program")
    x = np.random.default_rng(2).normal(size=(ROWS, *SHAPE)).astype(np.float32)
    read = TfliteModel(model.tflite)
    ran = subprocess.run([tmp_path / "program"], input=read.quantize(x).tobytes(), capture_output=True, check=True)
    steps, scores, alarms = np.array([line.split() for line in ran.stdout.splitlines()], np.float64).T
    answers = model.answer(x)
    assert np.array_equal(steps, np.rint(answers[:, 0] * read.outputs / read.input_quantization[0] ** 2))
    np.testing.assert_allclose(scores, answers[:, 0], rtol=1e-6)
    assert np.array_equal(alarms == 1, model.task.alarms(answers))
    assert 0.1 < alarms.mean() < 0.6


def test_the_program_beside_it_checks_itself_and_tells_score_and_answer(model, tmp_path):
    write(Destination(tmp_path, name="pump"), device_archive(model), ["c"])
    compiled(tmp_path, "gcc", "-std=c99", *STRICT, "pump_main.c", "pump.c", "-lm", "-o", "program")
    first, second = subprocess.run([tmp_path / "program"], capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )[:2]
    assert first == "self-test: passed"
    answers = model.predict(np.zeros((1, *SHAPE)))
    name = model.class_names[int(model.task.alarms(answers)[0])]
    words = second.replace(",", "").split()
    assert (words[0], words[2]) == ("score:", name)
    assert float(words[1]) == pytest.approx(answers[0, 0], rel=0.1)


@in_c_and_cpp
def test_the_header_for_tflm_compiles(model, compiler, tmp_path):
    write(Destination(tmp_path, name="pump"), device_archive(model), ["tflm"])
    body = f"static int8_t row[{ROW[model.task.reconstruction]}]; return pump_is_anomaly(row, row);"
    compiled_main(tmp_path, compiler, f'#include "model_data.h"\nint main(void) {{ {body} }}\n', "model_data.c")


def test_projects_keep_the_input_and_name_no_other_class(model, tmp_path):
    for form in ("arduino", "cmake", "firmware"):
        write(Destination(tmp_path / form, name="pump"), device_archive(model), [form])
    texts = texts_of(tmp_path)
    assert sum("memcpy" in text and f"kept[{ROW[model.task.reconstruction]}]" in text for text in texts.values()) == 3
    for path, text in texts.items():
        assert "CLASSES" not in text, path
        assert "class_names" not in text, path
