"""A model with a front-end in plain C: samples in, answers out, with a program and a README of their own."""

from nas.exporters.answers.answers import answers_of
from nas.exporters.c_beside import check_text
from nas.exporters.c_streaming import stream_check
from nas.exporters.format import MARK
from nas.exporters.front_ends.compared_input import described
from nas.exporters.front_ends.hearing import Hearing
from nas.exporters.front_ends.mel import compiled
from nas.exporters.front_ends.mel_joined import joined
from nas.exporters.front_ends.mel_listening import Names, about_listening, listening_files
from nas.exporters.markdown import escape, table
from nas.exporters.model_input import model_input
from nas.study.archive import Archive


def plain_c_listening(name: str, archive: Archive, hearing: Hearing) -> dict[str, str]:
    """Return the files beside the network's own, by name; the archive's example is what is heard of noise."""
    files = listening_files(Names(name, name, f"{name}.h"), archive, hearing, joined(name, archive, hearing))
    assert archive.example is not None
    whole = hearing.stream is None
    check = check_text(name, archive.example, scales=False) if whole else stream_check(name, archive, scales=False)
    return {
        **files,
        f"{name}_check.h": check,
        f"{name}_listen_main.c": _main(name, archive, hearing),
        f"{name}_README.md": _readme(name, archive, hearing),
    }


def _sources(name: str, hearing: Hearing) -> str:
    return " ".join((f"{name}_listen.c", *compiled(name, hearing.mel), f"{name}.c"))


def _commands(name: str, hearing: Hearing, program: str) -> tuple[str, str]:
    """Return the command that builds the program, and the one that lets it hear a file."""
    return (
        f"gcc -O2 {name}_listen_main.c {_sources(name, hearing)} -lm -o {program}",
        f"ffmpeg -i sound.wav -ar {hearing.rate_hz} -ac 1 -f s16le - | ./{program}",
    )


def _main(name: str, archive: Archive, hearing: Hearing) -> str:
    """Return a program that listens to its standard input."""
    upper, answers = name.upper(), answers_of(archive)
    build, run = _commands(name, hearing, "listen")
    return f"""\
// Listens to samples of 16 bits at {hearing.rate_hz} Hz on the standard input, and prints answers. {MARK},
// and yours to change: remove this sentence, and `nas export` will not write over your changes without --force.
//
//     {build}
//     {run}
#include <stdio.h>

#include "{name}_listen.h"

static const char *const names[] = {upper}_{answers.names.upper()};

static void print_answer(double seconds, const int8_t *output) {{
{answers.printed_at(name, "%.2f s", "seconds")}}}

int main(void) {{
  static int16_t samples[{upper}_STEP_SAMPLES];
  static int8_t output[{upper}_OUTPUT_BYTES];
  double heard = 0;
  if (!{name}_listen_self_test(output)) return puts("self-test: wrong answer"), 1;
  for (size_t count; (count = fread(samples, sizeof(int16_t), {upper}_STEP_SAMPLES, stdin)) > 0;) {{
    for (size_t at = 0; at < count;) {{
      int answered;
      const size_t taken = {name}_process_samples(samples + at, count - at, output, &answered);
      at += taken, heard += (double)taken;
      if (answered) print_answer(heard / {hearing.rate_hz}, output);
    }}
  }}
  return 0;
}}
"""


def _hops(upper: str, hearing: Hearing) -> str:
    if hearing.stream is None:
        more = "a build that defines this\nmacro gets more or fewer answers."
        return f"It computes each frame once and answers every {upper}_HOP_FRAMES frames; {more}"
    return (
        f"It computes each frame once, of the network only what it changes, and\n"
        f"answers every {upper}_HOP_FRAMES frames for the newest {upper}_FRAMES."
    )


def _readme(name: str, archive: Archive, hearing: Hearing) -> str:
    upper, are = name.upper(), answers_of(archive).are
    files = {
        f"{name}.c, {name}.h": f"the network and the names of its {are}",
        **about_listening(name, hearing),
        f"{name}_check.h": "the features of a noise and the right output, and the checks of both",
        f"{name}_listen_main.c": "a program that listens to its standard input: not for a project that has a main",
    }
    build, run = _commands(name, hearing, name)
    return f"""\
# {escape(archive.name)} in plain C, from sound to answers

Front-end and network, without a runtime, a heap or a library but C's own. {MARK}; not tried on a board.

{table(("file", "what it is"), files.items(), text=2)}

## Try it on this computer

    {build}
    {run}

It first checks itself, from samples to the answer, then prints when it heard what.

## On a board

Copy all but the program into the project, and compile these sources:

    arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -O2 -c {_sources(name, hearing)}

Call `{name}_listen_reset()` once, and give `{name}_process_samples` what comes from the microphone, in pieces of
any length. {_hops(upper, hearing)} The self-test is `{name}_listen_self_test`.
{described(name, archive)}
## What it is given

{model_input(archive, f"{name}.h")}
"""
