"""Builds the Arduino sketch against stand-ins for Arduino and TFLM, and runs it as a board would."""

import re
import shutil
import subprocess

import numpy as np
import pytest
from front_end_archives import behind_front_end
from sound_archive import trained
from tflm_stand_in import EXAMPLE, STRICT, write_files, write_tflm

from nas.data.prepared import Scaling
from nas.errors import InputError
from nas.exporters.format import Destination, write
from nas.exporters.front_ends.hearing import hearing_of, with_heard_example
from nas.exporters.front_ends.window_input import noise_example
from nas.signal.mel import Mel
from nas.signal.statistics import Statistics
from nas.study.archive import Quantization
from nas.task.multi_label import MultiLabel

FILES = {
    "{}.ino",
    "README.md",
    "model_check.h",
    "model_data.c",
    "model_data.h",
    "model_ops.h",
    "predict.cpp",
    "predict.h",
}

ARDUINO = """
#pragma once
#include <stdio.h>
#include <stdlib.h>
struct Monitor {
  void begin(long) {}
  explicit operator bool() const { return true; }
  void print(const char* text) { printf("%s", text); }
  void println(const char* text) { puts(text); }
  void println(float value, int digits) { printf("%.*f\\n", digits, static_cast<double>(value)); }
};
inline Monitor Serial;
inline unsigned long millis() { return 0; }
inline void delay(unsigned long) { exit(0); }
"""
MAIN = "void setup();\nvoid loop();\nint main() { setup(); loop(); }\n"


@pytest.fixture(scope="module")
def build(tmp_path_factory, make_archive):
    """Writes a sketch and builds it as the Arduino IDE does; returns what runs it and gives the lines it prints."""
    if shutil.which("g++") is None or shutil.which("gcc") is None:
        pytest.skip("no gcc and g++ to build the sketch with")

    def built(folder, main=MAIN, archive=None, example=EXAMPLE, **fields):
        root = tmp_path_factory.mktemp("sketches")
        write(root, archive or make_archive(example=EXAMPLE, **fields), ["arduino"])
        write_tflm(root / "board", example)
        write_files(root / "board", {"Arduino.h": ARDUINO, "TensorFlowLite.h": "", "main.cpp": main})
        sketch, board = root / folder, root / "board"
        sources = [path.name for path in sketch.glob("*.c")]
        subprocess.run(["gcc", "-std=gnu11", *STRICT, "-c", *sources], cwd=sketch, check=True)
        objects = [f"{source[:-2]}.o" for source in sources]
        sources = ["-include", "Arduino.h", f"{folder}.ino", "predict.cpp", board / "main.cpp"]
        cpp = ["g++", "-std=gnu++17", "-DARDUINO=10607", *STRICT, f"-I{board}", "-I.", "-x", "c++", *sources]
        subprocess.run([*cpp, "-x", "none", *objects, "-o", root / "program"], cwd=sketch, check=True)

        def run(offset=0, needed=5200):
            # A fault is told again and again, with a pause that ends the program here.
            env = {"OFFSET": str(offset), "NEEDED": str(needed)}
            ran = subprocess.run([root / "program"], check=True, capture_output=True, env=env)
            return ran.stdout.decode().splitlines()

        return run

    return built


@pytest.fixture(scope="module")
def run(build):
    return build("my_study")


@pytest.mark.parametrize("offset", [-1, 0, 1])
def test_the_sketch_compiles_without_a_warning_checks_itself_and_prints_classes_and_scores(run, offset):
    lie = f"lie: {(125 + offset) / 256:.3f}"
    assert run(offset) == ["self-test: passed", "walk: 0.000", "sit: 0.996", lie, "answer: sit"]


def test_a_sketch_of_several_labels_prints_their_probabilities_and_those_that_hold(build):
    run = build("my_study", task=MultiLabel((0.25, 0.75, 125 / 256)), ops=("MEAN", "FULLY_CONNECTED", "LOGISTIC"))
    assert run() == ["self-test: passed", "walk: 0.000", "sit: 0.996", "lie: 0.488", "holds: sit", "holds: lie"]
    assert run(offset=-1)[3:] == ["lie: 0.484", "holds: sit"]


