"""A simple detector of anomalies as plain C, in place of the network that it stood beside: a header and a source."""

import math

from nas.data.fixed_detectors import Alarm
from nas.exporters.c_code import flash_macros, value_scaling
from nas.exporters.c_text import comment, number, symbol
from nas.exporters.format import MARK, Files
from nas.exporters.front_ends.beside_model import about_front_end, front_end_files
from nas.exporters.front_ends.hearing import has_front_end, hearing_of, windows_of
from nas.exporters.markdown import escape, table
from nas.exporters.model_input import rows_given
from nas.exporters.simple_detector_code import code_of, longest_table
from nas.study.archive import Archive
from nas.target.plain_c.near_flash import refusal, too_long


def simple_detector_files(archive: Archive, alarm: Alarm) -> Files:
    """Return the files of a detector of the rows that an archive's model reads, or of the features of its front-end.

    They are `<name>.h`, `<name>.c` and `<name>_README.md`, and those of the front-end.

    Raises:
        InputError: the front-end cannot be written as C.
    """
    name = symbol(archive.name)
    hearing_of(archive)  # raises
    return {
        **front_end_files(archive, name, name, f"{name}.h"),
        f"{name}.h": _header(name, archive, alarm),
        f"{name}.c": _source(name, alarm),
        f"{name}_README.md": _readme(name, archive, alarm),
    }


def _header(name: str, archive: Archive, alarm: Alarm) -> str:
    upper, share = name.upper(), 100 * alarm.false_alarm_rate
    shape = archive.input_shape
    constants = {
        "INPUT_BYTES": str(math.prod(shape)),
        "INPUT_SHAPE": "{" + ", ".join(map(str, shape)) + "}",
        "CHANNELS": str(shape[-1]),
        "SCORE_SCALE": number(alarm.detector.score_scale),
        "THRESHOLD": f"{alarm.threshold}LL",
    }
    written = "as its front-end writes them"
    scaling = ""
    if not has_front_end(archive):
        written, scaling = f"quantized by {name}_quantize_all", value_scaling(name, archive, "INPUT_BYTES")
    defines = "\n".join(f"#define {upper}_{key} {value}" for key, value in constants.items())
    return f"""\
// A detector of anomalies in plain C: {comment(alarm.title)}. {MARK}. Do not edit.
#ifndef {upper}_H_
#define {upper}_H_

#include <math.h>
#include <stddef.h>
#include <stdint.h>

{defines}

#ifdef __cplusplus
extern "C" {{
#endif

// Returns how far an input of {upper}_INPUT_BYTES values, {written}, is from the normal training
// rows, in whole numbers: the squared distance, times 1 / SCORE_SCALE.
int64_t {name}_steps(const int8_t *input);

#ifdef __cplusplus
}}
#endif

// Returns the score of an input: the higher, the less like the normal training rows.
static inline float {name}_score(const int8_t *input) {{ return (float){name}_steps(input) * {upper}_SCORE_SCALE; }}

// Returns 1 if an input is an anomaly, else 0. By the threshold, {share:g} % of normal ones are one.
static inline int {name}_is_anomaly(const int8_t *input) {{ return {name}_steps(input) > {upper}_THRESHOLD; }}

{flash_macros(upper)}{scaling}#endif  // {upper}_H_
"""


def _source(name: str, alarm: Alarm) -> str:
    refused = refusal(too_long(longest_table(alarm.detector)))
    return f"""\
// {comment(alarm.title)}, of {alarm.detector.bytes:,} bytes. {MARK}. Do not edit.
#include "{name}.h"

{refused}{chr(10) * 2 * bool(refused)}#if defined(__AVR__)
#define BYTE(value) ((int8_t)pgm_read_byte(&(value)))
#define WORD(value) pgm_read_word(&(value))
#else
#define BYTE(value) (value)
#define WORD(value) (value)
#endif

{code_of(alarm.detector, name)}"""


def _readme(name: str, archive: Archive, alarm: Alarm) -> str:
    own = {f"{name}.c, {name}.h": "the detector"}
    return f"""\
# {escape(archive.name)}: {escape(alarm.title)}, in plain C

A simple detector of anomalies that stood beside the network of this study, in whole numbers:
{alarm.detector.bytes:,} bytes of tables, no heap, no library but C's own. {MARK}; not tried on a board.

These are all of it; copy them into your project:

{table(("file", "what it is"), {**own, **about_front_end(archive, name)}.items(), text=2)}

```c
{_use(name, archive)}
```

The score is the squared distance from the normal training rows, in scaled units. By the threshold, which is from normal
validation rows, {100 * alarm.false_alarm_rate:g} % of normal inputs are an anomaly.

## What it is given

{rows_given(archive, f"{name}.h")}
"""


def _use(name: str, archive: Archive) -> str:
    """Return the lines of C that decide on values, or on samples as they come."""
    upper = name.upper()
    buffer = f"static int8_t input[{upper}_INPUT_BYTES];"
    if windows_of(archive) is not None:
        return f"""\
{buffer}

{name}_front_end_reset();  // once

{name}_front_end_take(samples, 1);  // of a step in time: {name}_sample(value, channel) for each channel
if ({name}_front_end_input(input) && {name}_is_anomaly(input)) alarm({name}_score(input));"""
    if has_front_end(archive):
        return f"""\
const int8_t *input;

{name}_listen_reset();  // once

taken = {name}_hear(samples, count, &input);  // of a microphone; give those that were not taken again
if (input != NULL && {name}_is_anomaly(input)) alarm({name}_score(input));"""
    return f"""\
{buffer}

{name}_quantize_all(raw, input);  // raw: {upper}_INPUT_BYTES values in the units of the training data
if ({name}_is_anomaly(input)) alarm({name}_score(input));"""
