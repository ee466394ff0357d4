"""Uses plain C from its own files alone: scaling, a check with a known answer, and the program that lies beside it."""

import dataclasses
import shutil
import subprocess

import numpy as np
import pytest
import rooms

from nas.api.device_archive import device_archive
from nas.api.loading import load
from nas.data.prepared import Scaling
from nas.exporters.format import Destination, write

MODEL = rooms.ROOT / "native" / "fuzz" / "corpus" / "cnn_timeseries.tflite"
STRICT = ["-std=c99", "-Wall", "-Wextra", "-Wconversion", "-Wpedantic", "-Werror"]
QUANTIZE = """
#include <stdio.h>
#include "gesture.h"
int main(void) {
  static float raw[GESTURE_INPUT_BYTES];
  static int8_t input[GESTURE_INPUT_BYTES];
  if (fread(raw, sizeof(float), GESTURE_INPUT_BYTES, stdin) != GESTURE_INPUT_BYTES) return 2;
  gesture_quantize_all(raw, input);
  fwrite(input, 1, sizeof input, stdout);
  return 0;
}
"""
UNUSED = '#include "gesture_check.h"\nint unrelated(void);\nint unrelated(void) { return 1; }\n'


@pytest.fixture(scope="module")
def plain():
    """The archive of a model that came without its scaling."""
    return device_archive(load(MODEL))


@pytest.fixture(scope="module")
def scaled(plain):
    """The same model, with a mean and a deviation for each channel."""
    channels = plain.input_shape[-1]
    scaling = Scaling(tuple(0.5 * i - 1 for i in range(channels)), tuple(0.25 + i for i in range(channels)))
    return dataclasses.replace(plain, scaling=scaling, channel_names=tuple(f"c{i}" for i in range(channels)))


def exported(folder, archive):
    write(Destination(folder, name="gesture"), archive, ["c"])
    return folder


def build(folder, *sources):
    if shutil.which("gcc") is None:
        pytest.skip("no gcc to compile plain C with")
    command = ["gcc", *STRICT, "-O2", *sources, "-lm", "-o", "program"]
    built = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert built.stderr == ""
    return folder / "program"


@pytest.mark.parametrize("kind", ["plain", "scaled"])
def test_the_program_beside_it_passes_its_self_test(tmp_path, request, kind):
    program = build(exported(tmp_path, request.getfixturevalue(kind)), "gesture_main.c", "gesture.c")
    ran = subprocess.run([program], capture_output=True, text=True, check=True)
    assert ran.stdout.startswith("self-test: passed\nanswer: ")


