"""Exported sources of a regression, compiled and run on this computer: they give values in units."""

import dataclasses
import subprocess

import numpy as np
import pytest
from compiled_sources import STRICT, compiled, compiled_main, in_c_and_cpp, texts_of

from nas.api.device_archive import device_archive
from nas.api.loading import load
from nas.data.prepared import Scaling
from nas.exporters.c_array import data_header
from nas.exporters.format import Destination, write
from nas.graph.builder import GraphBuilder
from nas.task.regression import Regression

PROGRAM = """
#include <stdio.h>
#include "level.h"
int main(void) {
  static float raw[LEVEL_INPUT_BYTES];
  static int8_t input[LEVEL_INPUT_BYTES], output[LEVEL_OUTPUT_BYTES];
  while (fread(raw, sizeof(float), LEVEL_INPUT_BYTES, stdin) == LEVEL_INPUT_BYTES) {
    level_quantize_all(raw, input);
    level_invoke(input, output);
    for (size_t i = 0; i < LEVEL_TARGETS; ++i) {
      const float value = level_value(output[i], i);
      fwrite(&value, sizeof value, 1, stdout);
    }
  }
  return 0;
}
"""
MEANS = {"near 0": [60.0], "far from 0": [1013.0], "two targets": [60.0, 2.0]}


@pytest.fixture(scope="module", params=MEANS)
def model(request, tmp_path_factory):
    """A regression with random weights, loaded from its `.tflite` and what lies beside it."""
    from nas.model.deploy.fake_quantized import fake_quantize
    from nas.model.deploy.units import deploy
    from nas.model.network.network import Network

    mean = np.array(MEANS[request.param])
    y = np.random.default_rng(0).normal(mean, [12.0, 0.5][: len(mean)], (200, len(mean)))
    task = Regression().fitted(y)
    g = GraphBuilder((5,))
    g.fully_connected(8)
    task.head(g, len(mean))
    network, rows = Network(g.graph(), seed=3), np.random.default_rng(1).normal(size=(300, 5)).astype(np.float32)
    tflite = deploy(network, fake_quantize(network, rows, task.loss, span=task.span(y)), task)
    path = tmp_path_factory.mktemp("model") / "level.tflite"
    path.write_bytes(tflite)
    scaling = Scaling((1.0, 2.0, 3.0, 4.0, 5.0), (1.0, 0.5, 2.0, 1.0, 3.0))
    names = tuple(f"target {i}" for i in range(len(mean)))
    return dataclasses.replace(load(path), class_names=names, scaling=scaling, task=task)


def raw_rows():
    return np.random.default_rng(2).normal(3, 2, (40, 5)).astype(np.float32)


def test_plain_c_gives_the_values_that_python_predicts(model, tmp_path):
    write(Destination(tmp_path, name="level"), device_archive(model), ["c"])
    (tmp_path / "main.c").write_text(PROGRAM)
    compiled(tmp_path, "gcc", "-std=c99", *STRICT, "-O2", "main.c", "level.c", "-lm", "-o", "program")
    ran = subprocess.run([tmp_path / "program"], input=raw_rows().tobytes(), capture_output=True, check=True)
    values = np.frombuffer(ran.stdout, np.float32).reshape(40, -1)
    expected = model.predict(raw_rows())
    # The device folds scaling and quantization into one step, which may round one input in many to the next step.
    step = np.abs(np.diff(np.sort(expected, axis=0), axis=0)).max()
    assert np.abs(values - expected).max() <= step
    assert np.median(np.abs(values - expected)) <= 1e-4 * np.abs(expected).max()


def test_the_program_beside_it_prints_each_target_with_its_value(model, tmp_path):
    write(Destination(tmp_path, name="level"), device_archive(model), ["c"])
    compiled(tmp_path, "gcc", "-std=c99", *STRICT, "level_main.c", "level.c", "-lm", "-o", "program")
    said = subprocess.run([tmp_path / "program"], capture_output=True, text=True, check=True).stdout.splitlines()
    values = model.predict(np.zeros((1, 5)))[0]
    assert said[0] == "self-test: passed"
    for line, name, value in zip(said[1:], model.class_names, values, strict=True):
        assert line.startswith(f"{name}: ")
        assert float(line.rpartition(" ")[2]) == pytest.approx(value, rel=1e-4, abs=1.0)


@in_c_and_cpp
def test_the_header_for_tflm_compiles_and_turns_outputs_into_values(model, compiler, tmp_path):
    archive = device_archive(model)
    (tmp_path / "model_data.h").write_text(data_header(archive, "level"))
    source = (
        '#include <stdio.h>\n#include "model_data.h"\nconst float level_input_mul[5] = {0}, level_input_add[5] = {0};'
    )
    lines = "".join(f'printf("%.9g\\n", (double)level_value((int8_t)-7, {i}));' for i in range(len(model.class_names)))
    compiled_main(tmp_path, compiler, f"{source}\nint main(void) {{ {lines} return 0; }}\n")
    said = subprocess.run([tmp_path / "program"], capture_output=True, text=True, check=True).stdout.split()
    real = (-7 - archive.output.zero_point) * archive.output.scale
    scale = archive.task.output_scale
    expected = [real * std + mean for mean, std in zip(scale.mean, scale.std, strict=True)]
    assert [float(value) for value in said] == pytest.approx(expected, rel=1e-5)


def test_projects_say_values_and_targets_and_name_no_class(model, tmp_path):
    for form in ("arduino", "cmake", "zephyr"):
        write(Destination(tmp_path / form, name="level"), device_archive(model), [form])
    texts = texts_of(tmp_path).values()
    assert any("level_value" in text for text in texts)
    for text in texts:
        assert "CLASSES" not in text
        assert "classif" not in text.lower()
        assert "class_names" not in text
