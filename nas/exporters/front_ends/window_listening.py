"""Front-end of windows and network as one C function: samples of sensors in, an answer out, window by window."""

from nas.exporters.c_text import rows
from nas.exporters.format import MARK
from nas.exporters.front_ends.compared_input import declared, defined
from nas.exporters.front_ends.window import window_front_end_of
from nas.exporters.front_ends.window_input import noise_example, noise_units
from nas.exporters.front_ends.window_program import window_main, window_readme
from nas.signal.window_front_end import WindowFrontEnd
from nas.study.archive import Archive


def window_listening_files(name: str, archive: Archive, front_end: WindowFrontEnd) -> dict[str, str]:
    """Return the files of a model behind a front-end of windows, by name."""
    return {
        **window_front_end_of(name, archive, front_end),
        f"{name}_listen.h": _header(name, archive),
        f"{name}_listen.c": _source(name, archive, front_end),
        f"{name}_listen_main.c": window_main(name, archive, front_end),
        f"{name}_README.md": window_readme(name, archive, front_end),
    }


def _header(name: str, archive: Archive) -> str:
    upper = name.upper()
    return f"""\
// Samples of sensors in, answers of {name} out. {MARK}. Do not edit.
#ifndef {upper}_LISTEN_H_
#define {upper}_LISTEN_H_

#include "{name}.h"
#include "{name}_front_end.h"

#ifdef __cplusplus
extern "C" {{
#endif

// Forgets all samples; call it once before the first.
void {name}_listen_reset(void);

// Takes samples of `steps` steps in time, {upper}_WINDOW_CHANNELS each, until all are taken or there is an answer.
// Returns of how many steps, and in `answered` whether `output`, {upper}_OUTPUT_BYTES values, is a new answer. Windows
// begin {upper}_HOP_STEPS steps apart. `{name}_sample` makes a sample of a value in units.
size_t {name}_process_samples(const int16_t *samples, size_t steps, int8_t *output, int *answered);
{declared(name, archive)}
// Checks front-end and network on this board, from samples to the answer; `output` is used. Returns 1 if all is right.
int {name}_listen_self_test(int8_t *output);

#ifdef __cplusplus
}}
#endif

#endif  // {upper}_LISTEN_H_
"""


def _source(name: str, archive: Archive, front_end: WindowFrontEnd) -> str:
    upper = name.upper()
    return f"""\
// {MARK}. Do not edit.
#include "{name}_listen.h"

#include "flash.h"

static int8_t input[{upper}_INPUT_BYTES];

void {name}_listen_reset(void) {{ {name}_front_end_reset(); }}

size_t {name}_process_samples(const int16_t *samples, size_t steps, int8_t *output, int *answered) {{
  const size_t taken = {name}_front_end_take(samples, steps);
  *answered = {name}_front_end_input(input);
  if (*answered) {name}_invoke(input, output);
  return taken;
}}
{defined(name, archive, "input")}
{_self_test(name, archive, front_end)}"""


def _self_test(name: str, archive: Archive, front_end: WindowFrontEnd) -> str:
    """Return the function that takes noise whose answer is known, as values in units."""
    upper, expected = name.upper(), rows(map(str, noise_example(archive, front_end).output), 16)
    return f"""\
static const NAS_FLASH int8_t expected[{upper}_OUTPUT_BYTES] = {{
{expected}
}};

int {name}_listen_self_test(int8_t *output) {{
  static const NAS_FLASH float units[{upper}_WINDOW_CHANNELS] = {{{noise_units(front_end)}}};  // of a sample
  uint32_t state = 1;
  int right = 1, answered = 0;
  {name}_listen_reset();
  for (long i = 0; i < {upper}_WINDOW_STEPS; ++i) {{
    int16_t samples[{upper}_WINDOW_CHANNELS];
    for (size_t channel = 0; channel < {upper}_WINDOW_CHANNELS; ++channel) {{
      state = state * 1664525u + 1013904223u;
      samples[channel] = {name}_sample((float)((int32_t)(state >> 18) - 8192) * units[channel], channel);
    }}
    {name}_process_samples(samples, 1, output, &answered);
  }}
  for (int i = 0; i < {upper}_OUTPUT_BYTES; ++i) right = right && output[i] == expected[i];
  {name}_listen_reset();
  return right && answered;
}}
"""
