"""Next steps: how the files are used in a firmware, and an example by which it is checked."""

from collections.abc import Iterator

from nas.exporters.build_commands import board_commands
from nas.exporters.c_text import comment, identifier, rows
from nas.exporters.format import FORMATS, Files
from nas.exporters.markdown import escape, table
from nas.exporters.on_tflm import on_tflm
from nas.exporters.outputs import outputs_of
from nas.exporters.project.predict import MARGIN_BYTES
from nas.study.archive import Archive, Example
from nas.text import kilobytes, percent

TFLM = "https://github.com/tensorflow/tflite-micro"


@FORMATS.register("firmware")
def firmware(archive: Archive) -> Files:
    """Next steps: a README with a sketch for TFLM, and an input with its right output as C arrays."""
    archive, prefix = on_tflm(archive), identifier(archive.name)
    check = (
        {}
        if archive.example is None
        else {"model_check.h": check_header(prefix, archive.example, outputs_of(archive).count)}
    )
    return {"README.md": next_steps(archive, prefix), **check}


def check_header(prefix: str, example: Example, count: str = "CLASSES") -> str:
    """Return a header for C99 and C++ with an input, the model's output for it, and their comparison.

    Args:
        prefix: what names begin with.
        example: the input and the output.
        count: the macro of the number of outputs, without its prefix.
    """
    upper = prefix.upper()
    return f"""\
// An input of {prefix}_model and the output that belongs to it, by the arithmetic of TFLM's reference kernels; with
// operators that plain C does not know, by LiteRT's kernels, which round a few values otherwise. The input is noise.
#ifndef {upper}_MODEL_CHECK_H_
#define {upper}_MODEL_CHECK_H_

#include "model_data.h"

static const int8_t {prefix}_check_input[{upper}_INPUT_BYTES] = {{
{rows(map(str, example.input), 16)}
}};
static const int8_t {prefix}_check_output[{upper}_{count}] = {{
{rows(map(str, example.output), 16)}
}};

// Returns the largest difference between an output and the right one: 0 or 1 if the firmware is right.
static inline int {prefix}_check(const int8_t* output) {{
  int most = 0;
  for (size_t i = 0; i < {upper}_{count}; ++i) {{
    const int difference = output[i] - {prefix}_check_output[i];
    if (difference > most) most = difference;
    if (-difference > most) most = -difference;
  }}
  return most;
}}

#endif  // {upper}_MODEL_CHECK_H_
"""


def next_steps(archive: Archive, prefix: str) -> str:
    """Return the README of the folder."""
    sections = [
        f"# Next steps with {escape(archive.name)}\n\n{_files(archive)}",
        f"## On your board\n\n{_boards(archive)}",
        f"## In a firmware of your own, with TFLM\n\n{_how(archive)}\n\n```cpp\n{sketch(archive, prefix)}```",
        f"## Memory\n\n{_memory(archive)}",
        f"## What the model is given\n\n{model_input(archive)}",
        *_parameters(archive, prefix),
    ]
    return "\n\n".join(sections) + "\n"


def _files(archive: Archive) -> str:
    files = {
        "model.tflite": 'the model for any TFLite runtime; nas.load("model.tflite").predict(rows) runs it in Python',
        "model_data.h, model_data.c": f"the model, its scaling and the names of its {outputs_of(archive).are} in C",
        "model_ops.h": "the operators that it needs, for TFLM",
        "nas_params.h": "reads the parameters in the model's metadata, in C",
        "model_check.h": "an input and its right output",
        "model.keras": "the float model before its quantization, for Keras",
        "spec.toml, architecture.json": "what trains it again, or longer: nas train spec.toml --epochs 1000",
        "model_card.md, metadata.json": "how it was made, how accurate it is, and its limits, for people and programs",
    }
    if archive.example is None:
        del files["model_check.h"]
    if archive.keras is None:
        del files["model.keras"]
    if archive.origin is None:
        del files["spec.toml, architecture.json"]
    if archive.trained is None:
        del files["model_card.md, metadata.json"]
    return table(("file", "what it is"), files.items(), text=2)


def _boards(archive: Archive) -> str:
    """Return which command suits which board."""
    rows = [f"| {board} | `{command}` |" for board, command in board_commands("model.tflite", archive.name)]
    lines = "\n".join(("| your board | in this folder |", "|---|---|", *rows))
    return f"""\
{lines}

All but `c` are whole projects with TensorFlow Lite Micro, a self-test and a README with the commands that build them.
`c` is two files of plain C, without a runtime, for any compiler."""


def _how(archive: Archive) -> str:
    tflm = archive.footprint.get("tflm")
    at = f" The figures hold for TFLM's commit `{escape(tflm)}`; another may differ by some bytes." if tflm else ""
    checked = " It first checks itself with `model_check.h`." if archive.example else ""
    return f"""Take [TensorFlow Lite Micro]({TFLM}) (TFLM) into the project.{at}
Compile `model_data.c` with it and put the other files on the include path. This is a whole program, in C++.{checked}"""