def test_a_sketch_of_sound_checks_itself_from_samples_to_the_answer_and_hears_noise(build, make_archive):
    archive = trained(make_archive, Mel(window_size_ms=20, window_step_ms=20, filterbank_n_channels=8), 1280)
    heard = with_heard_example(archive, hearing_of(archive)).example
    for_ever = MAIN.replace("loop(); }", "for (;;) loop(); }")
    lines = build("my_study", main=for_ever, archive=archive, example=heard)(needed=0)
    assert lines[0] == "self-test: passed"
    assert [line.split(":")[0] for line in lines[1:]] == ["walk", "sit", "lie", "answer"]


def test_a_sketch_of_windows_checks_itself_from_values_to_the_answer(build, make_archive):
    rows = np.random.default_rng(3).normal(0, [1, 40], (40, 64, 2)).astype(np.float32)
    archive = behind_front_end(make_archive(), Statistics(segments=2).fitted(rows), rows, 50.0)
    for_ever = MAIN.replace("loop(); }", "for (;;) loop(); }")
    example = noise_example(archive, archive.front_end)
    lines = build("my_study", main=for_ever, archive=archive, example=example)(needed=0)
    assert [line.split(":")[0] for line in lines] == ["self-test", "walk", "sit", "lie", "answer"]
    assert lines[0] == "self-test: passed"


SMOOTHED = [[0.9, 0.1, 0.0], [0.2, 0.8, 0.0], [0.0, 0.7, 0.3], [0.1, 0.0, 0.9], [0.0, 0.1, 0.9], [0.6, 0.2, 0.2]]
SMOOTH = """
#include "predict.h"
void setup();
void loop();
int main() {
  for (int turn = 0; turn < 2; ++turn) {
    float all[][3] = {ROWS};
    for (auto& scores : all) {
      const int best = my_study_smooth(scores);
      for (float score : scores) printf("%.5f ", static_cast<double>(score));
      printf("%d\\n", best);
    }
    my_study_smooth_reset();
  }
}
"""


def test_answers_are_smoothed_by_the_mean_of_the_newest_four_windows_and_anew_after_a_pause(build):
    rows = ", ".join("{{{}f, {}f, {}f}}".format(*row) for row in SMOOTHED)
    lines = build("my_study", main=SMOOTH.replace("ROWS", rows))()
    means = [np.mean(SMOOTHED[max(0, n - 3) : n + 1], axis=0) for n in range(len(SMOOTHED))]
    expected = [[*mean, np.argmax(mean)] for mean in means] * 2
    assert [int(row[-1]) for row in expected[:6]] != np.argmax(SMOOTHED, axis=1).tolist()  # it does change answers
    np.testing.assert_allclose([[float(word) for word in line.split()] for line in lines], expected, atol=1e-5)


def test_only_windows_of_a_signal_are_smoothed(make_archive, tmp_path):
    for shape, number in (((1, 1, 16, 2), 4), ((1, 32), 1), ((1, 4, 4, 2), 1)):
        write(tmp_path, make_archive(example=EXAMPLE, input_shape=shape), ["arduino"])
        assert f"#define MY_STUDY_SMOOTHED {number}\n" in (tmp_path / "my_study" / "predict.h").read_text()
        assert ("MY_STUDY_SMOOTHED" in (tmp_path / "my_study" / "README.md").read_text()) == (number > 1)


@pytest.mark.parametrize("offset", [-2, 2])
def test_the_sketch_tells_of_a_wrong_answer_before_it_classifies_anything(run, offset):
    (line,) = run(offset)
    assert line.startswith("self-test: wrong answer")


