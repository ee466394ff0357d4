"""A whole program in C++ that runs a model by TFLM, to be read more than to be copied."""

from dataclasses import dataclass

from nas.exporters.answers.answers import answers_of
from nas.exporters.front_ends.hearing import windows_of, written_hearing
from nas.exporters.input_scaling import filling, raw_values
from nas.exporters.project.invoke import invoked
from nas.exporters.project.predict import MARGIN_BYTES
from nas.study.archive import Archive


def sketch(archive: Archive, prefix: str) -> str:
    """Return the program."""
    takes, run = _takes(archive, prefix), invoked(archive, "interpreter.")
    check, include = "", ""
    if archive.example is not None:
        include = '#include "model_check.h"\n'
        check = f"""
  memcpy(interpreter.input(0)->data.int8, {prefix}_check_input, sizeof {prefix}_check_input);
  if ({run} != kTfLiteOk) return 2;
  if ({prefix}_check(interpreter.output(0)->data.int8) > 1) return 3;  // another model, or other kernels
"""
    return f"""\
#include <string.h>

{include}{takes.includes}
#include "model_ops.h"
#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/schema/schema_generated.h"

// A margin, since another version of TFLM may need some bytes more. Once all works, take it away in steps.
alignas(16) static uint8_t arena[{prefix.upper()}_ARENA_BYTES + {MARGIN_BYTES}];
{takes.buffer}

int main() {{
  const tflite::Model* model = tflite::GetModel({prefix}_model);
  static tflite::MicroInterpreter interpreter(model, {prefix}_op_resolver(), arena, sizeof arena);
  if (interpreter.AllocateTensors() != kTfLiteOk) return 1;
{check}
{takes.begin}\
  for ({takes.counter};;) {{
{takes.lines}
    if ({run} != kTfLiteOk) return 2;
    const int8_t* output = interpreter.output(0)->data.int8;
{answers_of(archive).used(prefix)}
  }}
}}
"""


@dataclass(frozen=True)
class _Takes:
    """The parts of the program that differ by what it takes; `lines` give the model its input."""

    includes: str
    buffer: str
    begin: str
    counter: str
    lines: str


def _takes(archive: Archive, prefix: str) -> _Takes:
    """Return the parts for raw values, for sound, or for samples of sensors."""
    upper, step, keeps = prefix.upper(), f"{prefix.upper()}_STEP_SAMPLES", answers_of(archive).keeps_input
    if windows_of(archive) is not None:
        return _Takes(
            '#include "model_data.h"\n#include "model_front_end.h"',
            f"static int16_t samples[{upper}_WINDOW_CHANNELS];  // of a step in time",
            f"  {prefix}_front_end_reset();\n",
            "",
            f"""\
    // Make samples of the sensor's values here: samples[c] = {prefix}_sample(value, c).
    {prefix}_front_end_take(samples, 1);
{_filled(prefix, keeps=keeps)}""",
        )
    if written_hearing(archive) is not None:
        features = "kept" if keeps else "features"
        return _Takes(
            '#include "model_listen.h"',
            f"static int16_t samples[{step}];  // the newest, of 16 bits",
            f"  {prefix}_listen_reset();\n",
            "size_t taken = 0",
            f"""\
    // Fill samples from the microphone here, whenever taken is 0.
    const int8_t* {features};
    taken = (taken + {prefix}_hear(samples + taken, {step} - taken, &{features})) % {step};
    if ({features} == NULL) continue;
    memcpy(interpreter.input(0)->data.int8, {features}, {upper}_INPUT_BYTES);""",
        )
    answers = answers_of(archive)
    given = "in the units below" if archive.is_scaled else raw_values(archive)
    raw = f"static float raw[{upper}_{answers.row}];  // one input, {given}, channels last"
    filled = filling(answers, prefix, "interpreter.input(0)", "    ").rstrip()
    return _Takes('#include "model_data.h"', raw, "", "", f"    // Fill raw from the sensor here.\n{filled}")


def _filled(prefix: str, *, keeps: bool) -> str:
    """Return the lines that give the model a window's features, and may keep them for the answer."""
    if not keeps:
        return f"    if (!{prefix}_front_end_input(interpreter.input(0)->data.int8)) continue;"
    return f"""\
    static int8_t kept[{prefix.upper()}_INPUT_BYTES];  // TFLM may write over its input
    if (!{prefix}_front_end_input(kept)) continue;
    memcpy(interpreter.input(0)->data.int8, kept, sizeof kept);"""
