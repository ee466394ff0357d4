"""The C that nas exports for a model of sound, compiled for this computer and run on clips."""

import subprocess
from pathlib import Path

import numpy as np

from nas.arrays import Array

STRICT = ["-std=c99", "-Wall", "-Wextra", "-Wconversion", "-Wpedantic", "-Werror", "-O2"]
_EXAMPLE = "_listen_main.c"
_PROGRAM = """
#include <stdio.h>
#include "hears_listen.h"
int main(void) {
  static int16_t samples[SAMPLES];
  int8_t output[HEARS_OUTPUT_BYTES];
  if (!hears_listen_self_test(output)) return 3;
  while (fread(samples, sizeof(int16_t), SAMPLES, stdin) == SAMPLES) {
    int answered = 0;
    hears_listen_reset();
    for (size_t at = 0, piece = 1; at < SAMPLES; at += piece, piece = piece * 3 % 701 + 1) {
      if (piece > SAMPLES - at) piece = SAMPLES - at;
      for (size_t taken = 0; taken < piece;) {
        int is_new;
        taken += hears_process_samples(samples + at + taken, piece - taken, output, &is_new);
        answered += is_new;
      }
    }
    if (answered != 1) return 4;
    fwrite(output, 1, sizeof output, stdout);
  }
  return 0;
}
"""


def heard_in_c(folder: Path, clips: Array) -> Array:
    """Return the int8 outputs [clips, outputs] for clips [clips, samples], given in pieces of uneven length.

    Args:
        folder: with the sources of the format `c`, exported under the name `hears`.
        clips: int16, each as long as a window.

    Raises:
        AssertionError: the compiler or the linker says something.
        subprocess.CalledProcessError: the self-test fails, or a clip has not just one answer.
    """
    (folder / "program.c").write_text(_PROGRAM)
    sources = [file.name for file in sorted(folder.glob("*.c")) if not file.name.endswith(_EXAMPLE)]
    command = ["gcc", *STRICT, f"-DSAMPLES={clips.shape[1]}", *sources, "-lm", "-o", "program"]
    built = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert built.stderr == ""
    ended = subprocess.run([folder / "program"], input=clips.tobytes(), capture_output=True, check=True)
    return np.frombuffer(ended.stdout, np.int8).reshape(len(clips), -1)
