"""Front-end and network as one C function: samples in, an answer out, window by window."""

import numpy as np

from nas.arrays import Array
from nas.errors import InputError
from nas.exporters.c_text import rows
from nas.exporters.format import MARK
from nas.exporters.front_end import front_end_files
from nas.exporters.listening_main import main_text, noise
from nas.signal.mel import Mel
from nas.study.archive import Archive
from nas.target.plain_c.batch import batch_of

# Bits behind the point of the factors that turn features into the network's input.
_SHIFT = 32
# Frames between two answers, as a share of the window.
_ANSWERS = 5


def listening_files(name: str, archive: Archive) -> dict[str, str]:
    """Return the files of a model with a front-end by name; none for a model that reads raw rows.

    Raises:
        InputError: the front-end needs what this C does not do: several microphones, or the whole row at once.
    """
    mel = archive.front_end
    if not isinstance(mel, Mel):
        return {}
    if archive.record.architecture["input_shape"][1] != 1:
        raise InputError("front_end", "must have one microphone to be written as C", hint="mix the channels")
    if mel.quantize_dynamic_scale_enable:
        hint = "search with quantize_dynamic_scale_enable = false"
        raise InputError("front_end", "must have a fixed range to be written as C", hint=hint)
    return {
        **front_end_files(name, mel),
        f"{name}_listen.h": _header(name, archive, mel),
        f"{name}_listen.c": _source(name, archive, mel),
        f"{name}_listen_main.c": main_text(name, mel),
    }


def factors(archive: Archive) -> tuple[list[int], list[int]]:
    """Return what turns a feature into int8: (feature * mul + add) >> 32, for each channel of the network's input."""
    step, zero = archive.input.scale, archive.input.zero_point
    mul = [round(2**_SHIFT / (std * step)) for std in archive.scaling.std]
    pairs = zip(archive.scaling.mean, archive.scaling.std, strict=True)
    add = [round((zero + 0.5 - mean / (std * step)) * 2**_SHIFT) for mean, std in pairs]
    return mul, add


def as_input(archive: Archive, features: Array) -> Array:
    """Return features [..., channels of the input] as the network's int8 input, in the device's arithmetic."""
    mul, add = (np.array(values, np.int64) for values in factors(archive))
    values: Array = (features.astype(np.int64) * mul + add) >> _SHIFT
    return values.clip(-128, 127).astype(np.int8)


def _expected(archive: Archive, mel: Mel) -> list[int] | None:
    """Return the network's outputs for the noise; None if it cannot be computed here."""
    batch = batch_of(archive.tflite)
    if batch is None:
        return None
    row = noise(archive.record.architecture["input_shape"][0])
    features = mel.features(row[None, :, None]).reshape(-1, len(archive.scaling.mean))
    return [int(value) for value in batch.run(as_input(archive, features).reshape(1, -1))[0]]


def _header(name: str, archive: Archive, mel: Mel) -> str:
    upper = name.upper()
    frames = mel.frames(archive.record.architecture["input_shape"][0])
    return f"""\
// Samples of sound in, answers of {name} out. {MARK}. Do not edit.
#ifndef {upper}_LISTEN_H_
#define {upper}_LISTEN_H_

#include "{name}.h"
#include "{name}_front_end.h"

// The network answers for the newest {frames} frames.
#define {upper}_FRAMES {frames}

// Frames from one answer to the next.
#ifndef {upper}_HOP_FRAMES
#define {upper}_HOP_FRAMES {max(1, frames // _ANSWERS)}
#endif

#ifdef __cplusplus
extern "C" {{
#endif

// Forgets all that was heard; call it once before the first sample.
void {name}_listen_reset(void);

// Takes samples of 16 bits at {mel.sample_rate_hz} Hz until all are taken or there is an answer. Returns how many were
// taken, and in `answered` whether `output`, {upper}_OUTPUT_BYTES values, is a new answer.
size_t {name}_process_samples(const int16_t *samples, size_t count, int8_t *output, int *answered);

// Checks front-end and network on this board, from samples to the answer; `output` is used. Returns 1 if all is right.
int {name}_listen_self_test(int8_t *output);

#ifdef __cplusplus
}}
#endif

#endif  // {upper}_LISTEN_H_
"""


