"""What the files of plain C hold for a network that runs hop by hop: sizes, functions, check, program and README."""

from nas.exporters.answers.answers import answers_of
from nas.exporters.c_beside import check_scaling, check_text, parts_of
from nas.exporters.format import MARK
from nas.exporters.input_scaling import raw_values
from nas.exporters.markdown import escape, table
from nas.exporters.model_input import model_input
from nas.study.archive import Archive
from nas.target.plain_c.model import Network
from nas.target.plain_c.streaming import Stream


def stream_sizes(network: Network, stream: Stream) -> dict[str, int]:
    """Return the macros of a hop, without the prefix."""
    (source,) = network.inputs
    return {
        "HOP": stream.hop,
        "HOP_BYTES": source.size // stream.window * stream.hop,
        "WINDOW_PUSHES": stream.pushes,
    }


def stream_functions(name: str, stream: Stream) -> str:
    """Return the declarations of the header."""
    upper = name.upper()
    return f"""\
// Forgets all rows; call it once before the first.
void {name}_stream_reset(void);

// Takes the next {upper}_HOP rows of the input, {upper}_HOP_BYTES values, and computes what is new. Returns 1 once a
// window of {stream.window} rows is full, which takes {upper}_WINDOW_PUSHES calls: the output is then that of the
// newest window, to the bit. Before, it means nothing. It must not overlap the rows. Not reentrant: calls share the
// static RAM.
int {name}_push(const int8_t *input, int8_t *output);
"""


def stream_check(name: str, archive: Archive, *, scales: bool) -> str:
    """Return `<name>_check.h`; only of an archive with an example."""
    upper = name.upper()
    assert archive.example is not None
    run = f"""\
  // What comes before 0 has left the window at its end.
  long at = (long){upper}_INPUT_BYTES - (long){upper}_WINDOW_PUSHES * {upper}_HOP_BYTES;
  {name}_stream_reset();
  for (int answered = 0; !answered;) {{
    for (size_t i = 0; i < {upper}_HOP_BYTES; ++i, ++at) {{
      input[i] = 0;
      if (at >= 0) input[i] = {upper}_CHECKED({name}_check_input[at]);
{check_scaling(name, 6) if scales else ""}\
    }}
    answered = {name}_push(input, output);
  }}
  {name}_stream_reset();
"""
    return check_text(name, archive.example, scales=scales, run=run, given=f"{upper}_HOP_BYTES")


def beside_stream(name: str, archive: Archive, stream: Stream) -> dict[str, str]:
    """Return what lies beside the network; without an example there is no check."""
    check = {}
    if archive.example is not None:
        check[f"{name}_check.h"] = stream_check(name, archive, scales=archive.is_scaled)
    return {**check, f"{name}_main.c": _main(name, archive), f"{name}_README.md": _readme(name, archive, stream)}


def _main(name: str, archive: Archive) -> str:
    """Return a program that checks the network and answers for a window, hop by hop."""
    upper, checked, answers = name.upper(), archive.example is not None, answers_of(archive)
    test = f'  if (!{name}_self_test(input, output)) return puts("self-test: wrong answer"), 1;\n' if checked else ""
    said = '  puts("self-test: passed");\n' if checked else ""
    return f"""\
// Checks the network, then {answers.does} an input. {MARK}, and yours to change: remove this sentence,
// and `nas export` will not write over your changes without --force.
#include <stdio.h>

#include "{name}{"_check" * checked}.h"

static int8_t input[{upper}_HOP_BYTES], output[{upper}_OUTPUT_BYTES];
static float raw[{upper}_HOP_BYTES];  // the rows of a hop, {raw_values(archive)}, channels last

int main(void) {{
  static const char *const names[] = {upper}_{answers.names.upper()};
{test}{said}\
  {name}_stream_reset();
  for (int answered = 0; !answered;) {{
    // Fill raw from the sensor here.
    {name}_quantize_all(raw, input);
    answered = {name}_push(input, output);
  }}
{answers.printed(name)}  return 0;
}}
"""


def _readme(name: str, archive: Archive, stream: Stream) -> str:
    upper, answers = name.upper(), answers_of(archive)
    files = {f"{name}.c, {name}.h": f"{parts_of(archive)}: copy these into your project"}
    if archive.example is not None:
        files[f"{name}_check.h"] = f"an input and its right output, and {name}_self_test"
    files[f"{name}_main.c"] = "a program that shows how to use them: not for a project that has a main"
    return f"""\
# {escape(archive.name)} in plain C, hop by hop

Two files are the network, without a runtime, a heap or a library but C's own. {MARK}; not tried on a board.

{table(("file", "what it is"), files.items(), text=2)}

## Try it on this computer

    gcc -O2 {name}_main.c {name}.c -lm -o {name}
    ./{name}

It prints {"`self-test: passed` and " * (archive.example is not None)}{answers.shows} of an input of zeros.

## On a board

Call `{name}_stream_reset()` once. Then give `{name}_push(input, output)` each {stream.hop} new rows of the input
({upper}_HOP rows, {upper}_HOP_BYTES values) as they come: `{name}_quantize_all(raw, input)` makes them of values.
Only what these rows change is computed. Once {stream.window} rows have come, it returns 1 after each hop, and the
output is that of the newest {stream.window}, to the bit.

    arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -O2 -c {name}.c
    avr-gcc -mmcu=atmega328p -Os -c {name}.c

What a program does not use of the headers takes no flash (from `-O1` on). The static RAM of the network is
{upper}_RAM_BYTES; the rows and the output are yours.

## What the network is given

{model_input(archive, f"{name}.h")}
"""
