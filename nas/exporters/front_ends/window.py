"""The front-end of windows as C: constants, the window that it keeps, and the functions that fill it and read it."""

from collections.abc import Mapping
from textwrap import indent

import numpy as np

from nas.arrays import Array
from nas.data.prepared import Scaling
from nas.exporters.c_text import rows
from nas.exporters.device import device_header
from nas.exporters.format import MARK
from nas.exporters.front_ends.mel import array, structure
from nas.signal.spectrum import Spectrum, constants, tables
from nas.signal.statistics import Statistics
from nas.signal.transform_cost import size_of
from nas.signal.window_front_end import WindowFrontEnd
from nas.study.archive import Quantization

SOURCES: Mapping[type, tuple[str, ...]] = {
    Statistics: ("bits.h", "root.h", "statistics.c", "statistics.h", "windows.c", "windows.h"),
    Spectrum: (
        "bits.h",
        "front_end.h",
        "levels.h",
        "root.h",
        "spectrum.c",
        "spectrum.h",
        "transform.h",
        "windows.c",
        "windows.h",
    ),
}
"""The device's files, which are the same for every setting."""

# Greater factors would let a product exceed 64 bits; with these, half a unit of a value is all of int8.
_MOST_FACTOR = 2.0**40
Factors = tuple[Array, Array]


def input_factors(front_end: WindowFrontEnd, scaling: Scaling, quantization: Quantization) -> Factors:
    """Return what turns a frame's whole numbers into int8, (value * mul + add) >> 32, int64 [values x channels]."""
    units, offsets = (values.astype(np.float64) for values in front_end.feature_units())
    step, zero = quantization.scale, quantization.zero_point
    mean, std = np.array(scaling.mean), np.array(scaling.std)
    mul = np.rint(np.minimum(units / (std * step) * 2.0**32, _MOST_FACTOR))
    add = np.rint((zero + 0.5) * 2.0**32 - (mean - offsets) / units * mul)
    return mul.astype(np.int64), add.astype(np.int64)


def as_input(values: Array, factors: Factors) -> Array:
    """Return whole numbers [..., values x channels] as the network's input, in the device's arithmetic."""
    found: Array = (values.astype(np.int64) * factors[0] + factors[1]) >> 32
    return found.clip(-128, 127).astype(np.int8)


def window_front_end_files(
    name: str, front_end: WindowFrontEnd, row_shape: tuple[int, int], factors: Factors
) -> dict[str, str]:
    """Return the files of a front-end by name, for windows of `row_shape`, [steps, channels].

    C symbols begin with `name`; `factors` turn values into the network's input.
    """
    return {
        **{source: device_header(f"front_end/{source}") for source in SOURCES[type(front_end)]},
        f"{name}_front_end.h": _header(name, front_end, row_shape),
        f"{name}_front_end.c": _source(name, front_end, row_shape, factors),
    }


def _header(name: str, front_end: WindowFrontEnd, row_shape: tuple[int, int]) -> str:
    upper, (steps, channels) = name.upper(), row_shape
    kind = front_end.to_json()["front_end"]
    return f"""\
// The front-end of {name}: {kind} of windows of {steps} steps. {MARK}. Do not edit.
#ifndef {upper}_FRONT_END_H_
#define {upper}_FRONT_END_H_

#include <stddef.h>
#include <stdint.h>

#define {upper}_WINDOW_STEPS {steps}
#define {upper}_WINDOW_CHANNELS {channels}

// Steps from one window to the next.
#ifndef {upper}_HOP_STEPS
#define {upper}_HOP_STEPS {max(1, steps // 2)}
#endif

#ifdef __cplusplus
extern "C" {{
#endif

// Returns a value, in the units of the training data, as a sample of its channel.
int16_t {name}_sample(float value, size_t channel);

// Forgets all samples.
void {name}_front_end_reset(void);

// Takes samples of steps in time, {upper}_WINDOW_CHANNELS each, until the window is full; returns of how many steps.
size_t {name}_front_end_take(const int16_t *samples, size_t steps);

// If the window is full, writes its features as the network's input, makes room for {upper}_HOP_STEPS steps, and
// returns 1; otherwise returns 0.
int {name}_front_end_input(int8_t *input);

#ifdef __cplusplus
}}
#endif

#endif  // {upper}_FRONT_END_H_
"""


