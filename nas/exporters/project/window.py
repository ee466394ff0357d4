"""The functions of a project that turn samples of sensors into an answer, in C++ for TFLM."""

from typing import Any

from nas.exporters.answers.answers import Answers, answers_of
from nas.exporters.front_ends.window_input import noise_units
from nas.exporters.project.invoke import invoked
from nas.signal.window_front_end import WindowFrontEnd
from nas.study.archive import Archive

_TENSOR = "interpreter->input(0)->data.int8"


def declarations(archive: Archive, prefix: str) -> str:
    """Return the part of `predict.h`."""
    upper, words = prefix.upper(), answers_of(archive)
    return f"""\
// Checks front-end, model and kernels on this board, from values to the answer, by noise whose answer is known. It
// forgets all samples.
bool {prefix}_self_test();

// Returns the next value of that noise, in the units of the training data; `state` is 1 at first.
float {prefix}_noise(uint32_t* state, size_t channel);

// Takes samples of `steps` steps in time, {upper}_WINDOW_CHANNELS each, until all are taken or there is an answer;
// returns of how many steps. `answered` is then 1 if {words.array}, {upper}_{words.count} values, are those of the
// newest {upper}_WINDOW_STEPS steps, 0 if there is no new answer, and -1 if the model does not run.
// {prefix}_sample makes a sample of a value in the units of the training data.
size_t {prefix}_process_samples(const int16_t* samples, size_t steps, float* {words.array}, int* answered);

// {words.does.capitalize()} the features that {prefix}_front_end_input has written to {_place(words)}. Fills
// {words.array} with {upper}_{words.count} values, {words.each}. Returns
// {words.returned}, or -1 if the model does not run.
int {prefix}_predict({_given(words)}float* {words.array});
"""


def _place(words: Answers[Any]) -> str:
    return "`kept`" if words.keeps_input else "the model's input"


def _given(words: Answers[Any]) -> str:
    """Return the parameter of the features where answers need them after the run too, which TFLM may overwrite."""
    return "const int8_t* kept, " if words.keeps_input else ""


def _kept(upper: str) -> tuple[str, str, str, str]:
    """Return the buffer of a window's features, its name alone and as an argument, and the line that copies it."""
    buffer = f"  static int8_t kept[{upper}_INPUT_BYTES];  // TFLM may write over its input\n"
    return buffer, "kept", "kept, ", f"  memcpy({_TENSOR}, kept, {upper}_INPUT_BYTES);\n"


def definitions(archive: Archive, prefix: str, front_end: WindowFrontEnd, reading: str) -> str:
    """Return the part of `predict.cpp`; `reading` are the lines that read the outputs and return."""
    upper, words = prefix.upper(), answers_of(archive)
    buffer, place, passed, copied = _kept(upper) if words.keeps_input else ("", _TENSOR, "", "")
    return f"""\
float {prefix}_noise(uint32_t* state, size_t channel) {{
  static constexpr float kUnits[{upper}_WINDOW_CHANNELS] = {{{noise_units(front_end)}}};  // of a sample
  *state = *state * 1664525u + 1013904223u;
  return static_cast<float>(static_cast<int32_t>(*state >> 18) - 8192) * kUnits[channel];
}}

bool {prefix}_self_test() {{
  uint32_t state = 1;
  int8_t* input = interpreter->input(0)->data.int8;
  {prefix}_front_end_reset();
  for (size_t step = 0; step < {upper}_WINDOW_STEPS; ++step) {{
    int16_t samples[{upper}_WINDOW_CHANNELS];
    for (size_t channel = 0; channel < {upper}_WINDOW_CHANNELS; ++channel) {{
      samples[channel] = {prefix}_sample({prefix}_noise(&state, channel), channel);
    }}
    {prefix}_front_end_take(samples, 1);
  }}
  const bool same = {prefix}_front_end_input(input) && memcmp(input, {prefix}_check_input, {upper}_INPUT_BYTES) == 0;
  {prefix}_front_end_reset();
  // A difference of 1 comes from rounding; more means another model, or other kernels.
  return same && {invoked(archive)} == kTfLiteOk && {prefix}_check(interpreter->output(0)->data.int8) <= 1;
}}

size_t {prefix}_process_samples(const int16_t* samples, size_t steps, float* {words.array}, int* answered) {{
{buffer}  const size_t taken = {prefix}_front_end_take(samples, steps);
  *answered = {prefix}_front_end_input({place});
  if (*answered && {prefix}_predict({passed}{words.array}) < 0) *answered = -1;
  return taken;
}}

int {prefix}_predict({_given(words)}float* {words.array}) {{
{copied}  if ({invoked(archive)} != kTfLiteOk) return -1;
  const int8_t* output = interpreter->output(0)->data.int8;
{reading}}}
"""
