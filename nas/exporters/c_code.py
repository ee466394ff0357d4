"""The network as plain C: one header and one source, for any C99 compiler, without a runtime and without heap."""

from nas.exporters.c_source import source_text
from nas.exporters.c_text import comment, number, string, symbol
from nas.exporters.format import FORMATS, MARK, Files
from nas.study.archive import Archive
from nas.target.plain_c.model import read_network
from nas.target.plain_c.program import compile_network


@FORMATS.register("c")
def plain_c(archive: Archive) -> Files:
    """Plain C without a runtime: `<name>.c` and `<name>.h`, for any C99 compiler; answers are those of TFLM's int8."""
    name = symbol(archive.name)
    network = read_network(archive.tflite, archive.name)
    program = compile_network(network, archive.name)
    sizes = {
        "INPUT_BYTES": sum(tensor.size for tensor in network.inputs),
        "OUTPUT_BYTES": sum(tensor.size for tensor in network.outputs),
        "RAM_BYTES": program.ram_bytes,
    }
    return {f"{name}.h": header_text(name, archive, sizes), f"{name}.c": source_text(name, network, program)}


def header_text(name: str, archive: Archive, sizes: dict[str, int]) -> str:
    """Return `<name>.h`."""
    upper = name.upper()
    scales = {
        "INPUT_SCALE": number(archive.input.scale),
        "INPUT_ZERO_POINT": f"({archive.input.zero_point})",
        "OUTPUT_SCALE": number(archive.output.scale),
        "OUTPUT_ZERO_POINT": f"({archive.output.zero_point})",
    }
    defines = "\n".join(f"#define {upper}_{key} {value}" for key, value in {**sizes, **scales}.items())
    names = ", ".join(map(string, archive.class_names))
    listed = "".join(f"\n//   {i}: {comment(label)}" for i, label in enumerate(archive.class_names))
    shape = "x".join(map(str, archive.input_shape))
    return f"""\
// The int8 network {comment(name)} in plain C. {MARK}. Do not edit.
#ifndef {upper}_H_
#define {upper}_H_

#include <stdint.h>

// RAM_BYTES are static; the input and the output are the caller's. int8 = round(scaled value / SCALE) + ZERO_POINT.
{defines}

// The classes, in the order of the outputs:{listed}
#define {upper}_CLASS_NAMES {{ {names} }}

#ifdef __cplusplus
extern "C" {{
#endif

// Computes the outputs of one input, {shape} values in row-major order, channels last. The output must not overlap the
// input. Not reentrant: calls share the static RAM.
void {name}_invoke(const int8_t *input, int8_t *output);

#ifdef __cplusplus
}}
#endif

#endif  // {upper}_H_
"""