def test_the_arena_has_a_margin_of_a_kilobyte_and_one_that_is_too_small_all_the_same_is_told(run):
    assert run(needed=5200 + 1024)[0] == "self-test: passed"
    (line,) = run(needed=5200 + 1025)
    assert line.startswith("model: the arena is too small")


def test_a_table_whose_study_and_classes_have_names_that_c_cannot_have_is_classified_as_well(build):
    names = ('say "hi"', "\N{LATIN SMALL LETTER U WITH DIAERESIS}ber??/", "two\nlines")
    scaling = Scaling((0.5,) * 32, (3.0,) * 32)
    table = {"input_shape": (1, 32), "scaling": scaling, "channel_names": ()}
    lines = build("while_model", **table, name="while", class_names=names, output=Quantization(0.1, 127))()
    assert lines[0] == "self-test: passed"
    assert lines[1:] == ['say "hi": -25.500', f"{names[1]}: 0.000", "two", "lines: -13.000", f"answer: {names[1]}"]


def test_a_chosen_name_is_that_of_folder_sketch_and_symbols(tmp_path, make_archive):
    written = write(Destination(tmp_path, name="Gesture"), make_archive(), ["arduino"])
    assert {path.relative_to(tmp_path).as_posix() for path in written} == {
        f"Gesture/{file.format('Gesture')}" for file in FILES
    }
    assert "gesture_predict(raw, scores)" in (tmp_path / "Gesture" / "Gesture.ino").read_text()


@pytest.mark.parametrize("name", ["while", "4 in a row", "string", "x" * 80])
def test_a_study_whose_name_a_sketch_cannot_have_gets_one_that_it_can(tmp_path, name, make_archive):
    (ino,) = (path for path in write(tmp_path, make_archive(name=name), ["arduino"]) if path.suffix == ".ino")
    assert ino.parent.name == ino.stem != name
    assert re.fullmatch("[a-z][a-z0-9_]{,62}", ino.stem)


@pytest.mark.parametrize("name", ["while", "a-b", "", "9lives", "string"])
def test_a_chosen_name_that_c_cannot_have_is_refused(tmp_path, make_archive, name):
    with pytest.raises(InputError, match="name: must be an identifier of C"):
        write(Destination(tmp_path, name=name), make_archive(), ["arduino"])
    assert list(tmp_path.iterdir()) == []


def test_a_sketch_of_somebody_else_is_written_over_on_request_only(tmp_path, make_archive):
    ino = tmp_path / "my_study" / "my_study.ino"
    ino.parent.mkdir()
    ino.write_text("void setup() {}\nvoid loop() {}\n")
    with pytest.raises(InputError, match=r"must be a folder that nas has written.* my_study\.ino .* force=True"):
        write(tmp_path, make_archive(), ["arduino"])
    assert [path.name for path in ino.parent.iterdir()] == ["my_study.ino"]
    write(Destination(tmp_path, force=True), make_archive(), ["arduino"])
    assert "self-test" in ino.read_text()


def test_a_sketch_may_be_written_again_until_its_owner_has_removed_the_sentence_that_says_so(tmp_path, make_archive):
    for _ in range(2):
        write(tmp_path, make_archive(), ["arduino"])
    ino = tmp_path / "my_study" / "my_study.ino"
    ino.write_text("".join(ino.read_text().splitlines(keepends=True)[2:]))
    with pytest.raises(InputError, match="nas did not write it"):
        write(tmp_path, make_archive(), ["arduino"])


def test_a_model_that_the_sketch_cannot_express_is_refused_with_the_reason(tmp_path, make_archive):
    footprint = {**make_archive().footprint, "resource_variables": 2}
    with pytest.raises(
        InputError, match=r"format arduino: cannot express .* resource variables.*; take formats='tflm'"
    ):
        write(tmp_path, make_archive(footprint=footprint), ["arduino"])
    with pytest.raises(InputError, match="must hold an example"):
        write(tmp_path, make_archive(example=None), ["arduino"])
    assert list(tmp_path.iterdir()) == []
