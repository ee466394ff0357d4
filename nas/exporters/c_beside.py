"""What lies beside the network in plain C, to use it alone: a check with a known answer, a program, and a README."""

from nas.exporters.answers.answers import answers_of
from nas.exporters.c_text import rows
from nas.exporters.camera import about_camera
from nas.exporters.format import MARK
from nas.exporters.input_scaling import raw_values
from nas.exporters.markdown import escape
from nas.exporters.model_input import model_input
from nas.study.archive import Archive, Example


def beside(name: str, archive: Archive) -> dict[str, str]:
    """Return `<name>_check.h`, `<name>_main.c` and `<name>_README.md`; without an example there is no check."""
    check = {}
    if archive.example is not None:
        check[f"{name}_check.h"] = check_text(name, archive.example, scales=archive.is_scaled)
    return {**check, f"{name}_main.c": _main(name, archive), f"{name}_README.md": _readme(name, archive)}


def check_text(name: str, example: Example, *, scales: bool, run: str = "", given: str = "") -> str:
    """Return `<name>_check.h`.

    Args:
        name: what names begin with.
        example: what is checked.
        scales: whether the scaling of raw values is checked too.
        run: the lines that compute the output; by default from the whole input at once.
        given: the size of the buffer of the input that they need.
    """
    upper = name.upper()
    given = given or f"{upper}_INPUT_BYTES"
    return f"""\
// An input of {name} and its right output. The input is noise. {MARK}. Do not edit.
#ifndef {upper}_CHECK_H_
#define {upper}_CHECK_H_

#include <stdbool.h>

#include "{name}.h"

#if defined(__AVR__)
#define {upper}_CHECKED(value) ((int8_t)pgm_read_byte(&(value)))
#else
#define {upper}_CHECKED(value) (value)
#endif

static const int8_t {name}_check_input[{upper}_INPUT_BYTES] {upper}_FLASH = {{
{rows(map(str, example.input), 16)}
}};
static const int8_t {name}_check_output[{upper}_OUTPUT_BYTES] {upper}_FLASH = {{
{rows(map(str, example.output), 16)}
}};

// Checks {"scaling and " * scales}network on this board, in the program's own buffers: {given} and
// {upper}_OUTPUT_BYTES. True: all is right. A difference of 1 comes from rounding.
static inline bool {name}_self_test(int8_t *input, int8_t *output) {{
{run or _whole(name, scales=scales)}\
  for (size_t i = 0; i < {upper}_OUTPUT_BYTES; ++i) {{
    const int difference = output[i] - {upper}_CHECKED({name}_check_output[i]);
    if (difference < -1 || difference > 1) return false;
  }}
  return true;
}}

#endif  // {upper}_CHECK_H_
"""


def _whole(name: str, *, scales: bool) -> str:
    upper = name.upper()
    return f"""\
  for (size_t i = 0; i < {upper}_INPUT_BYTES; ++i) {{
    input[i] = {upper}_CHECKED({name}_check_input[i]);
{check_scaling(name) if scales else ""}\
  }}
  {name}_invoke(input, output);
"""


def check_scaling(name: str, indent: int = 4) -> str:
    """Return the lines that check how `input[i]` is made of a raw value."""
    upper = name.upper()
    mul, add = (f"{upper}_FLOAT({name}_input_{which}[channel])" for which in ("mul", "add"))
    lines = f"""\
const size_t channel = i % {upper}_CHANNELS;
const float raw = ((float)input[i] - {add}) / {mul};
const int off = {name}_quantize(raw, channel) - input[i];
if (off < -1 || off > 1) return false;
"""
    return "".join(" " * indent + line for line in lines.splitlines(keepends=True))


def _main(name: str, archive: Archive) -> str:
    """Return a program that checks the network and answers for an input."""
    upper, checked, answers = name.upper(), archive.example is not None, answers_of(archive)
    test = f'  if (!{name}_self_test(input, output)) return puts("self-test: wrong answer"), 1;\n' if checked else ""
    said = '  puts("self-test: passed");\n' if checked else ""
    return f"""\
// Checks the network, then {answers.does} an input. {MARK}, and yours to change: remove this sentence,
// and `nas export` will not write over your changes without --force.
#include <stdio.h>

#include "{name}{"_check" * checked}.h"

static int8_t input[{upper}_{answers.row}], output[{upper}_OUTPUT_BYTES];
static float raw[{upper}_{answers.row}];  // one input, {raw_values(archive)}, channels last

int main(void) {{
  static const char *const names[] = {upper}_{answers.names.upper()};
{test}{said}\
  // Fill raw from the sensor here.
  {name}_quantize_all(raw, input);
  {name}_invoke(input, output);
{answers.printed(name)}  return 0;
}}
"""


def parts_of(archive: Archive) -> str:
    """Return what the two files of plain C hold, in words."""
    return f"the network,{' its scaling' * archive.is_scaled} and the names of its {answers_of(archive).are}"


def _readme(name: str, archive: Archive) -> str:
    upper, answers = name.upper(), answers_of(archive)
    check = f"| `{name}_check.h` | an input and its right output, and `{name}_self_test` |\n" if archive.example else ""
    camera = "".join(f"| `{file}` | {what} |\n" for file, what in about_camera(archive).items())
    does = "scales and quantizes them" if archive.is_scaled else "only quantizes them"
    units = (
        "in the units of the training data"
        if archive.is_scaled
        else "scaled as those that the model was trained with (it came without its scaling)"
    )
    return f"""\
# {escape(archive.name)} in plain C

Two files are the network, without a runtime, a heap or a library but C's own. {MARK}; not tried on a board.

| file | what it is |
|---|---|
| `{name}.c`, `{name}.h` | {parts_of(archive)}: copy these into your project |
{check}{camera}| `{name}_main.c` | a program that shows how to use them: not for a project that has a `main` |

## Try it on this computer

    gcc -O2 {name}_main.c {name}.c -lm -o {name}
    ./{name}

It prints {"`self-test: passed` and " * (archive.example is not None)}{answers.shows} of an input of zeros.

## On a board

In STM32CubeIDE, copy the first two files into `Core/Src` and `Core/Inc`; in the Arduino IDE, beside the sketch.
By hand:

    arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -O2 -c {name}.c
    avr-gcc -mmcu=atmega328p -Os -c {name}.c

Then do what `{name}_main.c` does. `{name}_quantize_all(raw, input)` takes values
{units}, and {does}. Where RAM is short, do without `raw`:
set `input[i] = {name}_quantize(value, i % {upper}_CHANNELS)` as each value comes.

What a program does not use of the headers takes no flash (from `-O1` on). The static RAM of the network is
{upper}_RAM_BYTES; the
input and the output are yours.

## What the network is given

{model_input(archive, f"{name}.h")}
"""
