"""The model as C source: a header and one file, for C99 and C++, without heap and without a library."""

import math
from collections.abc import Mapping

from nas.exporters.answers.answers import answers_of
from nas.exporters.c_ops import ops_header
from nas.exporters.c_text import comment, identifier, number, rows, string
from nas.exporters.camera import camera_files
from nas.exporters.device import device_header
from nas.exporters.format import FORMATS, Files
from nas.exporters.front_ends.beside_model import front_end_files
from nas.exporters.front_ends.hearing import has_front_end
from nas.exporters.input_scaling import UNSCALED, input_factors, quantizing
from nas.exporters.on_tflm import on_tflm
from nas.signal.kind import Kind, row_of
from nas.study.archive import Archive


@FORMATS.register("tflm")
def c_sources(archive: Archive) -> Files:
    """C sources for TFLM: the model as an array, op resolver, input scaling, names, a reader of parameters."""
    archive, prefix = on_tflm(archive), identifier(archive.name)
    return {**model_files(archive, prefix), "nas_params.h": device_header("nas_params.h")}


def model_files(archive: Archive, prefix: str) -> dict[str, str]:
    """Return the files of a model and, where this C can express it, of its front-end, by name."""
    return {
        "model_data.h": data_header(archive, prefix),
        "model_data.c": data_source(archive, prefix),
        "model_ops.h": ops_header(prefix, archive.op_kinds, archive.int8_kinds),
        **front_end_files(archive, prefix),
        **camera_files(archive),
    }


def data_header(archive: Archive, prefix: str) -> str:
    """Return `model_data.h`; every name in it begins with `prefix`."""
    upper = prefix.upper()
    defines = "\n".join(f"#define {upper}_{name} {value}" for name, value in constants(archive).items())
    return f"""\
{_head(archive)}
#ifndef {upper}_MODEL_DATA_H_
#define {upper}_MODEL_DATA_H_

#include <math.h>
#include <stddef.h>
#include <stdint.h>

// Bytes are of int8 tensors in row-major order, channels last. The arena is the smallest that works on the target
// named above, aligned to 16. Dequantize with (int8 - ZERO_POINT) * SCALE. An output is
// {answers_of(archive).meaning(prefix)}
{defines}

#ifdef __cplusplus
extern "C" {{
#endif

{_declarations(archive, prefix)}

#ifdef __cplusplus
}}
#endif

{answers_of(archive).functions(prefix)}{_quantizing(archive, prefix)}#endif  // {upper}_MODEL_DATA_H_
"""


def _quantizing(archive: Archive, prefix: str) -> str:
    return "" if has_front_end(archive) else f"{quantizing(archive, prefix, row=answers_of(archive).row)}\n\n"


def _declarations(archive: Archive, prefix: str) -> str:
    upper, answers = prefix.upper(), answers_of(archive)
    return f"""\
// The .tflite file, aligned to 16 bytes.
extern const unsigned char {prefix}_model[{upper}_MODEL_BYTES];
extern const char* const {prefix}_{answers.names}[{upper}_{answers.count}];{_scaling(archive, prefix)}"""


def _scaling(archive: Archive, prefix: str) -> str:
    """Return the declarations of what turns raw values into the input; nothing where a front-end does."""
    if has_front_end(archive):
        return ""
    upper = prefix.upper()
    units = f"\nextern const float {prefix}_units_scale[{upper}_CHANNELS];" if archive.units_scale else ""
    scaling = "// Scaling by the training data's mean and deviation, folded with the input's quantization."
    return f"""
{scaling if archive.is_scaled else UNSCALED}{_channels(archive)}
extern const float {prefix}_input_mul[{upper}_CHANNELS];
extern const float {prefix}_input_add[{upper}_CHANNELS];{units}"""


def data_source(archive: Archive, prefix: str) -> str:
    """Return `model_data.c`, which a C++ compiler takes as well."""
    upper, answers = prefix.upper(), answers_of(archive)
    arrays = "\n".join(
        f"\nconst float {prefix}_{name}[{upper}_CHANNELS] = {{\n{rows(map(number, values), 6)}\n}};"
        for name, values in _factors(archive).items()
    )
    return f"""\
{_head(archive)}
#include "model_data.h"

#if defined(__cplusplus)
#define {upper}_ALIGN_16 alignas(16)
#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
#define {upper}_ALIGN_16 _Alignas(16)
#else
#define {upper}_ALIGN_16 __attribute__((aligned(16)))
#endif

{upper}_ALIGN_16 const unsigned char {prefix}_model[{upper}_MODEL_BYTES] = {{
{rows((f"0x{byte:02x}" for byte in archive.tflite), 16)}
}};

const char* const {prefix}_{answers.names}[{upper}_{answers.count}] = {{
{rows(map(string, answers.listed), 1)}
}};
{arrays}
"""


def _factors(archive: Archive) -> dict[str, list[float]]:
    """Return what turns raw values into the input, by name; nothing where a front-end does."""
    if has_front_end(archive):
        return {}
    mul, add = input_factors(archive)
    units = {"units_scale": list(archive.units_scale)} if archive.units_scale else {}
    return {"input_mul": mul, "input_add": add, **units}


def constants(archive: Archive) -> Mapping[str, str]:
    """Return the header's macros, without the prefix, as C text."""
    sizes = {"MODEL_BYTES": len(archive.tflite), "ARENA_BYTES": archive.footprint["arena"]["min"]}
    return {**{name: str(size) for name, size in sizes.items()}, **ends_of(archive)}


def ends_of(archive: Archive) -> Mapping[str, str]:
    """Return the macros of the input and the output, without the prefix, as C text."""
    shape, answers = archive.input_shape, answers_of(archive)
    found = {
        answers.count: str(len(answers.listed)),
        "INPUT_BYTES": str(math.prod(shape)),
        "INPUT_SHAPE": "{" + ", ".join(map(str, shape)) + "}",
        **_sides(shape),
        "CHANNELS": str(shape[-1]),
        "INPUT_SCALE": number(archive.input.scale),
        "INPUT_ZERO_POINT": f"({archive.input.zero_point})",
        "OUTPUT_SCALE": number(archive.output.scale),
        "OUTPUT_ZERO_POINT": f"({archive.output.zero_point})",
        **answers.constants(),
    }
    if archive.sample_rate_hz is not None:
        found["SAMPLE_RATE_HZ"] = number(archive.sample_rate_hz)
    return found


def _sides(shape: tuple[int, ...]) -> dict[str, str]:
    """Return the sides of an input, batch first: the length of windows, or those of images; tables have none."""
    *sides, _ = row_of(shape)
    names = {Kind.WINDOW.axes: ("WINDOW",), Kind.IMAGE.axes: ("HEIGHT", "WIDTH")}.get(len(sides) + 1, ())
    return dict(zip(names, map(str, sides), strict=False))


def _channels(archive: Archive) -> str:
    return "".join(f"\n// {i}: {comment(name)}" for i, name in enumerate(archive.feature_names))


def _head(archive: Archive) -> str:
    target = comment(archive.footprint["target"])
    if archive.trained is None:
        return f"// Model {comment(archive.name)}; target {target}.\n// Written by nas. Do not edit."
    record = archive.record
    return (
        f"// Study {comment(archive.name)}, trial {record.trial}, architecture {comment(record.digest)}; "
        f"target {target}.\n"
        "// Written by nas; model_card.md says how it was made. Do not edit."
    )
