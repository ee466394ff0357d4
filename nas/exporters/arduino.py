"""A whole sketch for the Arduino IDE: it checks the model on the board, then answers for an example."""

from nas.exporters.answers.answers import answers_of
from nas.exporters.format import FORMATS, MARK, Files
from nas.exporters.project import samples_main
from nas.exporters.project.main import NO_ARENA, NO_RUN, WRONG, given
from nas.exporters.project.readme import last_step, project_readme
from nas.exporters.project.samples import samples_of
from nas.exporters.project.sources import Project, project_of, shared_sources
from nas.study.archive import Archive

LIBRARY = "https://github.com/tensorflow/tflite-micro-arduino-examples"

_HEADER = """
#ifdef ARDUINO
#include <TensorFlowLite.h>  // by this the Arduino IDE finds the library; put another library's own header here
#endif
"""


@FORMATS.register("arduino")
def arduino(archive: Archive) -> Files:
    """An Arduino sketch: a folder `<name>` that builds in the Arduino IDE, checks itself and answers for an example."""
    project = project_of(archive, "arduino")
    name = project.name
    files = {
        **shared_sources(project, before=_HEADER),
        f"{name}.ino": _sketch(project),
        "README.md": project_readme(project, "Arduino sketch", _steps(project)),
    }
    return {f"{name}/{file}": text for file, text in files.items()}


def _printing(word: str, text: str) -> str:
    return f'Serial.print("{word}: ");\nSerial.println({text});'


def _sketch(project: Project) -> str:
    name, prefix, upper, answers = project.name, project.prefix, project.upper, answers_of(project.archive)
    result, told = answers.told(prefix, _printing)
    return f"""\
// {name}: checks the model on this board, then {answers.does} an example each second. {MARK}, and yours to change:
// remove this sentence, and `nas export` will not write over your changes without --force.
#include "predict.h"

{given(project)}
static float {answers.array}[{upper}_{answers.count}];  // {answers.each}

static void stop_with(const char* why) {{
  for (;;) {{
    Serial.println(why);
    delay(1000);
  }}
}}

// Shows the newest answer.
static void tell() {{
  {result}{prefix}_smooth({answers.array});  // the mean of the newest {upper}_SMOOTHED inputs; see predict.h
  for (int i = 0; i < {upper}_{answers.count}; ++i) {{
    Serial.print({prefix}_{answers.names}[i]);
    Serial.print(": ");
    Serial.println({answers.array}[i], 3);
  }}{told}
}}

void setup() {{
  Serial.begin(115200);
  while (!Serial && millis() < 5000) {{
  }}
  if (!{prefix}_begin()) stop_with("{NO_ARENA}");
  if (!{prefix}_self_test()) stop_with("{WRONG}");
  Serial.println("self-test: passed");
}}

{_loop(project)}"""


def _loop(project: Project) -> str:
    prefix = project.prefix
    failed = f'stop_with("{NO_RUN}");'
    if not project.takes_samples:
        return f"""\
// Replace this: fill raw from your sensor. The units, the rate and the order of the channels are in README.md.
static void read_input() {{ {prefix}_example(raw); }}

void loop() {{
  read_input();
  if ({prefix}_predict(raw, {answers_of(project.archive).array}) < 0) {failed}
  tell();
  delay(1000);
}}
"""
    told = f"{{\n    tell();\n    delay(1000);{samples_main.PACE}\n  }}"
    return f"""\
{samples_main.read_samples(project)}
void loop() {{
  read_samples();
{samples_main.take_samples(project, samples_of(project).count, failed, told)}}}
"""


def _steps(project: Project) -> str:
    name = project.name
    return f"""\
1. Once: clone a TFLM library into the Arduino libraries, `~/Arduino/libraries` on Linux, `Documents/Arduino/libraries`
   elsewhere, and restart the Arduino IDE. Google's own is for boards such as the Nano 33 BLE:

        git clone {LIBRARY} Arduino_TensorFlowLite

   For another one, write its header in place of `TensorFlowLite.h` in `predict.cpp`.
2. Open `{name}.ino` in the Arduino IDE, choose the board and upload. In a terminal:

        arduino-cli compile --fqbn arduino:mbed_nano:nano33ble {name}
        arduino-cli upload --fqbn arduino:mbed_nano:nano33ble --port /dev/ttyACM0 {name}

3. Open the Serial Monitor at 115200. It shows `self-test: passed`, and once a second what it answers for an
   example that is made of noise.
4. {last_step(project, f"{name}.ino")}"""
