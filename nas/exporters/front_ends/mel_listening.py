"""Sound in, the network's input out, as C: features of the newest window, frame by frame; for TFLM and plain C."""

from dataclasses import dataclass

from nas.exporters.c_text import rows
from nas.exporters.format import MARK
from nas.exporters.front_ends.fixed_point import SHIFT
from nas.exporters.front_ends.hearing import Hearing, factors
from nas.exporters.front_ends.mel import about_files, front_end_files
from nas.study.archive import Archive


@dataclass(frozen=True, slots=True)
class Names:
    """What files and symbols are called.

    Attributes:
        prefix: what symbols begin with, and macros in capitals.
        files: what the files begin with.
        data: the header that has the sizes of the network's input.
    """

    prefix: str
    files: str
    data: str

    @property
    def upper(self) -> str:
        """What macros begin with."""
        return self.prefix.upper()


@dataclass(frozen=True, slots=True)
class Further:
    """What the two files hold beside what turns samples into features: declarations, and definitions.

    Attributes:
        includes: lines at the head of the source.
    """

    declarations: str = ""
    includes: str = ""
    definitions: str = ""


_NOTHING = Further()


def listening_files(names: Names, archive: Archive, hearing: Hearing, further: Further = _NOTHING) -> dict[str, str]:
    """Return the files of a front-end, and of what joins it to a network, by name."""
    return {
        **front_end_files(names.prefix, hearing.mel, names.files),
        f"{names.files}_listen.h": _header(names, hearing, further),
        f"{names.files}_listen.c": _source(names, archive, hearing, further),
    }


def about_listening(files: str, hearing: Hearing) -> dict[str, str]:
    """Return what the files are that begin with `files`, and the front-end's own, by their names."""
    joins = "the newest window of sound as the network's input, frame by frame"
    return {f"{files}_listen.c, {files}_listen.h": joins, **about_files(files, hearing.mel)}


def _header(names: Names, hearing: Hearing, further: Further) -> str:
    prefix, upper = names.prefix, names.upper
    return f"""\
// Samples of sound in, the input of {prefix} out. {MARK}. Do not edit.
#ifndef {upper}_LISTEN_H_
#define {upper}_LISTEN_H_

#include "{names.data}"
#include "{names.files}_front_end.h"

// The network answers for the newest {hearing.frames} frames, which are {hearing.samples:,} samples.
#define {upper}_FRAMES {hearing.frames}
#define {upper}_SAMPLES {hearing.samples}

{_hop(upper, hearing)}
#ifdef __cplusplus
extern "C" {{
#endif

// Forgets all that was heard; call it once before the first sample.
void {prefix}_listen_reset(void);

// Takes samples of 16 bits at {hearing.rate_hz} Hz until all are taken or the network is to answer; returns how many
// were taken. `features` then points to the network's input, {upper}_{_held(hearing)[1]}
// values that stay until the next call, or is NULL.
size_t {prefix}_hear(const int16_t *samples, size_t count, const int8_t **features);

// Returns the next sample of the noise that the self-test hears; `state` is 1 at first.
static inline int16_t {prefix}_noise(uint32_t *state) {{
  *state = *state * 1664525u + 1013904223u;
  return (int16_t)((int32_t)(*state >> 18) - 8192);
}}
{further.declarations}
#ifdef __cplusplus
}}
#endif

#endif  // {upper}_LISTEN_H_
"""


