"""The C header in a compiled program: it reads what was written, and never a byte outside of the model."""

import shutil
import struct
import subprocess
from pathlib import Path

import numpy as np
import pytest

from nas.model.deploy.params.dictionary import encode
from nas.model.deploy.params.kinds import Param, make_params
from nas.model.deploy.params.metadata import SILABS_ENTRY
from nas.model.deploy.params.store import write_params

from .conftest import MODELS
from .test_param_dictionary import other_builder
from .test_tflite_metadata import silabs_style

DEVICE = Path(__file__).parents[2] / "native" / "device"
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wsign-conversion", "-Wshadow", "-Werror"]
COMPILERS = {"c99": ["gcc", "-std=c99"], "c++17": ["g++", "-std=c++17", "-x", "c++"]}
SANITIZE = ["-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]

# Reads models from standard input, each behind its length, into memory of exactly its size, and prints every parameter.
PROGRAM = r"""
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include "nas_params.h"

static void print_text(const char* text) { printf(text == NULL ? "null" : "\"%s\"", text); }

static void print(const nas_param* param) {
  int64_t whole = 0;
  uint64_t natural = 0;
  double real = 0;
  float single = 0;
  bool on = false;
  size_t i, bytes = 0;
  const uint8_t* data = nas_param_bytes(param, &bytes);
  printf("%s|%d|", param->key, (int)param->kind);
  if (nas_param_bool(param, &on)) printf("%s", on ? "true" : "false");
  if (nas_param_int(param, &whole)) printf("%" PRId64, whole);
  if (param->kind == NAS_PARAM_UINT64 && nas_param_uint(param, &natural)) printf("/%" PRIu64, natural);
  if (param->kind < NAS_PARAM_INT8 || param->kind > NAS_PARAM_UINT64) {
    if (nas_param_double(param, &real)) printf("%.17g", real);
  }
  if (nas_param_float(param, &single) && param->kind == NAS_PARAM_FLOAT32) printf(" %.9g", (double)single);
  if (param->kind == NAS_PARAM_TEXT) print_text(nas_param_text(param));
  for (i = 0; i < nas_param_count(param); ++i) {
    int32_t number = 0;
    if (param->kind == NAS_PARAM_TEXTS) print_text(nas_param_text_at(param, i));
    if (nas_param_int_at(param, i, &number)) printf("%" PRId32, number);
    if (nas_param_float_at(param, i, &single)) printf("%.9g", (double)single);
    if (i < bytes) printf("%02x", (unsigned)data[i]);
    printf(",");
  }
  printf("\n");
}

int main(void) {
  uint32_t size;
  while (fread(&size, sizeof size, 1, stdin) == 1) {
    uint8_t* model = (uint8_t*)malloc(size ? size : 1);
    nas_params params;
    nas_param param;
    if (model == NULL || fread(model, 1, size, stdin) != size) return 1;
    if (!nas_params_open(model, size, &params)) {
      printf("none\n");
    } else {
      size_t i;
      printf("%lu parameters\n", (unsigned long)params.count);
      if (nas_params_find(&params, "absent", &param)) return 2;
      for (i = 0; i < params.count && i < 1000; ++i) {
        if (!nas_params_at(&params, i, &param)) continue;
        print(&param);
        if (!nas_params_find(&params, param.key, &param)) return 3;
      }
    }
    free(model);
  }
  return 0;
}
"""


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    """Compiles the program; returns how it answers models."""

    def compiled(compiler: str, *flags: str):
        if shutil.which(COMPILERS[compiler][0]) is None:
            pytest.skip(f"no {COMPILERS[compiler][0]} to compile the header with")
        folder = tmp_path_factory.mktemp("header")
        (folder / "main.c").write_text(PROGRAM)
        command = [*COMPILERS[compiler], *WARNINGS, *flags, f"-I{DEVICE}", "main.c", "-o", "main"]
        subprocess.run(command, cwd=folder, check=True)

        def run(*models: bytes) -> str:
            given = b"".join(struct.pack("<I", len(model)) + model for model in models)
            ended = subprocess.run([folder / "main"], input=given, capture_output=True)
            assert ended.returncode == 0, ended.stderr.decode()[-2000:]
            return ended.stdout.decode(errors="replace")

        return run

    return compiled


def expected(params: dict[str, Param]) -> str:
    """What the program prints of parameters that it reads right."""
    kinds = (
        "none bool int8 uint8 int16 uint16 int32 uint32 int64 uint64 float32 float64 string strings ints floats bytes"
    )
    lines = [f"{len(params)} parameters"]
    for key, param in params.items():
        value = param.value
        number = kinds.split().index(param.kind)
        if isinstance(value, bool):
            text = str(value).lower()
        elif param.kind == "uint64":
            text = f"{value if value < 2**63 else ''}/{value}"
        elif isinstance(value, int):
            text = str(value)
        elif param.kind == "float32":
            text = f"{float(np.float32(value)):.17g} {float(np.float32(value)):.9g}"
        elif isinstance(value, float):
            text = f"{value:.17g}"
        elif isinstance(value, str):
            text = f'"{value}"'
        elif isinstance(value, bytes):
            text = "".join(f"{byte:02x}," for byte in value)
        else:
            items = {"strings": lambda v: f'"{v}"', "ints": str, "floats": lambda v: f"{float(np.float32(v)):.9g}"}
            text = "".join(f"{items[param.kind](item)}," for item in value)
        lines.append(f"{key}|{number}|{text}")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("compiler", COMPILERS)
def test_a_program_reads_every_kind_of_value_from_every_model(build, every_kind, compiler):
    written = [write_params(tflite, every_kind) for tflite in MODELS.values()]
    assert build(compiler)(*written) == expected(every_kind) * len(MODELS)


def test_a_program_reads_what_other_builders_and_tools_wrote(build, every_kind):
    read = build("c99")
    content = other_builder([("classes", 13, ["up", "down"]), ("fe.n", 5, 40), ("zero", 6, 0), ("name", 12, "m")])
    params = {
        "classes": Param("strings", ("up", "down")),
        "fe.n": Param("uint16", 40),
        "zero": Param("int32", 0),
        "name": Param("string", "m"),
    }
    assert read(silabs_style(MODELS["offline_plan"], content)) == expected(params)
    assert read(silabs_style(MODELS["cnn_image"], encode(every_kind))) == expected(every_kind)
    both = write_params(write_params(MODELS["svdf"], make_params({"theirs": 1}), SILABS_ENTRY), every_kind)
    assert read(both) == expected(every_kind)


def test_a_model_without_parameters_has_none(build):
    assert build("c99")(*MODELS.values(), b"", b"TFL3", bytes(100)) == "none\n" * (len(MODELS) + 3)


def test_damaged_models_are_never_read_outside_of_their_bytes(build, every_kind):
    # The address sanitizer ends the program at the first byte behind a model, the other one at undefined behaviour.
    read = build("c99", *SANITIZE)
    model = write_params(MODELS["offline_plan"], every_kind)
    random = np.random.default_rng(0)
    cut = [model[:length] for length in range(len(model))]
    damaged = []
    for _ in range(6000):
        mutated = bytearray(model)
        for _ in range(random.integers(1, 5)):
            place = random.integers(len(mutated))
            if random.integers(2):
                mutated[place] = random.choice([0, 1, 4, 127, 128, 255, random.integers(256)])
            else:  # a whole offset or length
                place -= place % 4
                word = random.choice([0, 4, 2**31 - 1, 2**31, 2**32 - 1, len(model), random.integers(2 * len(model))])
                mutated[place : place + 4] = struct.pack("<I", word)
        damaged.append(bytes(mutated))
    answers = read(*cut, *damaged)
    assert answers.count("none\n") > 500
    assert answers.count(" parameters\n") > 500
