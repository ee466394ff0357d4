"""The log-mel front-end as C: its settings and tables as constants, and the device's sources that compute with them."""

from collections.abc import Iterable, Mapping

from nas.arrays import Array
from nas.exporters.c_text import rows
from nas.exporters.device import device_header
from nas.exporters.format import MARK
from nas.exporters.front_ends.mel_cepstrum import cepstrum_sources, declarations, definitions
from nas.signal.mel import Mel
from nas.signal.mel_constants import constants, tables

_SOURCES = ("bits.h", "flash.h", "front_end.c", "front_end.h", "levels.h", "root.h", "transform.h")

# Members of the C structure, and the integers that stand in them.
_MEMBERS: Mapping[str, str] = {
    "window": "{window}",
    "step": "{step}",
    "size": "{size}",
    "channels": "{channels}",
    "first_bin": "{first_bin}",
    "log2_size": "{log2_size}",
    "noise_reduction": "{noise_reduction}",
    "smoothing_bits": "{smoothing_bits}",
    "smoothing": "{{{even_smoothing}, {odd_smoothing}}}",
    "min_remaining": "{min_remaining}",
    "gain_bits": "{gain_bits}",
    "log": "{log}",
    "log_shift": "{log_shift}",
    "dc_notch": "{dc_notch}",
    "activity": "{activity}",
    "notch": "{notch}",
    "activity_filters": "{{{fast_filter}, {slow_filter}}}",
    "activity_arm": "{activity_arm}",
    "activity_trip": "{activity_trip}",
}


def sources(mel: Mel) -> tuple[str, ...]:
    """Return the device's files that a front-end needs, which are the same for every model."""
    return tuple(sorted((*_SOURCES, *cepstrum_sources(mel))))


def compiled(files: str, mel: Mel) -> tuple[str, ...]:
    """Return the files to compile: those of the settings, which begin with `files`, and the device's."""
    return (f"{files}_front_end.c", *(source for source in sources(mel) if source.endswith(".c")))


def front_end_files(name: str, mel: Mel, files: str | None = None) -> dict[str, str]:
    """Return the files of a front-end by name.

    Args:
        name: what its C symbols begin with.
        mel: its settings.
        files: what the two files begin with that are not the same for every model; by default `name`.
    """
    files = files or name
    return {
        **{source: device_header(f"front_end/{source}") for source in sources(mel)},
        f"{files}_front_end.h": _header(name, mel),
        f"{files}_front_end.c": _source(name, mel, files),
    }


def about_files(files: str, mel: Mel) -> dict[str, str]:
    """Return what these files are, by their names with commas between them."""
    return {
        ", ".join(sources(mel)): "the front-end, the same for every model",
        f"{files}_front_end.c, {files}_front_end.h": "its settings and tables",
    }


def _header(name: str, mel: Mel) -> str:
    upper = name.upper()
    frames = f"{mel.filterbank_n_channels} channels of {mel.window_size_ms} ms every {mel.window_step_ms} ms"
    count = mel.mfcc_coefficients
    include = '#include "cepstrum.h"\n' if count else ""
    coefficients = f"#define {upper}_COEFFICIENTS_OF_FRAME {count}\n" if count else ""
    return f"""\
// The front-end of {name}: {frames}. {MARK}. Do not edit.
#ifndef {upper}_FRONT_END_H_
#define {upper}_FRONT_END_H_

{include}#include "front_end.h"

#define {upper}_STEP_SAMPLES {mel.step}
#define {upper}_CHANNELS_OF_FRAME {mel.filterbank_n_channels}
{coefficients}
#ifdef __cplusplus
extern "C" {{
#endif

extern const nas_front_end {name}_front_end;
extern nas_front_end_state {name}_front_end_state;
{declarations(name, mel)}
#ifdef __cplusplus
}}
#endif

#endif  // {upper}_FRONT_END_H_
"""


def _source(name: str, mel: Mel, files: str) -> str:
    numbers = {key: int(value) for key, value in constants(mel).items()} | {"size": mel.size}
    made = tables(mel)
    arrays = "\n\n".join(array(key, values) for key, values in made.items())
    keeps = mel.noise_reduction_enable
    noise = f"static uint32_t noise[{mel.filterbank_n_channels}];\n" if keeps else ""
    return f"""\
// The front-end of {name}. {MARK}. Do not edit.
#include "{files}_front_end.h"

{arrays}

const nas_front_end {name}_front_end = {{
{structure(numbers, made)}
}};
{definitions(name, mel)}
static int16_t history[{mel.window}];
static int16_t spectrum[{mel.size + 2}];
{noise}
nas_front_end_state {name}_front_end_state = {{
    .history = history,
    .spectrum = spectrum,{" .noise = noise," if keeps else ""}
}};
"""


def structure(numbers: Mapping[str, int], tables: Iterable[str]) -> str:
    """Return the inside of the initializer of the C structure: numbers by name, and tables of the members' names."""
    members = [f"    .{key} = {text.format(**numbers)}," for key, text in _MEMBERS.items()]
    return "\n".join([*members, *(f"    .{key} = {key}," for key in tables)])


def array(name: str, values: Array) -> str:
    """Return the definition of a table of 16-bit numbers."""
    kind = "uint16_t" if values.dtype.kind == "u" else "int16_t"
    return f"static const NAS_FLASH {kind} {name}[{values.size}] = {{\n{rows(map(str, values.tolist()))}\n}};"
