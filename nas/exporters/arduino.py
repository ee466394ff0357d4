"""A whole sketch for the Arduino IDE: it checks the model on the board, then classifies an example."""

from nas.errors import InputError
from nas.exporters.arduino_predict import MARGIN_BYTES, predict_header, predict_source, smoothed
from nas.exporters.c_array import data_header, data_source
from nas.exporters.c_ops import ops_header
from nas.exporters.c_text import identifier, symbol
from nas.exporters.firmware import check_header, model_input
from nas.exporters.format import FORMATS, MARK, Files
from nas.exporters.markdown import escape
from nas.exporters.on_tflm import on_tflm
from nas.study.archive import Archive

LIBRARY = "https://github.com/tensorflow/tflite-micro-arduino-examples"
_LONGEST_NAME = 63
"""Characters in the name of a sketch, a rule of Arduino's."""


@FORMATS.register("arduino")
def arduino(archive: Archive) -> Files:
    """An Arduino sketch: a folder `<name>` that builds in the Arduino IDE, checks itself and classifies an example."""
    archive = on_tflm(archive)
    _require_expressible(archive)
    name, prefix = symbol(archive.name)[:_LONGEST_NAME], identifier(archive.name)
    assert archive.example is not None
    fixed = {
        "model_data.h": data_header(archive, prefix),
        "model_data.c": data_source(archive, prefix),
        "model_ops.h": ops_header(prefix, archive.op_kinds),
        "model_check.h": check_header(prefix, archive.example),
        "predict.h": predict_header(archive, prefix),
        "predict.cpp": predict_source(archive, prefix),
    }
    files = {
        **{file: text if MARK in text else f"// {MARK}. Do not edit.\n{text}" for file, text in fixed.items()},
        f"{name}.ino": _sketch(archive, name, prefix),
        "README.md": _readme(archive, name),
    }
    return {f"{name}/{file}": text for file, text in files.items()}


def _require_expressible(archive: Archive) -> None:
    if archive.example is None:
        hint = "an earlier release made it; take --format tflm, which does without"
        raise InputError(archive.name, "must hold an example that the sketch checks itself with", hint=hint)
    if count := archive.footprint.get("resource_variables"):
        rule, hint = "cannot express a model with resource variables", "take --format tflm, which can"
        raise InputError("format arduino", rule, got=f"{count} in {archive.name}", hint=hint)


def _sketch(archive: Archive, name: str, prefix: str) -> str:
    upper = prefix.upper()
    scores = "probability" if archive.output_is == "probability" else "logit"
    return f"""\
// {name}: checks the model on this board, then classifies an example each second. {MARK}, and yours to change:
// remove this sentence, and `nas export` will not write over your changes without --force.
#include "predict.h"

static float raw[{upper}_INPUT_BYTES];    // one input, in the units of the training data, channels last
static float scores[{upper}_CLASSES];  // the {scores} of each class

static void stop_with(const char* why) {{
  for (;;) {{
    Serial.println(why);
    delay(1000);
  }}
}}

// Replace this: fill raw from your sensor. The units, the rate and the order of the channels are in README.md.
static void read_input() {{ {prefix}_example(raw); }}

void setup() {{
  Serial.begin(115200);
  while (!Serial && millis() < 5000) {{
  }}
  if (!{prefix}_begin()) stop_with("model: the arena is too small, or the library lacks an operator");
  if (!{prefix}_self_test()) stop_with("self-test: wrong answer; another model, other kernels, or a fault");
  Serial.println("self-test: passed");
}}

void loop() {{
  read_input();
  if ({prefix}_predict(raw, scores) < 0) stop_with("model: could not be run");
  const int best = {prefix}_smooth(scores);  // the mean of the newest {upper}_SMOOTHED inputs; see predict.h
  for (int i = 0; i < {upper}_CLASSES; ++i) {{
    Serial.print({prefix}_class_names[i]);
    Serial.print(": ");
    Serial.println(scores[i], 3);
  }}
  Serial.print("answer: ");
  Serial.println({prefix}_class_names[best]);
  delay(1000);
}}
"""


def _readme(archive: Archive, name: str) -> str:
    target, smallest = escape(archive.footprint["target"]), archive.footprint["arena"]["min"]
    return f"""\
# Arduino sketch {name}

The int8 network {escape(archive.name)} for TensorFlow Lite Micro (TFLM). {MARK}; not tried on a board.

1. Once: clone a TFLM library into the Arduino libraries, `~/Arduino/libraries` on Linux, `Documents/Arduino/libraries`
   elsewhere, and restart the Arduino IDE. Google's own is for boards such as the Nano 33 BLE:

        git clone {LIBRARY} Arduino_TensorFlowLite

   For another one, write its header in place of `TensorFlowLite.h` in `predict.cpp`.
2. Open `{name}.ino` in the Arduino IDE, choose the board and upload. In a terminal:

        arduino-cli compile --fqbn arduino:mbed_nano:nano33ble {name}
        arduino-cli upload --fqbn arduino:mbed_nano:nano33ble --port /dev/ttyACM0 {name}

3. Open the Serial Monitor at 115200. It shows `self-test: passed`, and once a second the score of each class for an
   example that is made of noise.
4. Replace `read_input` in `{name}.ino` by your sensor.
{_about_smoothing(archive)}
The arena is {smallest:,} + {MARGIN_BYTES:,} bytes: the smallest that works on target `{target}` with the TFLM that nas
computes for, and a margin, since the library's TFLM may need some bytes more.

## What the model is given

{model_input(archive)}
"""


def _about_smoothing(archive: Archive) -> str:
    """Return how answers are smoothed over windows; empty where inputs are none."""
    if smoothed(archive) == 1:
        return ""
    upper = identifier(archive.name).upper()
    return f"""
The sketch shows the mean of the scores of the newest {smoothed(archive)} windows, so that one odd window does not
change the answer. `#define {upper}_SMOOTHED` in `predict.h` sets how many: 1 for none, more for a steadier and later
answer. Each takes {4 * len(archive.class_names)} bytes of RAM.
"""
