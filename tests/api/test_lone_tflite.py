"""A `.tflite` of another tool, without anything beside it: what its exports say and do, compiled and run here."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import rooms

import nas
from nas.exporters.format import Destination

Make = Callable[..., Path]


@pytest.fixture(scope="session")
def make(tmp_path_factory: pytest.TempPathFactory) -> Make:
    """Converts a small Keras network to int8; returns the path of its `.tflite`."""
    from nas.model.runtime import quiet, tf

    layers, known = tf.keras.layers, {}

    def converted(shape: tuple[int, ...], outputs: int, activation: str) -> Path:
        key = (shape, outputs, activation)
        if key not in known:
            tf.keras.utils.set_random_seed(len(known))
            front = [layers.Conv1D(4, 3), layers.Flatten()] if len(shape) == 2 else []
            network = tf.keras.Sequential([tf.keras.Input(shape), *front, layers.Dense(outputs, activation)])
            rows = np.random.default_rng(0).normal(size=(50, 1, *shape)).astype(np.float32)
            converter = tf.lite.TFLiteConverter.from_keras_model(network)
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
            converter.representative_dataset = lambda: ([row] for row in rows)
            converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
            converter.inference_input_type = converter.inference_output_type = tf.int8
            with quiet():
                content = converter.convert()
            known[key] = tmp_path_factory.mktemp("lone") / "gesture.tflite"
            known[key].write_bytes(content)
        return known[key]

    return converted


def exported(file: Path, folder: Path, format_name: str) -> Path:
    """Export a file under the name `gesture`, and return the folder of its files."""
    return nas.export(file, Destination(folder, name="gesture"), formats=[format_name])[0].parent


def compiled(folder: Path, *command: str) -> str:
    """Compile sources into `program`, without a warning, and return what it prints."""
    subprocess.run([*command, "-Wall", "-Wextra", "-Werror", "-o", "program", "-lm"], cwd=folder, check=True)
    return subprocess.run([folder / "program"], capture_output=True, text=True, check=True, timeout=60).stdout


SENSOR = """
#pragma once
static float counted = 0;
inline unsigned long micros() { static unsigned long us = 0; return us += 5000; }
struct Sensor {
  void readAcceleration(float& x, float& y, float& z) { x = y = z = counted++; }
  void readGyroscope(float& x, float& y, float& z) { x = y = z = 1; }
} IMU;
"""
READ = """
#include <stdio.h>
#include "model_data.h"
static float raw[GESTURE_INPUT_BYTES];
%s
int main() {
  for (int i = 0; i < 2; ++i) {
    read_input();
    printf("%%g %%g ", (double)raw[0], (double)raw[GESTURE_INPUT_BYTES - GESTURE_CHANNELS]);
  }
  printf("%%g", (double)micros());
}
"""


def test_the_sensor_s_loop_of_the_guide_compiles_and_reads_windows_of_a_keras_model_at_its_rate(make, tmp_path):
    file = tmp_path / "rated.tflite"
    nas.set_params(make((24, 6), 3, "softmax"), {"sample_rate_hz": 50}, out=file)
    folder = exported(file, tmp_path / "out", "tflm")
    page = (rooms.ROOT / "docs" / "deploying.md").read_text()
    (loop,) = re.findall(r"```cpp\n(#include <Arduino_LSM9DS1.*?)```", page, re.DOTALL)
    (folder / "Arduino_LSM9DS1.h").write_text(SENSOR)
    (folder / "main.cc").write_text(READ % loop)
    *windows, microseconds = map(float, compiled(folder, "g++", "-I.", "main.cc", "-xc++", "model_data.c").split())
    assert windows == [0, 23, 12, 35]
    assert microseconds == pytest.approx(36 * 20_000, rel=0.03)


def test_answers_to_windows_of_a_keras_model_are_smoothed_and_its_file_tells_their_length(make, tmp_path):
    window, table = make((24, 6), 3, "softmax"), make((5,), 3, "softmax")
    smoothed = {
        file: (exported(file, tmp_path / str(i), "arduino") / "predict.h").read_text()
        for i, file in enumerate([window, table])
    }
    assert "#define GESTURE_SMOOTHED 4\n" in smoothed[window]
    assert "#define GESTURE_SMOOTHED 1\n" in smoothed[table]
    nas.export(window, tmp_path / "files", formats=["tflite", "tflm"])
    assert nas.params(next((tmp_path / "files").rglob("*.tflite")))["window"] == 24


FORMATS = ("arduino", "cmake", "esp-idf", "c", "firmware", "tflm")


def test_files_of_a_model_without_its_scaling_do_not_claim_one(make, tmp_path):
    file = make((24, 6), 3, "softmax")
    told = tmp_path / "told.tflite"
    nas.set_params(file, {"mean": [0.5] * 6, "std": [2.0] * 6}, out=told)
    for name in FORMATS:
        lone, known = (
            "\n".join(path.read_text() for path in sorted(exported(one, tmp_path / f"{name}{i}", name).iterdir()))
            for i, one in enumerate((file, told))
        )
        claims = ("units of the training data", "training data's mean", "those of the data that", "Checks scaling")
        assert [claim for claim in claims if claim in lone] == []
        assert any(claim in known for claim in claims)
        assert "without its scaling" in lone
        assert "without its scaling" not in known


def test_an_export_does_not_give_a_model_a_scaling_that_nobody_knows(make, tmp_path):
    file, rng = make((5,), 3, "linear"), np.random.default_rng(2)
    nas.export(file, tmp_path / "out", formats=["tflite", "tflm"])
    after = next((tmp_path / "out").rglob("*.tflite"))
    assert not {"mean", "std"} & set(nas.params(after).values)
    x = rng.normal(size=(60, 5)).astype(np.float32)
    classes = nas.Data.from_arrays(x, np.arange(60) % 3, class_names=("a", "b", "c"))
    values = nas.Data.from_arrays(x, rng.normal(size=(60, 3)))
    for data in (classes, values):
        first, second = (nas.evaluate(path, data=data) for path in (file, after))
        assert any("nothing is known of the model's scaling" in note for note in second.about.notes)
        assert first.int8 == second.int8
