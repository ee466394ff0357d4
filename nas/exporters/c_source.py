"""The two files of plain C: a header with the function and its sizes, and a source with all it needs."""

import re
from collections.abc import Iterable, Sequence

import numpy as np

from nas.exporters.c_text import comment, rows
from nas.exporters.device import device_header
from nas.exporters.format import MARK
from nas.target.plain_c.model import Network
from nas.target.plain_c.near_flash import out_of_reach, refusal
from nas.target.plain_c.program import Program
from nas.target.plain_c.step import Constant, Numbers, Step, Struct, array

_INCLUDE = re.compile(r'^#include "(\w+\.h)"\n', re.MULTILINE)
_SIZED = frozenset({"conv_layer", "pool_shape", "copy_shape"})
_MOST_OF_TWO_BYTES = 65_535


def source_text(name: str, network: Network, program: Program, beside: int = 0) -> str:
    """Return `<name>.c`; `beside` are the bytes of a front-end's tables, which an AVR must reach too."""
    far = out_of_reach(network, program, beside)
    parts = [
        f"// The int8 network {name} in plain C: the results of TFLM's reference kernels, to the bit.\n"
        f"// {MARK}. Do not edit.",
        f'#include "{name}.h"',
        refusal("" if far is None else far[1]),
        kernel_text(program.steps),
        "\n\n".join(_constants(program)),
        _function(name, program) if program.stream is None else _push(name, program),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _function(name: str, program: Program) -> str:
    """Return the function that computes the answer of a window, and its RAM."""
    ram = f"static int8_t arena[{name.upper()}_RAM_BYTES];\n\n" if program.ram_bytes else ""
    return f"{ram}void {name}_invoke(const int8_t *input, int8_t *output) {{\n{_body(program)}\n}}"


def _push(name: str, program: Program) -> str:
    """Return the functions that take the rows of a hop, and their RAM."""
    upper = name.upper()
    return f"""\
static uint16_t pushes;  // since the reset, up to {upper}_WINDOW_PUSHES - 1
static int8_t arena[{upper}_RAM_BYTES - sizeof(pushes)];

void {name}_stream_reset(void) {{ pushes = 0; }}

int {name}_push(const int8_t *input, int8_t *output) {{
{_body(program)}
  if (pushes + 1 >= {upper}_WINDOW_PUSHES) return 1;
  ++pushes;
  return 0;
}}"""


def kernel_text(steps: Iterable[Step]) -> str:
    """Return the kernels that the steps need, each once, those that others call first."""
    steps = list(steps)
    chosen = {
        "requantize.h": "requantize_up.h" if any(step.scales_up for step in steps) else "requantize.h",
        "window.h": "window_padded.h" if any(step.padded for step in steps) else "window.h",
        "shared.h": _sharing([step.kernels[0] for step in steps]),
        "size.h": "size_large.h" if _largest_size(steps) > _MOST_OF_TWO_BYTES else "size.h",
    }
    texts: dict[str, str] = {}

    def add(file: str) -> None:
        file = chosen.get(file, file)
        if file in texts:
            return
        text = device_header(f"kernels/{file}")
        for needed in _INCLUDE.findall(text):
            add(needed)
        texts[file] = _INCLUDE.sub("", text).strip()

    add("base.h")
    for step in steps:
        for kernel in step.kernels:
            add(f"{kernel}.h")
    return "\n\n".join(texts.values())


def _sharing(kernels: Sequence[str]) -> str:
    """Return which file says how the functions of a convolution are compiled: by how many layers use them."""
    convolutions, dense = kernels.count("conv"), kernels.count("dense")
    if convolutions > 1:
        return "shared.h"
    return "alone_beside.h" if convolutions + dense > 1 else "alone.h"


def _largest_size(steps: Iterable[Step]) -> int:
    """Return the largest number in the structures whose sizes have the type of `size.h`."""
    structs = [c for step in steps for c in step.constants if isinstance(c, Struct) and c.ctype in _SIZED]
    values = [value for c in structs for value in c.values.values() if not isinstance(value, str)]
    return int(max(map(np.max, values), default=0))


def _constants(program: Program) -> Iterable[str]:
    seen = set()
    for step in program.steps:
        for tensor in step.inputs:
            if tensor.data is not None and tensor.index not in seen:
                seen.add(tensor.index)
                # Kernels read these like any other input, and so not from flash by its own instructions.
                yield definition(array("int8_t", f"constant_{tensor.index}", tensor.data)).replace(" NAS_FLASH", "")
        yield from map(definition, step.constants)


def definition(constant: Constant) -> str:
    """Return the definition of a constant in flash."""
    if isinstance(constant, Numbers):
        name, per_line = f"{constant.name}[{constant.values.size}]", constant.per_line
        listed = [_number(value) for value in constant.values.tolist()]
    else:
        name, per_line = constant.name, 5
        listed = [f".{key} = {_number(value)}" for key, value in constant.values.items()]
    return f"static const {constant.ctype} {name} NAS_FLASH = {{\n{rows(listed, per_line)}\n}};"


def _number(value: int | str | tuple[int, ...]) -> str:
    """Return a literal, the initializer of an array, or a name; the least int32 has no literal of its own."""
    if isinstance(value, tuple):
        return f"{{{', '.join(map(_number, value))}}}"
    return "INT32_MIN" if value == -(2**31) else str(value)


def _body(program: Program) -> str:
    lines: list[str] = []
    for step in program.steps:
        places = {f"in{i}": program.places[tensor.index] for i, tensor in enumerate(step.inputs)}
        places |= {"out": program.places[step.output.index], "scratch": program.scratch.get(step.name, "NULL")}
        call = step.call
        for key, where in places.items():
            call = call.replace(f"{{{key}}}", where)
        lines += [f"// {comment(step.title)}", *call.split("\n")]
    if not any(re.search(r"\binput\b", line) for line in [*lines, *program.copies]):
        lines.append("(void)input;")
    return "\n".join(f"  {line}" for line in (*lines, *program.copies))
