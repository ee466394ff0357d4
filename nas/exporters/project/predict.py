"""The functions of a project that turn raw values into an answer, in C++ for TFLM."""

from dataclasses import dataclass

from nas.exporters.c_text import comment
from nas.exporters.outputs import outputs_of
from nas.study.archive import Archive

MARGIN_BYTES = 1024
"""What the arena has beyond the smallest that works, since the library's TFLM is older than the one of the figures."""

_SMOOTHED = 4
"""Windows that a program averages over unless told otherwise: with windows that overlap by half, 2.5 window lengths."""


def smoothed(archive: Archive) -> int:
    """Return over how many inputs in a row a program averages: 1 where they are no windows with classes."""
    return _SMOOTHED if archive.inputs_are == "windows" and archive.output_scaling is None else 1


def predict_header(archive: Archive, prefix: str) -> str:
    """Return `predict.h`."""
    upper, words, chooses = prefix.upper(), outputs_of(archive), archive.output_scaling is None
    gives = "a class and scores" if chooses else "values of targets"
    returned = "the number of the greatest one's class" if chooses else "0"
    return f"""\
// The model {comment(archive.name)} in plain terms: raw values in, {gives} out.
#ifndef {upper}_PREDICT_H_
#define {upper}_PREDICT_H_

#include "model_data.h"

// Makes the model ready; call it once. False: the arena is too small, or the library lacks an operator.
bool {prefix}_begin();

// Checks scaling, model and kernels on this board, by an input whose right output is known.
bool {prefix}_self_test();

// Fills raw with that input, in the units of the training data: {upper}_INPUT_BYTES values.
void {prefix}_example(float* raw);

// {words.does.capitalize()} raw, {upper}_INPUT_BYTES values in the units of the training data, channels last:
// raw[{upper}_CHANNELS * t + c] is channel c at time or place t. Fills {words.array} with {upper}_{words.count} values,
// {words.each}. Returns {returned}, or -1 if the model does not run.
int {prefix}_predict(const float* raw, float* {words.array});

// Over how many inputs in a row {prefix}_smooth averages. More make the answer steadier, and later.
#ifndef {upper}_SMOOTHED
#define {upper}_SMOOTHED {smoothed(archive)}
#endif

// Smooths answers, so that one odd window does not change them: call it with the {words.array} of each input in turn.
// It puts the mean of the newest {upper}_SMOOTHED ones into {words.array} (of all, as long as there are fewer). Returns
// {returned}.
int {prefix}_smooth(float* {words.array});

// Forgets the inputs before, as after a pause.
void {prefix}_smooth_reset();

#endif  // {upper}_PREDICT_H_
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
    return f"{_beginning(archive, prefix, arena, before)}\n{_running(archive, prefix)}\n{_smoothing(archive, prefix)}"


def _beginning(archive: Archive, prefix: str, arena: Arena, before: str) -> str:
    upper = prefix.upper()
    size, why = f"{upper}_ARENA_BYTES", ""
    if arena.wide is not None:
        size = f"(sizeof(void*) == 8 ? {arena.wide} : {size})"
        why = f"\n// A computer of 64 bits needs {arena.wide}, since pointers and structures are larger there."
    return f"""\
#include "predict.h"
{before}
#include "model_check.h"
#include "model_ops.h"
#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/schema/schema_generated.h"

namespace {{

// {upper}_ARENA_BYTES is the smallest arena that works on {comment(archive.footprint["target"])} with the
// TFLM that nas computes for. The library has another one, which may need some bytes more: hence the margin. Once all
// works, take it away in steps.{why}
constexpr size_t kArenaBytes = {size} + {MARGIN_BYTES};
alignas(16) uint8_t arena[kArenaBytes];
tflite::MicroInterpreter* interpreter = nullptr;

float example_value(size_t i) {{
  const size_t channel = i % {upper}_CHANNELS;
  return ({prefix}_check_input[i] - {prefix}_input_add[channel]) / {prefix}_input_mul[channel];
}}

}}  // namespace

bool {prefix}_begin() {{
  static tflite::MicroInterpreter made(tflite::GetModel({prefix}_model), {prefix}_op_resolver(), arena, kArenaBytes);
  if (made.AllocateTensors() != kTfLiteOk) return false;
  interpreter = &made;
  return true;
}}
"""


def _running(archive: Archive, prefix: str) -> str:
    upper, words = prefix.upper(), outputs_of(archive)
    return f"""\
void {prefix}_example(float* raw) {{
  for (size_t i = 0; i < {upper}_INPUT_BYTES; ++i) raw[i] = example_value(i);
}}

bool {prefix}_self_test() {{
  int8_t* input = interpreter->input(0)->data.int8;
  for (size_t i = 0; i < {upper}_INPUT_BYTES; ++i) {{
    const int difference = {prefix}_quantize(example_value(i), i % {upper}_CHANNELS) - {prefix}_check_input[i];
    if (difference < -1 || difference > 1) return false;
    input[i] = {prefix}_check_input[i];
  }}
  // A difference of 1 comes from rounding; more means another model, or other kernels.
  return interpreter->Invoke() == kTfLiteOk && {prefix}_check(interpreter->output(0)->data.int8) <= 1;
}}

int {prefix}_predict(const float* raw, float* {words.array}) {{
  {prefix}_quantize_all(raw, interpreter->input(0)->data.int8);
  if (interpreter->Invoke() != kTfLiteOk) return -1;
  const int8_t* output = interpreter->output(0)->data.int8;
{_reading(archive, prefix)}}}
"""


def _reading(archive: Archive, prefix: str) -> str:
    """Return the lines that dequantize the outputs and return what `predict` returns."""
    upper = prefix.upper()
    if archive.output_scaling is not None:
        return f"""\
  for (int i = 0; i < {upper}_TARGETS; ++i) values[i] = {prefix}_value(output[i], static_cast<size_t>(i));
  return 0;
"""
    return f"""\
  int best = 0;
  for (int i = 0; i < {upper}_CLASSES; ++i) {{
    scores[i] = static_cast<float>(output[i] - {upper}_OUTPUT_ZERO_POINT) * {upper}_OUTPUT_SCALE;
    if (output[i] > output[best]) best = i;
  }}
  return best;
"""


def _smoothing(archive: Archive, prefix: str) -> str:
    upper, words = prefix.upper(), outputs_of(archive)
    best = ("  int best = 0;\n", f"\n    if ({words.array}[i] > {words.array}[best]) best = i;", "best")
    begin, compare, returned = best if archive.output_scaling is None else ("", "", "0")
    return f"""\
namespace {{

float newest[{upper}_SMOOTHED][{upper}_{words.count}];
int kept = 0;  // of them
int place = 0;  // of the next one

}}  // namespace

void {prefix}_smooth_reset() {{ kept = place = 0; }}

int {prefix}_smooth(float* {words.array}) {{
  for (int i = 0; i < {upper}_{words.count}; ++i) newest[place][i] = {words.array}[i];
  place = (place + 1) % {upper}_SMOOTHED;
  if (kept < {upper}_SMOOTHED) ++kept;
{begin}  for (int i = 0; i < {upper}_{words.count}; ++i) {{
    // Added up anew each time, so that rounding errors do not grow.
    float sum = 0;
    for (int n = 0; n < kept; ++n) sum += newest[n][i];
    {words.array}[i] = sum / static_cast<float>(kept);{compare}
  }}
  return {returned};
}}
"""
