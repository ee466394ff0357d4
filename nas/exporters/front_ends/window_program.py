"""What lies beside a model with a front-end of windows in plain C: a program and a README."""

from nas.exporters.answers.answers import answers_of
from nas.exporters.format import MARK
from nas.exporters.front_ends.compared_input import described
from nas.exporters.front_ends.window import about_windows, compiled
from nas.exporters.markdown import escape, table
from nas.exporters.model_input import model_input
from nas.signal.window_front_end import WindowFrontEnd
from nas.study.archive import Archive


def _build(name: str, front_end: WindowFrontEnd, program: str) -> str:
    """Return the command that builds the program."""
    own = " ".join(compiled(name, front_end))
    return f"gcc -O2 {name}_listen_main.c {name}_listen.c {own} {name}.c -lm -o {program}"


def window_main(name: str, archive: Archive, front_end: WindowFrontEnd) -> str:
    """Return a program that reads values from its standard input."""
    upper, rate_hz = name.upper(), archive.sample_rate_hz
    time, unit = (f"(double)step / {rate_hz:g}", "s") if rate_hz else ("(double)step", "steps")
    return f"""\
// Reads values in the units of the training data from the standard input, a step in time a line, and prints answers.
// {MARK}, and yours to change: remove this sentence, and `nas export` will not write over your changes
// without --force.
//
//     {_build(name, front_end, "listen")}
//     ./listen < recording.txt
#include <stdio.h>

#include "{name}_listen.h"

static const char *const names[] = {upper}_{answers_of(archive).names.upper()};

static void print_answer(double time, const int8_t *output) {{
{answers_of(archive).printed_at(name, f"%.2f {unit}", "time")}}}

int main(void) {{
  int16_t samples[{upper}_WINDOW_CHANNELS];
  static int8_t output[{upper}_OUTPUT_BYTES];
  float value;
  if (!{name}_listen_self_test(output)) return puts("self-test: wrong answer"), 1;
  for (long i = 0; scanf("%f%*[,; \\t]", &value) == 1; ++i) {{
    const size_t channel = (size_t)(i % {upper}_WINDOW_CHANNELS);
    const long step = i / {upper}_WINDOW_CHANNELS + 1;
    int answered = 0;
    samples[channel] = {name}_sample(value, channel);
    if (channel + 1 == {upper}_WINDOW_CHANNELS) {name}_process_samples(samples, 1, output, &answered);
    if (answered) print_answer({time}, output);
  }}
  return 0;
}}
"""


def window_readme(name: str, archive: Archive, front_end: WindowFrontEnd) -> str:
    """Return what the files are, and how to use them."""
    upper, are = name.upper(), answers_of(archive).are
    files = {
        f"{name}.c, {name}.h": f"the network and the names of its {are}",
        f"{name}_listen.c, {name}_listen.h": "samples of sensors in, answers out",
        **about_windows(name, front_end),
        f"{name}_listen_main.c": "a program that reads its standard input: not for a project that has a main",
    }
    steps, channels = archive.row_shape
    return f"""\
# {escape(archive.name)} in plain C, from sensors to answers

Front-end and network, without a runtime, a heap or a library but C's own. {MARK}; not tried on a board.

{table(("file", "what it is"), files.items(), text=2)}

## Try it on this computer

    {_build(name, front_end, name)}
    ./{name} < recording.txt

It first checks itself, from values to the answer, then reads lines of {channels} numbers and prints answers.

## On a board

Copy all but the program into the project. Call `{name}_listen_reset()` once. Make a sample of each value by
`{name}_sample(value, channel)`, and give `{name}_process_samples` the {channels} samples of a step in
time as they come. It answers for the newest {steps} steps, every {upper}_HOP_STEPS steps; a build that
defines this macro gets more or fewer answers. The self-test is `{name}_listen_self_test`.
{described(name, archive)}
## What it is given

{model_input(archive, f"{name}.h")}
"""
