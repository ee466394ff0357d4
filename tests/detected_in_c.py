"""The C that nas exports for a detector of anomalies behind a front-end, compiled for this computer and run on rows."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from nas.arrays import Array, Doubles

STRICT = ["-std=c99", "-Wall", "-Wextra", "-Wconversion", "-Wpedantic", "-Werror", "-O2"]
_PROGRAM = """
#include <stdio.h>
{head}
int main(void) {{
  static {value} values[{steps} * {channels}];
{begin}
  while (fread(values, sizeof values, 1, stdin) == 1) {{
    int answers = 0;
    {reset}();
    for (size_t step = 0; step < {steps}; ++step) {{
      int16_t samples[{channels}];
      for (size_t c = 0; c < {channels}; ++c) samples[c] = {sample};
{take}
    }}
    if (answers != 1) return 5;
    printf("%lld %.9g %d\\n", (long long)watch_steps({given}), (double)watch_score({given}), watch_is_anomaly({given}));
  }}
  return 0;
}}
"""
_NETWORK = {
    "head": '#include "watch_listen.h"',
    "begin": "  static int8_t output[WATCH_OUTPUT_BYTES];\n  if (!watch_listen_self_test(output)) return 3;",
    "reset": "watch_listen_reset",
    "take": "      int answered;\n"
    "      if (watch_process_samples(samples, 1, output, &answered) != 1) return 4;\n"
    "      answers += answered;",
    "given": "watch_listen_input(), output",
}
_SIMPLE_OF_WINDOWS = {
    "head": '#include "watch.h"\n#include "watch_front_end.h"',
    "begin": "  static int8_t input[WATCH_INPUT_BYTES];",
    "reset": "watch_front_end_reset",
    "take": "      if (watch_front_end_take(samples, 1) != 1) return 4;\n"
    "      answers += watch_front_end_input(input);",
    "given": "input",
}
_SIMPLE_OF_SOUND = {
    "head": '#include "watch_listen.h"',
    "begin": "  const int8_t *input = NULL;",
    "reset": "watch_listen_reset",
    "take": "      if (watch_hear(samples, 1, &input) != 1) return 4;\n      answers += input != NULL;",
    "given": "input",
}


def detected_in_c(folder: Path, rows: Array, *, simple: bool = False) -> Doubles:
    """Return whole number, score and decision of each row [rows, 3], which is given sample by sample.

    Args:
        folder: with the sources of the format `c`, exported under the name `watch`.
        rows: windows of sensors [n, steps, channels], floats, or of sound [n, samples, 1], int16.
        simple: whether the sources are those of a simple detector, which stands in place of the network.

    Raises:
        AssertionError: the compiler or the linker says something.
        subprocess.CalledProcessError: the self-test fails, or a row has not just one answer.
    """
    is_sound = rows.dtype == np.int16
    texts = (_SIMPLE_OF_SOUND if is_sound else _SIMPLE_OF_WINDOWS) if simple else _NETWORK
    place = f"values[step * {rows.shape[2]} + c]"
    sample, value = (place, "int16_t") if is_sound else (f"watch_sample({place}, c)", "float")
    (folder / "program.c").write_text(
        _PROGRAM.format(**texts, value=value, sample=sample, steps=rows.shape[1], channels=rows.shape[2])
    )
    program = built(folder, "program.c")
    given = rows if is_sound else rows.astype(np.float32)
    ended = subprocess.run([program], input=given.tobytes(), capture_output=True, check=True)
    return np.array([line.split() for line in ended.stdout.splitlines()], np.float64)


def built(folder: Path, main: str) -> Path:
    """Compile a main file and all sources in a folder but other main files; return the program."""
    if shutil.which("gcc") is None:
        pytest.skip("no gcc to compile with")
    mains = ("_main.c", "program.c")
    sources = [file.name for file in sorted(folder.glob("*.c")) if not file.name.endswith(mains)]
    command = ["gcc", *STRICT, main, *sources, "-lm", "-o", "program"]
    said = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert said.stderr == ""
    return folder / "program"
