"""Compiles the sketch of the README against stand-ins for TFLM, and runs it as a firmware would."""

import re
import shutil
import subprocess

import pytest
from tflm_stand_in import EXAMPLE, RESOLVER, STRICT

from nas.exporters.format import ON_REQUEST, write

# It answers as the example does, but for a step that a test adds to one value; any other input ends the program.
INTERPRETER = """
#pragma once
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "model_check.h"
enum TfLiteStatus { kTfLiteOk };
struct TfLiteTensor { struct { int8_t* int8; } data; };
namespace tflite {
struct Model {};
struct MicroInterpreter {
  int8_t in[MY_STUDY_INPUT_BYTES], out[MY_STUDY_CLASSES];
  TfLiteTensor input_{{in}}, output_{{out}};
  template <class R> MicroInterpreter(const Model*, const R&, uint8_t* arena, size_t bytes) {
    if (reinterpret_cast<uintptr_t>(arena) % 16 != 0 || bytes != 5200 + 1024) exit(10);
  }
  TfLiteStatus AllocateTensors() { return kTfLiteOk; }
  TfLiteTensor* input(int) { return &input_; }
  TfLiteTensor* output(int) { return &output_; }
  TfLiteStatus Invoke() {
    if (memcmp(in, my_study_check_input, sizeof in) != 0) exit(0);
    memcpy(out, my_study_check_output, sizeof out);
    out[2] = static_cast<int8_t>(out[2] + OFFSET);
    return kTfLiteOk;
  }
};
}
"""
SCHEMA = "#pragma once\nnamespace tflite { inline const Model* GetModel(const void*) { return nullptr; } }\n"


@pytest.fixture
def build(tmp_path, make_archive):
    """Compiles the README's program with TFLM's answer moved by `offset` steps; returns its exit code."""
    if shutil.which("g++") is None:
        pytest.skip("no g++ to compile the sketch with")

    def run(offset):
        write(tmp_path, make_archive(example=EXAMPLE))
        (program,) = re.findall(r"```cpp\n(.*?)```", (tmp_path / "README.md").read_text(), re.DOTALL)
        stand_ins = {
            "micro/micro_mutable_op_resolver.h": RESOLVER,
            "micro/micro_interpreter.h": INTERPRETER.replace("OFFSET", str(offset)),
            "schema/schema_generated.h": SCHEMA,
        }
        for name, text in {**stand_ins, "../../main.cc": program}.items():
            path = tmp_path / "tensorflow" / "lite" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        sources = ["main.cc", "-x", "c++", "model_data.c"]
        command = ["g++", "-std=c++17", *STRICT, "-I.", *sources, "-o", "main"]
        subprocess.run(command, cwd=tmp_path, check=True)
        return subprocess.run([tmp_path / "main"], check=False).returncode

    return run


@pytest.mark.parametrize(("offset", "code"), [(0, 0), (1, 0), (-1, 0), (2, 3), (-2, 3)])
def test_the_sketch_compiles_without_a_warning_and_accepts_answers_that_are_one_step_off(build, offset, code):
    assert build(offset) == code


def test_the_check_compiles_as_c_without_a_warning(tmp_path, make_archive):
    if shutil.which("gcc") is None:
        pytest.skip("no gcc to compile the header with")
    write(tmp_path, make_archive(example=EXAMPLE))
    main = (
        '#include "model_check.h"\nint main(void) { return my_study_check(my_study_check_output) +'
        " my_study_check_input[1] + 121; }\n"
    )
    (tmp_path / "main.c").write_text(main)
    command = ["gcc", "-std=c99", *STRICT, "main.c", "model_data.c", "-o", "main", "-lm"]
    subprocess.run(command, cwd=tmp_path, check=True)
    subprocess.run([tmp_path / "main"], check=True)


def test_the_readme_says_what_is_left_of_each_limit(tmp_path, make_archive):
    write(tmp_path, make_archive(budget={"ram": 10400, "flash": 1024 * 1024}), ["firmware"])
    text = (tmp_path / "README.md").read_text()
    assert "| arena to reserve | 5,200 B | 10.2 KB | 5,200 B (50.0 %) |" in text
    assert "(95.6 %)" in text  # 46,569 of 1,048,576 bytes are taken


def test_an_archive_without_an_example_has_a_sketch_without_a_check(tmp_path, make_archive):
    write(tmp_path, make_archive(example=None), ["firmware"])
    assert [path.name for path in tmp_path.iterdir()] == ["README.md"]
    assert "check" not in (tmp_path / "README.md").read_text()


def test_the_readme_names_the_command_for_each_kind_of_board(tmp_path, make_archive):
    write(tmp_path, make_archive(), ["firmware"])
    text = (tmp_path / "README.md").read_text()
    rows = [line for line in text.splitlines() if "nas export" in line]
    assert "| Arduino Nano 33 BLE | `nas export model.tflite --name my_study --format arduino -o projects` |" in rows
    named = {
        word
        for line in rows
        for word, before in zip(line.split()[1:], line.split(), strict=False)
        if before == "--format"
    }
    assert named == ON_REQUEST
