"""A whole program in C++ that runs a model by TFLM, to be read more than to be copied."""

from nas.exporters.detection import filling
from nas.exporters.front_ends.hearing import written_hearing
from nas.exporters.project.predict import MARGIN_BYTES
from nas.study.archive import Archive


def sketch(archive: Archive, prefix: str) -> str:
    """Return the program."""
    upper, hears = prefix.upper(), written_hearing(archive) is not None
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

{include}#include "{"model_listen.h" if hears else "model_data.h"}"
#include "model_ops.h"
#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/schema/schema_generated.h"

// A margin, since another version of TFLM may need some bytes more. Once all works, take it away in steps.
alignas(16) static uint8_t arena[{upper}_ARENA_BYTES + {MARGIN_BYTES}];
{_buffer(upper, hears)}

int main() {{
  const tflite::Model* model = tflite::GetModel({prefix}_model);
  static tflite::MicroInterpreter interpreter(model, {prefix}_op_resolver(), arena, sizeof arena);
  if (interpreter.AllocateTensors() != kTfLiteOk) return 1;
{check}
{f"  {prefix}_listen_reset();" + chr(10) if hears else ""}\
  for ({"size_t taken = 0" * hears};;) {{
{_input(archive, prefix, hears)}
    if (interpreter.Invoke() != kTfLiteOk) return 2;
    const int8_t* output = interpreter.output(0)->data.int8;
{_use(archive, prefix)}
  }}
}}
"""


def _buffer(upper: str, hears: bool) -> str:
    if hears:
        return f"static int16_t samples[{upper}_STEP_SAMPLES];  // the newest, of 16 bits"
    return f"static float raw[{upper}_INPUT_BYTES];  // one input, in the units below, channels last"


def _input(archive: Archive, prefix: str, hears: bool) -> str:
    """Return the lines that give the model its input."""
    if not hears:
        return f"""\
    // Fill raw from the sensor here.
{filling(archive, prefix, "interpreter.input(0)", "    ").rstrip()}"""
    step = f"{prefix.upper()}_STEP_SAMPLES"
    return f"""\
    // Fill samples from the microphone here, whenever taken is 0.
    const int8_t* features;
    taken = (taken + {prefix}_hear(samples + taken, {step} - taken, &features)) % {step};
    if (features == NULL) continue;
    memcpy(interpreter.input(0)->data.int8, features, {prefix.upper()}_INPUT_BYTES);"""


def _use(archive: Archive, prefix: str) -> str:
    """Return the lines that use the outputs."""
    upper = prefix.upper()
    if archive.output_scaling is not None:
        return f"""\
    float values[{upper}_TARGETS];
    for (int i = 0; i < {upper}_TARGETS; ++i) values[i] = {prefix}_value(output[i], i);
    // Use values here; their names are in {prefix}_target_names."""
    if archive.detector is not None:
        return f"""\
    const float score = {prefix}_score(kept, output);
    const int is_anomaly = {prefix}_is_anomaly(kept, output);
    // Use score and is_anomaly here."""
    return f"""\
    int best = 0;
    for (int i = 1; i < {upper}_CLASSES; ++i) best = output[i] > output[best] ? i : best;
    // Use {prefix}_class_names[best] here."""
