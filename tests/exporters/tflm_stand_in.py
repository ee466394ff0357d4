"""A stand-in for the headers of TensorFlow Lite Micro: the declarations that exported programs use, and an interpreter.

The interpreter knows one input and its output. It adds a step from the environment to the last value, and asks for an
arena of a size from there.
"""

from collections.abc import Iterator
from pathlib import Path

from nas.study.archive import Example

EXAMPLE = Example(tuple((7 * i) % 256 - 128 for i in range(32)), (-128, 127, -3))

STRICT = ("-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror")

RESOLVER = """
#pragma once
struct TFLMRegistration {};
namespace tflite {
struct MicroOpResolver {};
inline TFLMRegistration Register_CONV_2D_INT8() { return {}; }
inline TFLMRegistration Register_MAX_POOL_2D_INT8() { return {}; }
inline TFLMRegistration Register_AVERAGE_POOL_2D_INT8() { return {}; }
inline TFLMRegistration Register_FULLY_CONNECTED_INT8() { return {}; }
inline TFLMRegistration Register_SOFTMAX_INT8() { return {}; }
template <unsigned int N> struct MicroMutableOpResolver : MicroOpResolver {
  unsigned int count = 0;
  int AddConv2D(const TFLMRegistration& = {}) { return Add(); }
  int AddMaxPool2D(const TFLMRegistration& = {}) { return Add(); }
  int AddAveragePool2D(const TFLMRegistration& = {}) { return Add(); }
  int AddMean() { return Add(); }
  int AddFullyConnected(const TFLMRegistration& = {}) { return Add(); }
  int AddSoftmax(const TFLMRegistration& = {}) { return Add(); }
  int AddLogistic() { return Add(); }
  int AddReshape() { return Add(); }
  int AddSlice() { return Add(); }
  int AddUnidirectionalSequenceLSTM() { return Add(); }
  int Add() { return ++count <= N ? 0 : 1; }
};
}
"""
INTERPRETER = """
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
enum TfLiteStatus { kTfLiteOk, kTfLiteError };
struct TfLiteTensor { struct { int8_t* int8; } data; };
namespace tflite {
struct Model {};
struct MicroInterpreter {
  int8_t in[32], out[{SIZE}];
  TfLiteTensor input_{{in}}, output_{{out}};
  size_t bytes_;
  MicroInterpreter(const Model*, const MicroOpResolver&, uint8_t* arena, size_t bytes) : bytes_(bytes) {
    if (reinterpret_cast<uintptr_t>(arena) % 16 != 0) exit(10);
  }
  static int setting(const char* name) { return getenv(name) ? atoi(getenv(name)) : 0; }
  TfLiteStatus AllocateTensors() {
    return bytes_ >= static_cast<size_t>(setting("NEEDED")) ? kTfLiteOk : kTfLiteError;
  }
  TfLiteTensor* input(size_t) { return &input_; }
  TfLiteTensor* output(size_t) { return &output_; }
  bool fresh = true;  // no state was left by an input before
  TfLiteStatus Reset() {
    fresh = true;
    return kTfLiteOk;
  }
  TfLiteStatus Invoke() {
    if (setting("STATEFUL") && !fresh) return kTfLiteError;
    fresh = false;
    static constexpr int8_t kInput[32] = {INPUT}, kOutput[{SIZE}] = {OUTPUT};
    if (memcmp(in, kInput, sizeof in) != 0) return kTfLiteError;
    memset(in, 0, sizeof in);  // as TFLM may put other tensors there
    memcpy(out, kOutput, sizeof out);
    out[2] = static_cast<int8_t>(out[2] + setting("OFFSET"));
    return kTfLiteOk;
  }
};
}
"""
SCHEMA = "#pragma once\nnamespace tflite { inline const Model* GetModel(const void*) { return nullptr; } }\n"

_LITE = Path("tensorflow", "lite")


def write_files(root: Path, files: dict[str, str]) -> None:
    """Write texts by their paths below `root`."""
    for file, text in files.items():
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text(text)


def write_tflm(root: Path, example: Example = EXAMPLE) -> None:
    """Write the headers into `root`, the folder that a compiler searches."""
    write_files(root, dict(_headers(example)))


def _headers(example: Example) -> Iterator[tuple[str, str]]:
    known = {"INPUT": example.input, "OUTPUT": example.output}
    # Three at least, since the step from the environment is added to the third.
    interpreter = INTERPRETER.replace("{SIZE}", str(max(3, len(example.output))))
    for word, values in known.items():
        interpreter = interpreter.replace(f"{{{word}}}", "{" + ", ".join(map(str, values)) + "}")
    yield str(_LITE / "micro" / "micro_mutable_op_resolver.h"), RESOLVER
    yield str(_LITE / "micro" / "micro_interpreter.h"), interpreter
    yield str(_LITE / "schema" / "schema_generated.h"), SCHEMA