def _source(names: Names, archive: Archive, hearing: Hearing, further: Further) -> str:
    prefix, upper = names.prefix, names.upper
    held, held_bytes = _held(hearing)
    buffer, compute = _coefficients(prefix, upper) if hearing.mel.mfcc_coefficients else ("", "")
    return f"""\
// {MARK}. Do not edit.
#include "{names.files}_listen.h"

#include <string.h>
{further.includes}
{_factors(archive, upper)}

static int8_t window[{upper}_{held_bytes}];  // the newest frames, the oldest first: the network's input
static uint16_t features_of_frame[{upper}_CHANNELS_OF_FRAME];
{buffer}static uint16_t frames;  // in the window

void {prefix}_listen_reset(void) {{
  nas_front_end_reset(&{prefix}_front_end, &{prefix}_front_end_state);
{"" if hearing.stream is None else f"  {prefix}_stream_reset();{chr(10)}"}\
  frames = 0;
}}

{_add_frame(archive, upper, "COEFFICIENTS" if buffer else "CHANNELS", held)}
size_t {prefix}_hear(const int16_t *samples, size_t count, const int8_t **features) {{
  size_t taken = 0;
  *features = NULL;
  while (taken < count && *features == NULL) {{
    taken += nas_front_end_take(&{prefix}_front_end, &{prefix}_front_end_state, samples + taken, count - taken);
    if (!nas_front_end_frame(&{prefix}_front_end, &{prefix}_front_end_state, features_of_frame)) continue;
{compute}    add_frame();
    if (frames == {upper}_{held}) *features = window;
  }}
  return taken;
}}
{further.definitions}"""


def _held(hearing: Hearing) -> tuple[str, str]:
    """Return the macros of the frames that are held, and of their bytes: a window, or a hop where that is enough."""
    return ("FRAMES", "INPUT_BYTES") if hearing.stream is None else ("HOP_FRAMES", "HOP_BYTES")


def _hop(upper: str, hearing: Hearing) -> str:
    """Return the macro of the frames of a hop, which a build may define unless the network's steps depend on it."""
    if hearing.stream is not None:
        return f"// Frames from one answer to the next.\n#define {upper}_HOP_FRAMES {upper}_HOP\n"
    return f"""\
// Frames from one answer to the next.
#ifndef {upper}_HOP_FRAMES
#define {upper}_HOP_FRAMES {hearing.hop}
#endif
#if {upper}_HOP_FRAMES < 1 || {upper}_HOP_FRAMES > {upper}_FRAMES
#error "{upper}_HOP_FRAMES must be from 1 to {upper}_FRAMES"
#endif
"""


def _coefficients(prefix: str, upper: str) -> tuple[str, str]:
    """Return the buffer of a frame's cepstral coefficients, and the line that computes them."""
    return (
        f"static int16_t coefficients_of_frame[{upper}_COEFFICIENTS_OF_FRAME];\n",
        f"    nas_cepstral_coefficients(&{prefix}_cepstrum, features_of_frame, coefficients_of_frame);\n",
    )


def _add_frame(archive: Archive, upper: str, kind: str, held: str) -> str:
    """Return the function that quantizes a frame, of channels or coefficients, into the window."""
    # Of one microphone, the network's channels are the frequencies, or there is one.
    channel = "i" if archive.input_shape[-1] > 1 else "0"
    count, values = f"{upper}_{kind}_OF_FRAME", "features_of_frame" if kind == "CHANNELS" else "coefficients_of_frame"
    making_room = f"""\
  if (frames == {upper}_FRAMES) {{
    frames -= {upper}_HOP_FRAMES;
    memmove(window, window + {upper}_HOP_FRAMES * {count}, frames * {count});
  }}
"""
    if held == "HOP_FRAMES":  # the network keeps the others itself
        making_room = f"  if (frames == {upper}_HOP_FRAMES) frames = 0;\n"
    return f"""\
// Puts a frame behind the others. A full window, which was answered for, makes room for all up to the next answer.
static void add_frame(void) {{
{making_room}\
  int8_t *to = window + frames++ * {count};
  for (int i = 0; i < {count}; ++i) {{
    const int64_t value = ({values}[i] * mul[{channel}] + add[{channel}]) >> {SHIFT};
    to[i] = (int8_t)(value < -128 ? -128 : value > 127 ? 127 : value);
  }}
}}
"""


def _factors(archive: Archive, upper: str) -> str:
    mul, add = (values.tolist() for values in factors(archive))
    return f"""\
// A feature becomes the network's input by (feature * mul + add) >> {SHIFT}.
static const NAS_FLASH int64_t mul[{upper}_CHANNELS] = {{
{rows((f"{value}LL" for value in mul), 6)}
}};
static const NAS_FLASH int64_t add[{upper}_CHANNELS] = {{
{rows((f"{value}LL" for value in add), 6)}
}};"""
