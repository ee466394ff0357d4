"""The functions of a project that turn samples of sound into an answer, in C++ for TFLM."""

from nas.exporters.answers.answers import answers_of
from nas.exporters.front_ends.hearing import Hearing
from nas.exporters.project.invoke import invoked
from nas.study.archive import Archive


def declarations(archive: Archive, prefix: str, hearing: Hearing) -> str:
    """Return the part of `predict.h`."""
    upper, words = prefix.upper(), answers_of(archive)
    return f"""\
// Checks front-end, model and kernels on this board, from samples to the answer, by noise whose answer is known. It
// forgets what was heard before.
bool {prefix}_self_test();

// Takes samples of 16 bits at {hearing.rate_hz} Hz until all are taken or there is an answer; returns how many were
// taken. `answered` is then 1 if {words.array}, {upper}_{words.count} values, are those of the newest {upper}_FRAMES
// frames, 0 if there is no new answer, and -1 if the model does not run.
size_t {prefix}_process_samples(const int16_t* samples, size_t count, float* {words.array}, int* answered);

// {words.does.capitalize()} features, {upper}_INPUT_BYTES values as {prefix}_hear gives them. Fills {words.array} with
// {upper}_{words.count} values, {words.each}. Returns
// {words.returned}, or -1 if the model does not run.
int {prefix}_predict(const int8_t* features, float* {words.array});
"""


def definitions(archive: Archive, prefix: str, reading: str) -> str:
    """Return the part of `predict.cpp`; `reading` are the lines that read the outputs and return."""
    upper, words = prefix.upper(), answers_of(archive)
    features = "kept" if words.keeps_input else "features"
    return f"""\
bool {prefix}_self_test() {{
  const int8_t* features = nullptr;
  uint32_t state = 1;
  {prefix}_listen_reset();
  for (size_t i = 0; i < {upper}_SAMPLES && features == nullptr; ++i) {{
    const int16_t sample = {prefix}_noise(&state);
    {prefix}_hear(&sample, 1, &features);
  }}
  const bool heard = features != nullptr && memcmp(features, {prefix}_check_input, {upper}_INPUT_BYTES) == 0;
  if (heard) memcpy(interpreter->input(0)->data.int8, features, {upper}_INPUT_BYTES);
  {prefix}_listen_reset();
  // A difference of 1 comes from rounding; more means another model, or other kernels.
  return heard && {invoked(archive)} == kTfLiteOk && {prefix}_check(interpreter->output(0)->data.int8) <= 1;
}}

size_t {prefix}_process_samples(const int16_t* samples, size_t count, float* {words.array}, int* answered) {{
  const int8_t* features = nullptr;
  const size_t taken = {prefix}_hear(samples, count, &features);
  *answered = 0;
  if (features != nullptr) *answered = {prefix}_predict(features, {words.array}) < 0 ? -1 : 1;
  return taken;
}}

int {prefix}_predict(const int8_t* {features}, float* {words.array}) {{
  // TFLM may overwrite its input, while most frames are needed for the next answer too: so they are copied.
  memcpy(interpreter->input(0)->data.int8, {features}, {upper}_INPUT_BYTES);
  if ({invoked(archive)} != kTfLiteOk) return -1;
  const int8_t* output = interpreter->output(0)->data.int8;
{reading}}}
"""
