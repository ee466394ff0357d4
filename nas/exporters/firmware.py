"""Next steps: how the files are used in a firmware, and an example by which it is checked."""

from collections.abc import Iterator

from nas.exporters.answers.answers import answers_of
from nas.exporters.build_commands import board_commands
from nas.exporters.c_text import identifier, rows
from nas.exporters.camera import about_camera
from nas.exporters.format import FORMATS, Files
from nas.exporters.front_ends.beside_model import about_front_end, front_end_sources, with_known_answer
from nas.exporters.markdown import escape, table
from nas.exporters.model_input import model_input
from nas.exporters.on_tflm import on_tflm
from nas.exporters.sketch import sketch
from nas.study.archive import Archive, Example
from nas.text import kilobytes, listed, percent

TFLM = "https://github.com/tensorflow/tflite-micro"


@FORMATS.register("firmware")
def firmware(archive: Archive) -> Files:
    """Next steps: a README with a sketch for TFLM, and an input with its right output as C arrays."""
    archive, prefix = with_known_answer(on_tflm(archive)), identifier(archive.name)
    check = (
        {}
        if archive.example is None
        else {"model_check.h": check_header(prefix, archive.example, answers_of(archive).size)}
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
        "model_data.h, model_data.c": f"the model and the names of its {answers_of(archive).are} in C",
        "model_ops.h": "the operators that it needs, for TFLM",
        "nas_params.h": "reads the parameters in the model's metadata, in C",
        "model_check.h": "an input and its right output",
        **about_camera(archive),
        **about_front_end(archive),
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
    sources = listed([f"`{source}`" for source in ("model_data.c", *front_end_sources(archive))])
    return f"""Take [TensorFlow Lite Micro]({TFLM}) (TFLM) into the project.{at}
Compile {sources} with it and put the other files on the include path. This is a whole program, in C++.{checked}"""


def _memory(archive: Archive) -> str:
    facts, limits = archive.footprint, archive.budget
    arena, hears = facts["arena"]["min"], facts.get("front_end")
    needs = [("arena to reserve", arena, None if hears else limits.get("ram"))]
    if hears:
        needs.append(("RAM of the front-end", hears["ram_bytes"], None))
        needs.append(("RAM of both", arena + hears["ram_bytes"], limits.get("ram")))
    parts = "model, front-end and runtime's code" if hears else "model and runtime's code"
    needs.append((f"flash, {parts}", facts["flash_bytes"], limits.get("flash")))
    lines = [(what, kilobytes(size), kilobytes(limit), _margin(size, limit)) for what, size, limit in needs]
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
  if (!nas_params_find(&params, "{archive.task.names_key}", &names)) return NULL;
  return nas_param_text_at(&names, answer);
}}
```"""


def _margin(size: int, limit: int | None) -> str:
    return "-" if limit is None else f"{kilobytes(limit - size)} ({percent((limit - size) / limit)})"
