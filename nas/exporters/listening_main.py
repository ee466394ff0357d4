"""The program, and the sound of the self-test, that lie beside a model with a front-end in C."""

import numpy as np

from nas.arrays import Array
from nas.exporters.format import MARK
from nas.signal.mel import Mel


def main_text(name: str, mel: Mel) -> str:
    """Return a program that listens to its standard input."""
    upper = name.upper()
    return f"""\
// Listens to samples of 16 bits at {mel.sample_rate_hz} Hz on the standard input, and prints answers. {MARK},
// and yours to change.
//
//     gcc -O2 {name}_listen_main.c {name}_listen.c {name}_front_end.c front_end.c {name}.c -lm -o listen
//     ffmpeg -i sound.wav -ar {mel.sample_rate_hz} -ac 1 -f s16le - | ./listen
#include <stdio.h>

#include "{name}_listen.h"

int main(void) {{
  static const char *const names[] = {upper}_CLASS_NAMES;
  static int16_t samples[{upper}_STEP_SAMPLES];
  int8_t output[{upper}_OUTPUT_BYTES];
  double heard = 0;
  if (!{name}_listen_self_test(output)) return puts("self-test: wrong answer"), 1;
  for (size_t count; (count = fread(samples, sizeof(int16_t), {upper}_STEP_SAMPLES, stdin)) > 0;) {{
    for (size_t at = 0; at < count;) {{
      int answered, best = 0;
      const size_t taken = {name}_process_samples(samples + at, count - at, output, &answered);
      at += taken, heard += (double)taken;
      if (!answered) continue;
      for (int i = 1; i < {upper}_OUTPUT_BYTES; ++i) best = output[i] > output[best] ? i : best;
      printf("%.2f s: %s\\n", heard / {mel.sample_rate_hz}, names[best]);
    }}
  }}
  return 0;
}}
"""


def noise(samples: int) -> Array:
    """Return the samples of the self-test, which C makes by the same generator."""
    state, made = 1, np.empty(samples, np.int16)
    for i in range(samples):
        state = (state * 1664525 + 1013904223) % 2**32
        made[i] = (state >> 18) - 8192
    return made
