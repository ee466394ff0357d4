"""A `.tflite` of another tool, without anything beside it: what its exports say and do, compiled and run here."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import rooms
from ai_edge_litert.interpreter import Interpreter

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


ANSWERS = """
#include <stdio.h>
#include "gesture.h"
int main() {
  static float raw[GESTURE_INPUT_BYTES];
  static int8_t input[GESTURE_INPUT_BYTES], output[GESTURE_OUTPUT_BYTES];
  while (fread(raw, sizeof raw, 1, stdin)) {
    gesture_quantize_all(raw, input);
    gesture_invoke(input, output);
    printf("%%g ", (double)(%s));
  }
}
"""


def answers_in_c(file: Path, folder: Path, x: np.ndarray, answer: str) -> np.ndarray:
    """What a program with the exported plain C answers for rows."""
    folder = exported(file, folder, "c")
    (folder / "main.c").write_text(ANSWERS % answer)
    command = ["gcc", "-Wall", "-Wextra", "-Werror", "main.c", "gesture.c", "-o", "rows", "-lm"]
    subprocess.run(command, cwd=folder, check=True)
    ran = subprocess.run([folder / "rows"], input=x.astype("<f4").tobytes(), capture_output=True, check=True)
    return np.array(ran.stdout.decode().split(), float)


def in_litert(file: Path, x: np.ndarray) -> tuple[np.ndarray, float]:
    """The one output of a `.tflite` for rows, and its step."""
    interpreter = Interpreter(model_path=str(file))
    interpreter.allocate_tensors()
    (given,), (out,) = interpreter.get_input_details(), interpreter.get_output_details()
    (scale, zero), (step, least) = given["quantization"], out["quantization"]
    found = []
    for row in np.clip(np.round(x / scale) + zero, -128, 127).astype(np.int8):
        interpreter.set_tensor(given["index"], row[None])
        interpreter.invoke()
        found.append((int(interpreter.get_tensor(out["index"])[0, 0]) - least) * step)
    return np.array(found), step


@pytest.fixture
def x() -> np.ndarray:
    """Rows of five values."""
    return np.random.default_rng(3).normal(size=(300, 5)).astype(np.float32)


def test_a_file_with_one_probability_says_yes_above_a_half_wherever_it_is_asked(make, x, tmp_path):
    file = make((5,), 1, "sigmoid")
    probabilities, _ = in_litert(file, x)
    holds = probabilities > 0.5
    near = np.abs(probabilities - 0.5) < 2 / 256  # plain C rounds as TFLM does, and LiteRT a few rows otherwise
    assert 30 < holds.sum() < 270
    nas.export(file, tmp_path / "out", formats=["tflite", "tflm"])
    for one in (file, next((tmp_path / "out").rglob("*.tflite"))):
        found = nas.predict(one, x)
        assert found.columns[3:] == ("labels", "1")
        assert found.probabilities[:, 0] == pytest.approx(probabilities, abs=1.1 / 256)
        said = np.array([answer == "1" for answer in found.classes])
        assert ((said == holds) | near).all()
        data = nas.Data.from_arrays(x, said.astype(int), class_names=("no", "yes"))
        assert nas.evaluate(one, data=data).int8.metrics["accuracy"].value == 1
    assert np.array_equal(answers_in_c(file, tmp_path, x, "gesture_has(output, 0)") == 1, said)


def test_a_probability_of_exactly_a_half_is_no_for_every_verb(make, x, tmp_path):
    file = make((5,), 1, "sigmoid")
    zeros = np.zeros_like(x[:20])  # the logit of a layer without a bias
    assert set(nas.predict(file, zeros).probabilities[:, 0].tolist()) == {0.5}
    assert set(nas.predict(file, zeros).classes) == {"none"}
    rows = nas.Data.from_arrays(zeros, np.arange(20) % 2, class_names=("no", "yes"))
    assert nas.evaluate(file, data=rows).int8.confusion == ((10, 0), (10, 0))
    assert not answers_in_c(file, tmp_path, zeros, "gesture_has(output, 0)").any()


def test_a_file_with_one_linear_output_gives_its_value_and_may_be_the_logit_of_a_class(make, x, tmp_path):
    file = make((5,), 1, "linear")
    values, step = in_litert(file, x)
    nas.export(file, tmp_path / "out", formats=["tflite", "tflm"])
    for one in (file, next((tmp_path / "out").rglob("*.tflite"))):
        found = nas.predict(one, x)
        assert found.columns[3:] == ("0",)
        assert found.probabilities[:, 0] == pytest.approx(values, abs=1.1 * step)
        targets = nas.Data.from_arrays(x, found.probabilities.astype(np.float64))
        assert nas.evaluate(one, data=targets).int8["rmse"].value == pytest.approx(0, abs=1e-6)
        classes = nas.Data.from_arrays(x, (found.probabilities[:, 0] > 0).astype(int), class_names=("no", "yes"))
        assert nas.evaluate(one, data=classes).int8.metrics["accuracy"].value == 1
    in_c = answers_in_c(file, tmp_path, x, "gesture_value(output[0], 0)")
    assert in_c == pytest.approx(found.probabilities[:, 0], abs=1e-5)


def test_one_output_is_the_class_that_its_name_says_and_is_refused_for_more_classes(make, x, tmp_path):
    file = tmp_path / "named.tflite"
    nas.set_params(make((5,), 1, "sigmoid"), {"class_names": ["fall"]}, out=file)
    falls = np.array([answer == "fall" for answer in nas.predict(file, x).classes])
    names = ("fall", "other")
    found = nas.evaluate(file, data=nas.Data.from_arrays(x, (~falls).astype(int), class_names=names))
    assert found.int8.metrics["accuracy"].value == 1
    assert any("probability of fall, not of other" in note for note in found.about.notes)
    three = nas.Data.from_arrays(x, np.arange(300) % 3, class_names=("a", "b", "c"))
    with pytest.raises(nas.InputError, match="must have two classes: the model's one output is"):
        nas.evaluate(file, data=three)


def test_a_single_label_is_found_in_recordings_and_a_value_is_not(make, tmp_path):
    file, value = make((24, 2), 1, "sigmoid"), make((24, 2), 1, "linear")
    times = np.arange(600) / 50
    signal = np.stack([np.sin(times), np.cos(3 * times)], axis=1) * 3
    np.savetxt(tmp_path / "r.csv", np.column_stack([times, signal]), "%.4f", ",", header="time,x,y", comments="")
    spotting = nas.Spotting(threshold=0.501, average_ms=1, suppression_ms=1, minimum_count=1)
    found = nas.classify(file, tmp_path / "r.csv", spotting=spotting)
    holds = np.array(found.predictions.classes) == "1"
    begins = found.predictions.start[np.flatnonzero(np.diff(holds.astype(int), prepend=0) == 1)]
    assert len(begins) > 1
    assert [event.start_s for event in found.events] == pytest.approx(begins)
    with pytest.raises(nas.InputError, match="must give one class at a time, got targets; use nas"):
        nas.classify(value, tmp_path / "r.csv")
