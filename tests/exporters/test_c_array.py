"""Compiles the C sources as a firmware project would and compares what a program sees with the archive."""

import shutil
import subprocess

import numpy as np
import pytest

from nas.data.prepared import Scaling
from nas.errors import InputError
from nas.exporters.format import write

WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror"]
COMPILERS = {
    "c99": ["gcc", "-std=c99", "-x", "c"],
    "c11": ["gcc", "-std=c11", "-x", "c"],
    "c++17": ["g++", "-std=c++17", "-x", "c++"],
}

MAIN = r"""
#include <stdio.h>
#include "model_data.h"

int main(void) {
  const int shape[] = MY_STUDY_INPUT_SHAPE;
  int8_t input[MY_STUDY_INPUT_BYTES];
  float raw[MY_STUDY_INPUT_BYTES];
  if ((size_t)(const void*)my_study_model % 16 != 0) return 1;
  if (fread(raw, sizeof(float), MY_STUDY_INPUT_BYTES, stdin) != MY_STUDY_INPUT_BYTES) return 2;
  my_study_quantize_all(raw, input);
  fwrite(input, 1, sizeof input, stdout);
  fwrite(my_study_model, 1, sizeof my_study_model, stdout);
  for (int i = 0; i < MY_STUDY_CLASSES; ++i) printf("%s%c", my_study_class_names[i], 0);
  printf("%d %d %d %g", MY_STUDY_ARENA_BYTES, (int)(sizeof shape / sizeof shape[0]), MY_STUDY_OUTPUT_ZERO_POINT,
         (double)MY_STUDY_SAMPLE_RATE_HZ);
  return 0;
}
"""


def run(folder, compiler, raw):
    if shutil.which(COMPILERS[compiler][0]) is None:
        pytest.skip(f"no {COMPILERS[compiler][0]} to compile the C sources with")
    (folder / "main.c").write_text(MAIN)
    command = [*COMPILERS[compiler], *WARNINGS, "main.c", "model_data.c", "-o", "main", "-lm"]
    subprocess.run(command, cwd=folder, check=True)
    return subprocess.run([folder / "main"], input=raw.astype("<f4").tobytes(), check=True, capture_output=True).stdout


@pytest.mark.parametrize("compiler", COMPILERS)
def test_a_compiled_program_holds_the_model_and_its_numbers(tmp_path, make_archive, compiler):
    names = ("walk", 'a "b"\\n', "größe ??/ 1")
    archive = make_archive(class_names=names, name="My study ??/\\")
    write(tmp_path, archive, ["tflm"])
    rest = run(tmp_path, compiler, np.zeros(32))[32:]
    assert rest[: len(archive.tflite)] == archive.tflite
    *class_names, numbers = rest[len(archive.tflite) :].decode().split("\0")
    assert tuple(class_names) == names
    assert numbers == "5200 4 -128 50"


@pytest.mark.parametrize("compiler", COMPILERS)
def test_a_compiled_program_scales_and_quantizes_its_input_as_the_search_did(tmp_path, make_archive, compiler):
    archive = make_archive(input_shape=(1, 1, 1000, 2))
    write(tmp_path, archive, ["tflm"])
    raw = np.random.default_rng(0).normal([0.25, -3.0], [0.6, 25.0], (1000, 2)).astype(np.float32)
    raw[:4] = [[np.inf, -np.inf], [1e30, -1e30], [0.25, -3.0], [3e9, 1e10]]
    got = np.frombuffer(run(tmp_path, compiler, raw)[:2000], np.int8).reshape(1000, 2)
    exact = (raw.astype(np.float64) - [0.25, -3.0]) / [0.5, 20.0] / 0.0234375 + 3
    expected = np.clip(exact, -128, 127)
    # Float32 may round a value to either side when it lies on the border between two integers.
    assert np.abs(got - expected).max() <= 0.5 + 1e-4
    assert np.array_equal(got[2], [3, 3])


def test_an_input_that_is_not_a_number_is_quantized_to_the_lowest_value(tmp_path, make_archive):
    write(tmp_path, make_archive(), ["tflm"])
    got = np.frombuffer(run(tmp_path, "c99", np.full(32, np.nan))[:32], np.int8)
    assert (got == -128).all()


def test_the_header_names_the_sides_of_images_and_none_for_tables(tmp_path, make_archive):
    scaling = Scaling(mean=(0.0,), std=(1.0,))
    write(tmp_path / "image", make_archive(input_shape=(1, 28, 20, 1), scaling=scaling, channel_names=()), ["tflm"])
    header = (tmp_path / "image" / "model_data.h").read_text()
    assert "#define MY_STUDY_HEIGHT 28\n#define MY_STUDY_WIDTH 20\n" in header
    write(tmp_path / "table", make_archive(input_shape=(1, 2), sample_rate_hz=None), ["tflm"])
    header = (tmp_path / "table" / "model_data.h").read_text()
    assert "WINDOW" not in header
    assert "HEIGHT" not in header
    assert "SAMPLE_RATE" not in header


RESOLVER = """
#pragma once
namespace tflite {{
{registrations}
template <unsigned int N> class MicroMutableOpResolver {{
 public:
  {methods}
  unsigned int count = 0, size = N;
}};
}}
"""


def test_the_resolver_registers_each_operator_once_and_has_room_for_no_more(tmp_path, make_archive):
    if shutil.which("g++") is None:
        pytest.skip("no g++ to compile the C++ header with")
    kinds = ("CONV_2D", "MAX_POOL_2D", "DEPTHWISE_CONV_2D", "CONV_2D", "AVERAGE_POOL_2D", "MEAN", "RESHAPE")
    write(tmp_path, make_archive(ops=(*kinds, "FULLY_CONNECTED", "SOFTMAX")), ["tflm"])
    methods = {
        "Conv2D": "CONV_2D",
        "MaxPool2D": "MAX_POOL_2D",
        "DepthwiseConv2D": "DEPTHWISE_CONV_2D",
        "AveragePool2D": "AVERAGE_POOL_2D",
        "Mean": None,
        "Reshape": None,
        "FullyConnected": "FULLY_CONNECTED",
        "Softmax": "SOFTMAX",
    }
    int8 = {name: f"Register_{kind}_INT8" for name, kind in methods.items() if kind}
    header = tmp_path / "tensorflow/lite/micro/micro_mutable_op_resolver.h"
    header.parent.mkdir(parents=True)
    header.write_text(
        RESOLVER.format(
            registrations=" ".join(f"struct {name} {{}};" for name in int8.values()),
            methods=" ".join(f"int Add{name}({int8.get(name, '')}) {{ return ++count, 0; }}" for name in methods),
        )
    )
    (tmp_path / "main.cc").write_text(
        '#include "model_ops.h"\n#include "model_ops.h"\nint main() {\n  my_study_op_resolver();\n'
        "  const auto& ops = my_study_op_resolver();\n  return ops.count == 8 && ops.size == 8 ? 0 : 1;\n}\n"
    )
    command = ["g++", "-std=c++17", *WARNINGS, "-I.", "main.cc", "-o", "main"]
    subprocess.run(command, cwd=tmp_path, check=True)
    subprocess.run([tmp_path / "main"], check=True)


def test_an_operator_without_a_kernel_in_tflm_is_refused_before_any_file_is_written(tmp_path, make_archive):
    with pytest.raises(InputError, match=r"model_ops\.h: TFLM has no method for WHERE"):
        write(tmp_path / "out", make_archive(ops=("CONV_2D", "WHERE")))
    assert not (tmp_path / "out").exists()