def _source(name: str, archive: Archive, mel: Mel) -> str:
    upper = name.upper()
    return f"""\
// {MARK}. Do not edit.
#include "{name}_listen.h"
#include <string.h>

{_factors(archive, upper)}

static int8_t window[{upper}_INPUT_BYTES];  // the newest frames, the oldest first: the network's input
static uint16_t features[{upper}_CHANNELS_OF_FRAME];
static uint16_t frames, waiting;  // in the window; frames until the next answer

void {name}_listen_reset(void) {{
  nas_front_end_reset(&{name}_front_end, &{name}_front_end_state);
  frames = 0;
  waiting = {upper}_FRAMES;
}}

// Puts a frame behind the others.
static void add_frame(void) {{
  int8_t *to = window + frames * {upper}_CHANNELS_OF_FRAME;
  if (frames == {upper}_FRAMES) {{
    memmove(window, window + {upper}_CHANNELS_OF_FRAME, sizeof(window) - {upper}_CHANNELS_OF_FRAME);
    to -= {upper}_CHANNELS_OF_FRAME;
  }} else {{
    ++frames;
  }}
  for (int i = 0; i < {upper}_CHANNELS_OF_FRAME; ++i) {{
    const int64_t value = (features[i] * mul[i % {upper}_CHANNELS] + add[i % {upper}_CHANNELS]) >> {_SHIFT};
    to[i] = (int8_t)(value < -128 ? -128 : value > 127 ? 127 : value);
  }}
}}

size_t {name}_process_samples(const int16_t *samples, size_t count, int8_t *output, int *answered) {{
  size_t taken = 0;
  *answered = 0;
  while (taken < count && !*answered) {{
    taken += nas_front_end_take(&{name}_front_end, &{name}_front_end_state, samples + taken, count - taken);
    if (!nas_front_end_frame(&{name}_front_end, &{name}_front_end_state, features)) continue;
    add_frame();
    if (--waiting > 0) continue;
    waiting = {upper}_HOP_FRAMES;
    {name}_invoke(window, output);
    *answered = 1;
  }}
  return taken;
}}

{_self_test(name, archive, mel)}"""


def _factors(archive: Archive, upper: str) -> str:
    mul, add = factors(archive)
    return f"""\
// A feature becomes the network's input by (feature * mul + add) >> {_SHIFT}.
static const int64_t mul[{upper}_CHANNELS] = {{
{rows((f"{value}LL" for value in mul), 6)}
}};
static const int64_t add[{upper}_CHANNELS] = {{
{rows((f"{value}LL" for value in add), 6)}
}};"""


def _self_test(name: str, archive: Archive, mel: Mel) -> str:
    """Return the function that hears noise whose answer is known."""
    upper = name.upper()
    samples, expected = archive.record.architecture["input_shape"][0], _expected(archive, mel)
    checked = f"static const int8_t expected[{upper}_OUTPUT_BYTES] = {{\n{rows(map(str, expected or []), 16)}\n}};\n"
    compare = "if (output[i] != expected[i]) right = 0;"
    return f"""\
{checked if expected else ""}
int {name}_listen_self_test(int8_t *output) {{
  uint32_t state = 1;
  int right = 1, answered = 0;
  {name}_listen_reset();
  for (long i = 0; i < {samples}L && !answered; ++i) {{
    state = state * 1664525u + 1013904223u;
    const int16_t sample = (int16_t)((int32_t)(state >> 18) - 8192);
    {name}_process_samples(&sample, 1, output, &answered);
  }}
{f"  for (int i = 0; i < {upper}_OUTPUT_BYTES; ++i) {compare}" if expected else ""}
  {name}_listen_reset();
  return right && answered;
}}
"""
