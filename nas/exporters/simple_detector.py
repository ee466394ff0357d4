"""A simple detector of anomalies as plain C, in place of the network that it stood beside: a header and a source."""

import math
from functools import singledispatch

from nas.data.fixed_detectors import (
    AXIS_BITS,
    LEAST_BITS,
    MEAN_BITS,
    PLACE_BITS,
    Alarm,
    FixedGaussian,
    FixedKMeans,
)  # fmt: skip
from nas.exporters.c_code import flash_macros, value_scaling
from nas.exporters.c_text import comment, number, rows, symbol
from nas.exporters.format import MARK, Files
from nas.exporters.markdown import escape
from nas.exporters.model_input import rows_given
from nas.study.archive import Archive


def simple_detector_files(archive: Archive, alarm: Alarm) -> Files:
    """Return `<name>.h`, `<name>.c` and `<name>_README.md` of a detector of the rows that an archive's model reads."""
    name = symbol(archive.name)
    return {
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
        "THRESHOLD": f"INT64_C({alarm.threshold})",
    }
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

// Returns how far an input of {upper}_INPUT_BYTES values, quantized by {name}_quantize_all, is from the normal training
// rows, in whole numbers: the squared distance, times 1 / SCORE_SCALE.
int64_t {name}_steps(const int8_t *input);

#ifdef __cplusplus
}}
#endif

// Returns the score of an input: the higher, the less like the normal training rows.
static inline float {name}_score(const int8_t *input) {{ return (float){name}_steps(input) * {upper}_SCORE_SCALE; }}

// Returns 1 if an input is an anomaly, else 0. By the threshold, {share:g} % of normal ones are one.
static inline int {name}_is_anomaly(const int8_t *input) {{ return {name}_steps(input) > {upper}_THRESHOLD; }}

{flash_macros(upper)}{value_scaling(name, archive, "INPUT_BYTES")}#endif  // {upper}_H_
"""


def _source(name: str, alarm: Alarm) -> str:
    return f"""\
// {comment(alarm.title)}, of {alarm.detector.bytes:,} bytes. {MARK}. Do not edit.
#include "{name}.h"

#if defined(__AVR__)
#define BYTE(value) ((int8_t)pgm_read_byte(&(value)))
#define WORD(value) pgm_read_word(&(value))
#else
#define BYTE(value) (value)
#define WORD(value) (value)
#endif

{_code(alarm.detector, name)}"""


@singledispatch
def _code(detector: object, name: str) -> str:
    """Return the tables of a detector, and the function that computes its whole number."""
    raise NotImplementedError(type(detector).__name__)


@_code.register
def _(detector: FixedKMeans, name: str) -> str:
    upper, count = name.upper(), len(detector.centres)
    return f"""\
static const int8_t centres[{count}][{upper}_INPUT_BYTES] {upper}_FLASH = {{
{_table(detector.centres.tolist())}
}};

int64_t {name}_steps(const int8_t *input) {{
  uint32_t least = UINT32_MAX;
  for (size_t centre = 0; centre < {count}; ++centre) {{
    uint32_t sum = 0;
    for (size_t i = 0; i < {upper}_INPUT_BYTES; ++i) {{
      const int32_t step = (int32_t)input[i] - BYTE(centres[centre][i]);
      sum += (uint32_t)(step * step);
    }}
    least = sum < least ? sum : least;
  }}
  return least;
}}
"""


@_code.register
def _(detector: FixedGaussian, name: str) -> str:
    upper, count = name.upper(), len(detector.axes)
    return f"""\
// The mean in steps / {1 << MEAN_BITS}, directions of the components, and the share of a squared step along each that
// the normal rows explain.
static const int16_t mean[{upper}_INPUT_BYTES] {upper}_FLASH = {{
{rows(map(str, detector.mean.tolist()), 16)}
}};
static const int16_t axes[{count}][{upper}_INPUT_BYTES] {upper}_FLASH = {{
{_table(detector.axes.tolist())}
}};
static const uint16_t lost[{count}] {upper}_FLASH = {{
{rows(map(str, detector.lost.tolist()), 16)}
}};

int64_t {name}_steps(const int8_t *input) {{
  int64_t sum = 0;
  for (size_t i = 0; i < {upper}_INPUT_BYTES; ++i) {{
    const int32_t step = (int32_t)input[i] * {1 << MEAN_BITS} - (int16_t)WORD(mean[i]);
    sum += (int64_t)step * step;
  }}
  sum *= {1 << (LEAST_BITS - 2 * MEAN_BITS)};
  for (size_t axis = 0; axis < {count}; ++axis) {{
    int64_t along = 0;
    for (size_t i = 0; i < {upper}_INPUT_BYTES; ++i) {{
      const int32_t step = (int32_t)input[i] * {1 << MEAN_BITS} - (int16_t)WORD(mean[i]);
      along += (int64_t)(int16_t)WORD(axes[axis][i]) * step;
    }}
    const int64_t place = along / {1 << (MEAN_BITS + AXIS_BITS - PLACE_BITS)};
    sum -= (int64_t)(uint16_t)WORD(lost[axis]) * place * place;
  }}
  return sum < 0 ? 0 : sum;
}}
"""


def _table(numbers: list[list[int]]) -> str:
    """Return the inside of the initializer of an array of arrays."""
    return "\n".join(f"    {{\n{rows(map(str, row), 16)}\n    }}," for row in numbers)


def _readme(name: str, archive: Archive, alarm: Alarm) -> str:
    return f"""\
# {escape(archive.name)}: {escape(alarm.title)}, in plain C

A simple detector of anomalies that stood beside the network of this study, in whole numbers:
{alarm.detector.bytes:,} bytes of tables, no heap, no library but C's own. {MARK}; not tried on a board.

`{name}.c` and `{name}.h` are all of it; copy them into your project:

```c
static int8_t input[{name.upper()}_INPUT_BYTES];

{name}_quantize_all(raw, input);  // raw: {name.upper()}_INPUT_BYTES values in the units of the training data
if ({name}_is_anomaly(input)) alarm({name}_score(input));
```

The score is the squared distance from the normal training rows, in scaled units. By the threshold, which is from normal
validation rows, {100 * alarm.false_alarm_rate:g} % of normal inputs are an anomaly.

## What it is given

{rows_given(archive, f"{name}.h")}
"""