def _source(name: str, front_end: WindowFrontEnd, row_shape: tuple[int, int], factors: Factors) -> str:
    kind = front_end.to_json()["front_end"]
    parts, members = _spectrum(front_end, row_shape[0]) if isinstance(front_end, Spectrum) else ("", "")
    if isinstance(front_end, Statistics):
        members = f"    .wanted = {front_end.wanted},\n"
    upper = name.upper()
    return f"""\
// The front-end of {name}. {MARK}. Do not edit.
#include "{name}_front_end.h"

#include "{kind}.h"

{_factors(front_end, upper, factors)}

{parts}static int16_t window[{upper}_WINDOW_STEPS * {upper}_WINDOW_CHANNELS];

static const nas_{kind}_front_end front_end = {{
    .windows = {{
{_windows(front_end, upper, row_shape[0])}
    }},
{members}}};

static size_t filled;  // steps in the window

int16_t {name}_sample(float value, size_t channel) {{
  return nas_windows_sample(&front_end.windows, value, channel);
}}

void {name}_front_end_reset(void) {{ filled = 0; }}

size_t {name}_front_end_take(const int16_t *samples, size_t steps) {{
  return nas_windows_take(&front_end.windows, &filled, samples, steps);
}}

int {name}_front_end_input(int8_t *input) {{ return nas_{kind}_input(&front_end, &filled, input); }}
"""


def _factors(front_end: WindowFrontEnd, upper: str, factors: Factors) -> str:
    features = len(factors[0])
    tables = (
        f"static const int64_t {name}[{features}] = {{\n{rows((f'{value}LL' for value in values.tolist()), 6)}\n}};"
        for name, values in zip(("mul", "add"), factors, strict=True)
    )
    return f"""\
// A value in units times 2 to the power of this is a sample.
static const int8_t fraction_bits[{upper}_WINDOW_CHANNELS] = {{
{rows(map(str, front_end.fraction_bits))}
}};

{chr(10).join(tables)}"""


def _windows(front_end: WindowFrontEnd, upper: str, steps: int) -> str:
    """Return the inside of the initializer of a `nas_windows`."""
    frames = front_end.frames(steps)
    members: Mapping[str, object] = {
        "steps": f"{upper}_WINDOW_STEPS",
        "channels": f"{upper}_WINDOW_CHANNELS",
        "hop": f"{upper}_HOP_STEPS",
        "frames": frames.count,
        "length": frames.length,
        "step": frames.step,
        "values": len(front_end.values),
        **{name: name for name in ("fraction_bits", "mul", "add", "window")},
    }
    return "\n".join(f"        .{key} = {value}," for key, value in members.items())


def _spectrum(spectrum: Spectrum, steps: int) -> tuple[str, str]:
    """Return the tables and buffers of a spectrum, and the members of its `nas_spectrum_front_end`."""
    frames = spectrum.frames(steps)
    size, made = size_of(frames.length), tables(spectrum, frames.length)
    arrays = "\n\n".join(array(key, values) for key, values in made.items())
    buffers = f"""\
static int16_t work[NAS_SPECTRUM_WORK({frames.length}, {size})];
static int32_t values[{spectrum.bands}];
"""
    inside = indent(structure(constants(spectrum, frames) | {"size": size}, made), "    ")
    members = f"    .spectrum = {{\n{inside}\n    }},\n    .work = work,\n    .values = values,\n"
    return f"{arrays}\n\n{buffers}", members
