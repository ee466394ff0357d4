"""The front-end of windows as C: constants, the window that it keeps, and the functions that fill it and read it."""

from collections.abc import Mapping
from textwrap import indent

from nas.exporters.c_text import rows
from nas.exporters.device import device_header
from nas.exporters.format import MARK
from nas.exporters.front_ends.fixed_point import Factors
from nas.exporters.front_ends.mel import array, structure
from nas.exporters.front_ends.window_input import input_factors
from nas.signal.spectrum import Spectrum, constants, tables
from nas.signal.statistics import Statistics
from nas.signal.transform_cost import size_of
from nas.signal.window_front_end import WindowFrontEnd
from nas.study.archive import Archive

SOURCES: Mapping[type, tuple[str, ...]] = {
    Statistics: ("bits.h", "flash.h", "root.h", "statistics.c", "statistics.h", "windows.c", "windows.h"),
    Spectrum: (
        "bits.h",
        "flash.h",
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


def compiled(files: str, front_end: WindowFrontEnd) -> tuple[str, ...]:
    """Return the files to compile: those of the settings, which begin with `files`, and the device's."""
    return (f"{files}_front_end.c", *(source for source in SOURCES[type(front_end)] if source.endswith(".c")))


def about_windows(files: str, front_end: WindowFrontEnd) -> dict[str, str]:
    """Return what the files of a front-end are, by their names with commas between them."""
    return {
        ", ".join(SOURCES[type(front_end)]): "the front-end, the same for every model",
        f"{files}_front_end.c, {files}_front_end.h": "its settings and tables, and the window that it keeps",
    }


def window_front_end_of(
    name: str, archive: Archive, front_end: WindowFrontEnd, files: str | None = None
) -> dict[str, str]:
    """Return the files of a model's front-end; the arguments are those of `window_front_end_files`."""
    steps, channels = archive.row_shape
    factors = input_factors(front_end, archive.scaling, archive.input)
    return window_front_end_files(name, front_end, (steps, channels), factors, files)


def window_front_end_files(
    name: str, front_end: WindowFrontEnd, row_shape: tuple[int, int], factors: Factors, files: str | None = None
) -> dict[str, str]:
    """Return the files of a front-end by name.

    Args:
        name: what its C symbols begin with.
        front_end: its settings.
        row_shape: of a window, [steps, channels].
        factors: what turns values into the network's input.
        files: what the two files begin with that are not the same for every model; by default `name`.
    """
    files = files or name
    return {
        **{source: device_header(f"front_end/{source}") for source in SOURCES[type(front_end)]},
        f"{files}_front_end.h": _header(name, front_end, row_shape),
        f"{files}_front_end.c": _source(name, front_end, row_shape[0], factors, files),
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


def _source(name: str, front_end: WindowFrontEnd, steps: int, factors: Factors, files: str) -> str:
    kind = front_end.to_json()["front_end"]
    parts, members = _spectrum(front_end, steps) if isinstance(front_end, Spectrum) else ("", "")
    if isinstance(front_end, Statistics):
        members = f"    .wanted = {front_end.wanted},\n"
    upper = name.upper()
    return f"""\
// The front-end of {name}. {MARK}. Do not edit.
#include "{files}_front_end.h"

#include "{kind}.h"

{_factors(front_end, upper, factors)}

{parts}static int16_t window[{upper}_WINDOW_STEPS * {upper}_WINDOW_CHANNELS];

static const nas_{kind}_front_end front_end = {{
    .windows = {{
{_windows(front_end, upper, steps)}
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
        f"static const NAS_FLASH int64_t {name}[{features}] = {{\n"
        f"{rows((f'{value}LL' for value in values.tolist()), 6)}\n}};"
        for name, values in zip(("mul", "add"), factors, strict=True)
    )
    return f"""\
// A value in units times 2 to the power of this is a sample.
static const NAS_FLASH int8_t fraction_bits[{upper}_WINDOW_CHANNELS] = {{
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