def sketch(archive: Archive, prefix: str) -> str:
    """Return a program in C++ that runs the model by TFLM."""
    upper = prefix.upper()
    check, include = "", ""
    if archive.example is not None:
        include = '#include "model_check.h"\n'
        check = f"""
  memcpy(interpreter.input(0)->data.int8, {prefix}_check_input, sizeof {prefix}_check_input);
  if (interpreter.Invoke() != kTfLiteOk) return 2;
  if ({prefix}_check(interpreter.output(0)->data.int8) > 1) return 3;  // another model, or other kernels
"""
    return f"""\
#include <string.h>

{include}#include "model_data.h"
#include "model_ops.h"
#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/schema/schema_generated.h"

// A margin, since another version of TFLM may need some bytes more. Once all works, take it away in steps.
alignas(16) static uint8_t arena[{upper}_ARENA_BYTES + {MARGIN_BYTES}];
static float raw[{upper}_INPUT_BYTES];  // one input, in the units below, channels last

int main() {{
  const tflite::Model* model = tflite::GetModel({prefix}_model);
  static tflite::MicroInterpreter interpreter(model, {prefix}_op_resolver(), arena, sizeof arena);
  if (interpreter.AllocateTensors() != kTfLiteOk) return 1;
{check}
  for (;;) {{
    // Fill raw from the sensor here.
    {prefix}_quantize_all(raw, interpreter.input(0)->data.int8);
    if (interpreter.Invoke() != kTfLiteOk) return 2;
    const int8_t* output = interpreter.output(0)->data.int8;
{_use(archive, prefix)}
  }}
}}
"""


def _use(archive: Archive, prefix: str) -> str:
    """Return the lines that use the outputs."""
    upper = prefix.upper()
    if archive.output_scaling is not None:
        return f"""\
    float values[{upper}_TARGETS];
    for (int i = 0; i < {upper}_TARGETS; ++i) values[i] = {prefix}_value(output[i], i);
    // Use values here; their names are in {prefix}_target_names."""
    return f"""\
    int best = 0;
    for (int i = 1; i < {upper}_CLASSES; ++i) best = output[i] > output[best] ? i : best;
    // Use {prefix}_class_names[best] here."""


def _memory(archive: Archive) -> str:
    facts, limits = archive.footprint, archive.budget
    needs = {"arena": ("arena to reserve", facts["arena"]["min"], limits.get("ram"))}
    needs["flash"] = ("flash, model and runtime's code", facts["flash_bytes"], limits.get("flash"))
    lines = [(what, kilobytes(size), kilobytes(limit), _margin(size, limit)) for what, size, limit in needs.values()]
    outside = {what: size for what, size in (facts.get("outside_arena") or {}).items() if size}
    parts = ", ".join(f"{what} {size:,} B" for what, size in outside.items())
    more = f"\n\nRAM outside the arena: {parts}." if outside else ""
    return f"""On target `{escape(facts["target"])}`. A limit is the study's, or else the board's.

{table(("", "needs", "limit", "left"), lines)}{more}"""


def _parameters(archive: Archive, prefix: str) -> Iterator[str]:
    """Yield the section on the parameters in the model's metadata, if there is something to say."""
    carried = archive.parameters
    if carried.left_out:
        yield f"## Parameters\n\nThe model carries none in its metadata, since {carried.left_out}."
    if not carried.keys:
        return
    keys = ", ".join(map(escape, carried.keys))
    yield f"""## Parameters

The model carries these in its metadata, {carried.bytes:,} B: {keys}. `nas params model.tflite` shows and changes them,
`nas export --bare` leaves them out. A device that loads models at run time reads them from the model's own bytes:

```c
#include "model_data.h"
#include "nas_params.h"

const char* name_of(size_t answer) {{
  nas_params params;
  nas_param names;
  if (!nas_params_open({prefix}_model, sizeof {prefix}_model, &params)) return NULL;
  if (!nas_params_find(&params, "{outputs_of(archive).names}", &names)) return NULL;
  return nas_param_text_at(&names, answer);
}}
```"""


def _margin(size: int, limit: int | None) -> str:
    return "-" if limit is None else f"{kilobytes(limit - size)} ({percent((limit - size) / limit)})"


def model_input(archive: Archive, header: str = "model_data.h") -> str:
    """Return what a firmware must feed the model with: shape, rate, units, and the scaling of each channel."""
    return (
        "\n".join(_facts(archive, header))
        + "\n\n"
        + table(("channel", "mean", "standard deviation"), _scaling(archive))
    )


def _facts(archive: Archive, header: str) -> Iterator[str]:
    yield f"- Shape, batch first: {', '.join(map(str, archive.input_shape))}; channels are the last axis."
    if archive.sample_rate_hz is not None:
        yield f"- Sample rate: {archive.sample_rate_hz:g} Hz."
    if archive.units_scale:
        factors = ", ".join(f"{factor:.9g}" for factor in archive.units_scale)
        word = "units_scale" if header == "model_data.h" else "UNITS_SCALE"
        yield f"- Units: the sensor's whole numbers times {factors} (`{word}` in `{header}`), one a channel."
    else:
        yield "- Units: those of the data that the study was given; a sensor in another unit or range gives nonsense."
    yield f"- Scaling: (value - mean) / standard deviation; `quantize_all` in `{header}` does it."
    best = "" if archive.output_scaling is not None else ", the largest is the answer"
    yield f"- Output: {outputs_of(archive).each}{best}: " + _names(archive)


def _names(archive: Archive) -> str:
    return ", ".join(f"{i} {escape(name)}" for i, name in enumerate(archive.class_names)) + "."


def _scaling(archive: Archive) -> Iterator[tuple[str, str, str]]:
    names = archive.feature_names or tuple(map(str, range(archive.input_shape[-1])))
    for name, mean, std in zip(names, archive.scaling.mean, archive.scaling.std, strict=True):
        yield comment(name), f"{mean:.6g}", f"{std:.6g}"
