"""The functions of a project that turn raw values into an answer, in C++ for TFLM."""

from dataclasses import dataclass

from nas.exporters.answers.answers import answers_of
from nas.exporters.c_text import comment
from nas.exporters.front_ends.hearing import has_front_end, windows_of, written_hearing
from nas.exporters.input_scaling import filling, raw_values
from nas.exporters.project import smoothing, sound, window
from nas.exporters.project.invoke import invoked
from nas.study.archive import Archive

MARGIN_BYTES = 1024
"""What the arena has beyond the smallest that works, since the library's TFLM is older than the one of the figures."""


def predict_header(archive: Archive, prefix: str) -> str:
    """Return `predict.h`."""
    upper, hearing = prefix.upper(), written_hearing(archive)
    takes, data, declared = "raw values", "model_data.h", _declarations(archive, prefix)
    if hearing is not None:
        takes, data, declared = "sound", "model_listen.h", sound.declarations(archive, prefix, hearing)
    elif windows_of(archive) is not None:
        takes, data = "samples of sensors", 'model_data.h"\n#include "model_front_end.h'
        declared = window.declarations(archive, prefix)
    return f"""\
// The model {comment(archive.name)} in plain terms: {takes} in, {answers_of(archive).gives} out.
#ifndef {upper}_PREDICT_H_
#define {upper}_PREDICT_H_

#include "{data}"

// Makes the model ready; call it once. False: the arena is too small, or the library lacks an operator.
bool {prefix}_begin();

{declared}
{smoothing.declarations(archive, prefix)}
#endif  // {upper}_PREDICT_H_
"""


def _declarations(archive: Archive, prefix: str) -> str:
    upper, words, values = prefix.upper(), answers_of(archive), raw_values(archive)
    return f"""\
// Checks {"scaling, " * archive.is_scaled}model and kernels on this board, by an input whose right output is known.
bool {prefix}_self_test();

// Fills raw with that input, {values}: {upper}_{words.row} values.
void {prefix}_example(float* raw);

// {words.does.capitalize()} raw, {upper}_{words.row} values {values}, channels last:
// raw[{upper}_CHANNELS * t + c] is channel c at time or place t. Fills {words.array} with {upper}_{words.count} values,
// {words.each}. Returns {words.returned}, or -1 if the model does not run.
int {prefix}_predict(const float* raw, float* {words.array});
"""


@dataclass(frozen=True)
class Arena:
    """The sizes of an arena besides the one on the target.

    Attributes:
        wide: bytes of the smallest that works where pointers have 64 bits; None if the program never runs there.
    """

    wide: int | None = None


def predict_source(archive: Archive, prefix: str, arena: Arena, before: str = "") -> str:
    """Return `predict.cpp`, for any board with TFLM; the lines `before` stand in front of TFLM's headers."""
    takes_samples = has_front_end(archive)
    reset, running = _takes(archive, prefix)
    parts = (
        _head(before, "\n#include <string.h>\n" if takes_samples or answers_of(archive).keeps_input else ""),
        _arena(archive, prefix, arena, "" if takes_samples else _example_value(prefix)),
        _begin(prefix, reset),
        running,
        smoothing.definitions(archive, prefix),
    )
    return "\n".join(parts)


def _takes(archive: Archive, prefix: str) -> tuple[str, str]:
    """Return the line that forgets samples, if the model takes some, and the functions that answer."""
    reading, windows = answers_of(archive).read(prefix), windows_of(archive)
    if windows is not None:
        return f"  {prefix}_front_end_reset();\n", window.definitions(archive, prefix, windows, reading)
    if written_hearing(archive) is not None:
        return f"  {prefix}_listen_reset();\n", sound.definitions(archive, prefix, reading)
    return "", _running(archive, prefix, reading)


def _head(before: str, includes: str) -> str:
    return f"""\
#include "predict.h"
{before}{includes}
#include "model_check.h"
#include "model_ops.h"
#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/schema/schema_generated.h"
"""


def _arena(archive: Archive, prefix: str, arena: Arena, more: str) -> str:
    """Return what only this file sees: the arena, the interpreter, and `more`."""
    upper = prefix.upper()
    size, why = f"{upper}_ARENA_BYTES", ""
    if arena.wide is not None:
        size = f"(sizeof(void*) == 8 ? {arena.wide} : {size})"
        why = f"\n// A computer of 64 bits needs {arena.wide}, since pointers and structures are larger there."
    return f"""\
namespace {{

// {upper}_ARENA_BYTES is the smallest arena that works on {comment(archive.footprint["target"])} with the
// TFLM that nas computes for. The library has another one, which may need some bytes more: hence the margin. Once all
// works, take it away in steps.{why}
constexpr size_t kArenaBytes = {size} + {MARGIN_BYTES};
alignas(16) uint8_t arena[kArenaBytes];
tflite::MicroInterpreter* interpreter = nullptr;
{more}
}}  // namespace
"""


def _begin(prefix: str, more: str) -> str:
    return f"""\
bool {prefix}_begin() {{
  static tflite::MicroInterpreter made(tflite::GetModel({prefix}_model), {prefix}_op_resolver(), arena, kArenaBytes);
  if (made.AllocateTensors() != kTfLiteOk) return false;
  interpreter = &made;
{more}  return true;
}}
"""


def _example_value(prefix: str) -> str:
    return f"""
float example_value(size_t i) {{
  const size_t channel = i % {prefix.upper()}_CHANNELS;
  return ({prefix}_check_input[i] - {prefix}_input_add[channel]) / {prefix}_input_mul[channel];
}}
"""


def _running(archive: Archive, prefix: str, reading: str) -> str:
    upper, words = prefix.upper(), answers_of(archive)
    filled = filling(words, prefix, "interpreter->input(0)", "  ")
    # What the model does not read of a row is as its beginning is.
    place = "i" if words.row == "INPUT_BYTES" else f"i % {upper}_INPUT_BYTES"
    return f"""\
void {prefix}_example(float* raw) {{
  for (size_t i = 0; i < {upper}_{words.row}; ++i) raw[i] = example_value({place});
}}

bool {prefix}_self_test() {{
  int8_t* input = interpreter->input(0)->data.int8;
  for (size_t i = 0; i < {upper}_INPUT_BYTES; ++i) {{
    const int difference = {prefix}_quantize(example_value(i), i % {upper}_CHANNELS) - {prefix}_check_input[i];
    if (difference < -1 || difference > 1) return false;
    input[i] = {prefix}_check_input[i];
  }}
  // A difference of 1 comes from rounding; more means another model, or other kernels.
  return {invoked(archive)} == kTfLiteOk && {prefix}_check(interpreter->output(0)->data.int8) <= 1;
}}

int {prefix}_predict(const float* raw, float* {words.array}) {{
{filled}  if ({invoked(archive)} != kTfLiteOk) return -1;
  const int8_t* output = interpreter->output(0)->data.int8;
{reading}}}
"""
