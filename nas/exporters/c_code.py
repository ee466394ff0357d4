"""The network as plain C: one header and one source, for any C99 compiler, without a runtime and without heap.

Beside them lie a check with a known answer, a program, and a README.
"""

from nas.errors import InputError
from nas.exporters.answers.answers import answers_of
from nas.exporters.c_array import ends_of
from nas.exporters.c_beside import beside
from nas.exporters.c_source import source_text
from nas.exporters.c_streaming import beside_stream, stream_functions, stream_sizes
from nas.exporters.c_text import comment, number, rows, string, symbol
from nas.exporters.camera import camera_files
from nas.exporters.format import FORMATS, MARK, Files
from nas.exporters.front_ends.hearing import hearing_of, with_heard_example
from nas.exporters.front_ends.mel_program import plain_c_listening
from nas.exporters.front_ends.window_listening import window_listening_files
from nas.exporters.input_scaling import UNSCALED, input_factors, quantizing
from nas.signal.raw import RAW
from nas.signal.window_front_end import WindowFrontEnd
from nas.study.archive import Archive
from nas.target.plain_c.model import read_network
from nas.target.plain_c.program import compile_network


@FORMATS.register("c")
def plain_c(archive: Archive) -> Files:
    """Plain C without a runtime: `<name>.c` and `<name>.h`, for any C99 compiler; answers are those of TFLM's int8."""
    name = symbol(archive.name)
    network = read_network(archive.tflite, archive.name)
    program = compile_network(network, archive.name, _hop(archive))
    stream = program.stream
    sizes = {
        "INPUT_BYTES": sum(tensor.size for tensor in network.inputs),
        "OUTPUT_BYTES": sum(tensor.size for tensor in network.outputs),
        "RAM_BYTES": program.ram_bytes,
        **({} if stream is None else stream_sizes(network, stream)),
    }
    hearing, front_end = hearing_of(archive, stream), archive.front_end
    takes_values = hearing is None and not isinstance(front_end, WindowFrontEnd)
    row = answers_of(archive).row if stream is None else "HOP_BYTES"
    scaling = value_scaling(name, archive, row) if takes_values else ""
    functions = _function(name) if stream is None else stream_functions(name, stream)
    files = {
        f"{name}.h": header_text(name, archive, sizes, functions, scaling),
        f"{name}.c": source_text(name, network, program, _tables_beside(archive)),
    }
    if isinstance(front_end, WindowFrontEnd):
        return {**files, **window_listening_files(name, archive, front_end)}
    if hearing is None and stream is not None:
        return {**files, **beside_stream(name, archive, stream)}
    if hearing is None:
        return {**files, **beside(name, archive), **camera_files(archive)}
    return {**files, **plain_c_listening(name, with_heard_example(archive, hearing), hearing)}


def _tables_beside(archive: Archive) -> int:
    """Return the bytes of the tables of a model's front-end on an AVR; 0 without one."""
    return 0 if archive.front_end == RAW else archive.front_end.cost(archive.row_shape, "avr").table_bytes


def _hop(archive: Archive) -> int:
    """Return the rows of a hop, 0 for whole windows; InputError if hops are asked for where windows are needed."""
    if archive.streaming and isinstance(archive.front_end, WindowFrontEnd):
        hint = "leave it out: each answer then computes its whole window"
        raise InputError("--streaming", "must be left out with a front-end that takes whole windows", hint=hint)
    if archive.streaming and answers_of(archive).keeps_input:
        raise InputError("--streaming", "must be left out for a detector, whose score compares whole windows")
    return archive.streaming


def _function(name: str) -> str:
    upper = name.upper()
    return f"""\
// Computes the outputs of one input, {upper}_INPUT_SHAPE values in row-major order, channels last. The output must not
// overlap the input. Not reentrant: calls share the static RAM.
void {name}_invoke(const int8_t *input, int8_t *output);
"""


def header_text(name: str, archive: Archive, sizes: dict[str, int], functions: str, scaling: str) -> str:
    """Return `<name>.h`; its constants and functions cost flash only where a program uses them.

    Args:
        name: what names begin with.
        archive: the model.
        sizes: macros beside those of the input and the output.
        functions: their declarations.
        scaling: what turns raw values into the input; empty where a front-end does.
    """
    upper, answers = name.upper(), answers_of(archive)
    defines = "\n".join(f"#define {upper}_{key} {value}" for key, value in {**ends_of(archive), **sizes}.items())
    names = ", ".join(map(string, answers.listed))
    listed = "".join(f"\n//   {i}: {comment(label)}" for i, label in enumerate(answers.listed))
    return f"""\
// The int8 network {comment(name)} in plain C. {MARK}. Do not edit.
#ifndef {upper}_H_
#define {upper}_H_

#include <math.h>
#include <stddef.h>
#include <stdint.h>

// RAM_BYTES are static; the input and the output are the caller's. Dequantize with (int8 - ZERO_POINT) * SCALE.
// An output is {answers.meaning(name)}
{defines}

// The {answers.are}, in the order of the outputs:{listed}
#define {upper}_{answers.names.upper()} {{ {names} }}

#ifdef __cplusplus
extern "C" {{
#endif

{functions}
#ifdef __cplusplus
}}
#endif

{flash_macros(upper)}{scaling}{answers.functions(name)}#endif  // {upper}_H_
"""


def flash_macros(upper: str) -> str:
    """Return the macros by which AVR keeps constants in flash, and reads them there."""
    return f"""\
#if defined(__AVR__)
#include <avr/pgmspace.h>
#define {upper}_FLASH PROGMEM
#define {upper}_FLOAT(value) pgm_read_float(&(value))
#else
#define {upper}_FLASH
#define {upper}_FLOAT(value) (value)
#endif

"""


def value_scaling(name: str, archive: Archive, count: str) -> str:
    """Return what turns raw values into the input, `count` of them at once."""
    upper = name.upper()
    arrays = "\n".join(
        f"static const float {name}_input_{which}[{upper}_CHANNELS] {upper}_FLASH = {{\n"
        f"{rows(map(number, values), 6)}\n}};"
        for which, values in zip(("mul", "add"), input_factors(archive), strict=True)
    )
    return f"""\
{_told_scaling(name, archive)}
{arrays}

{quantizing(archive, name, f"{upper}_FLOAT({{}})", count)}

"""


def _told_scaling(name: str, archive: Archive) -> str:
    """Return the scaling in comments; of a model that came without one, what raw values have to be."""
    if not archive.is_scaled:
        return UNSCALED
    lines = ["// int8 = round((raw - mean) / deviation / INPUT_SCALE) + INPUT_ZERO_POINT, for each channel:"]
    named = archive.feature_names or ("",) * len(archive.scaling.mean)
    for i, (label, mean, std) in enumerate(zip(named, archive.scaling.mean, archive.scaling.std, strict=True)):
        lines.append(f"//   {' '.join(filter(None, (str(i), comment(label))))}: mean {mean:.9g}, deviation {std:.9g}")
    if archive.units_scale:
        factors = ", ".join(map(number, archive.units_scale))
        lines.append("// raw is the sensor's whole number times this, for each channel:")
        lines.append(f"#define {name.upper()}_UNITS_SCALE {{ {factors} }}")
    return "\n".join(lines)