def test_the_self_test_fails_where_the_answer_is_not_the_known_one(tmp_path, scaled):
    example = scaled.example
    wrong = dataclasses.replace(example, output=tuple(value ^ 64 for value in example.output))
    program = build(exported(tmp_path, dataclasses.replace(scaled, example=wrong)), "gesture_main.c", "gesture.c")
    ran = subprocess.run([program], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (1, "self-test: wrong answer\n")


def test_values_are_quantized_as_nas_does_it(tmp_path, scaled):
    exported(tmp_path, scaled)
    (tmp_path / "main.c").write_text(QUANTIZE)
    program = build(tmp_path, "main.c", "gesture.c")
    shape = scaled.input_shape[1:]
    raw = np.random.default_rng(0).normal(scaled.scaling.mean, scaled.scaling.std, shape).astype(np.float32)
    got = np.frombuffer(
        subprocess.run([program], input=raw.tobytes(), check=True, capture_output=True).stdout, np.int8
    ).reshape(shape)
    exact = scaled.scaling.apply(raw) / scaled.input.scale + scaled.input.zero_point
    certain = np.abs(exact - np.floor(exact) - 0.5) > 1e-4  # float32 may round a value on the border to either side
    assert certain.mean() > 0.99
    assert np.array_equal(got[certain], np.clip(np.rint(exact), -128, 127).astype(np.int8)[certain])


def test_the_header_tells_the_scaling_or_that_there_is_none(tmp_path, plain, scaled):
    told = (exported(tmp_path / "scaled", scaled) / "gesture.h").read_text()
    assert "//   1 c1: mean -0.5, deviation 1.25\n" in told
    assert "came without its scaling" not in told
    assert "came without its scaling" in (exported(tmp_path / "plain", plain) / "gesture.h").read_text()


def test_units_of_whole_numbers_are_in_the_header(tmp_path, scaled):
    factors = (0.5,) * scaled.input_shape[-1]
    folder = exported(tmp_path, dataclasses.replace(scaled, units_scale=factors))
    assert "#define GESTURE_UNITS_SCALE { 0.5f, 0.5f," in (folder / "gesture.h").read_text()
    assert "`UNITS_SCALE` in `gesture.h`" in (folder / "gesture_README.md").read_text()


@pytest.mark.parametrize("tools", [("avr", "-mmcu=atmega328p", "-Os"), ("arm-none-eabi", "-mcpu=cortex-m4", "-O1")])
def test_what_a_program_does_not_use_takes_no_flash_and_no_ram(tmp_path, scaled, tools):
    prefix, machine, level = tools
    if shutil.which(f"{prefix}-gcc") is None:
        pytest.skip(f"no {prefix}-gcc")
    exported(tmp_path, scaled)
    (tmp_path / "unused.c").write_text(UNUSED)
    (tmp_path / "nothing.c").write_text(UNUSED.partition("\n")[2])
    command = [f"{prefix}-gcc", machine, *STRICT, level, "-c", "unused.c", "nothing.c", "gesture.c"]
    built = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert built.stderr == ""
    sizes = subprocess.run([f"{prefix}-size", "unused.o", "nothing.o"], cwd=tmp_path, capture_output=True, text=True)
    unused, nothing = (line.split()[:3] for line in sizes.stdout.splitlines()[1:])
    assert unused == nothing


def test_a_program_on_avr_keeps_scaling_and_check_in_flash(tmp_path, scaled):
    if shutil.which("avr-gcc") is None:
        pytest.skip("no avr-gcc")
    exported(tmp_path, scaled)
    (tmp_path / "use.c").write_text(
        '#include "gesture_check.h"\nbool use(int8_t *input, int8_t *output);\n'
        "bool use(int8_t *input, int8_t *output) { return gesture_self_test(input, output); }\n"
    )
    subprocess.run(["avr-gcc", "-mmcu=atmega328p", *STRICT, "-Os", "-c", "use.c"], cwd=tmp_path, check=True)
    sizes = subprocess.run(["avr-size", "use.o"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert sizes.stdout.splitlines()[1].split()[1:3] == ["0", "0"]


def test_the_headers_compile_as_cpp(tmp_path, scaled):
    if shutil.which("g++") is None:
        pytest.skip("no g++")
    exported(tmp_path, scaled)
    (tmp_path / "main.cpp").write_text(
        '#include "gesture_check.h"\nint main() {\n  static int8_t input[GESTURE_INPUT_BYTES];\n'
        "  static int8_t output[GESTURE_OUTPUT_BYTES];\n  return gesture_self_test(input, output) ? 0 : 1;\n}\n"
    )
    flags = ["-std=c++17", *STRICT[1:]]
    subprocess.run(["g++", *flags, "-c", "main.cpp"], cwd=tmp_path, check=True)


def test_a_model_without_an_example_has_no_check_and_its_program_compiles(tmp_path, scaled):
    exported(tmp_path, dataclasses.replace(scaled, example=None))
    assert not (tmp_path / "gesture_check.h").exists()
    ran = subprocess.run([build(tmp_path, "gesture_main.c", "gesture.c")], capture_output=True, text=True, check=True)
    assert ran.stdout.startswith("answer: ")
