"""The program of a project: it checks the model, then prints its answer for an example."""

from dataclasses import dataclass

from nas.exporters.format import MARK
from nas.exporters.outputs import outputs_of
from nas.exporters.project.sources import Project


@dataclass(frozen=True)
class Platform:
    """What differs between the programs of boards.

    Attributes:
        includes: lines of the platform's headers.
        entry: the head of the function that the platform calls.
        begin: its first lines, indented by two.
        wait: a statement that waits for a second.
    """

    includes: str
    entry: str
    begin: str
    wait: str


def board_main(project: Project, platform: Platform) -> str:
    """Return `main.cpp` for a board, which answers for an example each second."""
    prefix = project.prefix
    return f"""\
{_head(project, platform.includes)}
static void stop_with(const char* why) {{
  for (;;) {{
    puts(why);
    {platform.wait}
  }}
}}

// Replace this: fill raw from your sensor. The units, the rate and the order of the channels are in README.md.
static void read_input() {{ {prefix}_example(raw); }}

{_answer(project)}
{platform.entry} {{
{platform.begin}\
  if (!{prefix}_begin()) stop_with("{NO_ARENA}");
  if (!{prefix}_self_test()) stop_with("{WRONG}");
  puts("self-test: passed");
  for (;;) {{
    read_input();
    if (!answer()) stop_with("{NO_RUN}");
    {platform.wait}
  }}
}}
"""


def computer_main(project: Project) -> str:
    """Return `main.cpp` for a computer, which answers for the values of a file, or the example, and ends."""
    prefix, upper = project.prefix, project.upper
    return f"""\
{_head(project, "")}
static int stop_with(int code, const char* why) {{
  fputs(why, stderr);
  fputs("\\n", stderr);
  return code;
}}

// Reads one input: {upper}_INPUT_BYTES numbers between spaces, commas or line ends, channels last.
static bool read_input(const char* path) {{
  FILE* file = fopen(path, "r");
  if (file == nullptr) return false;
  size_t count = 0;
  while (count < {upper}_INPUT_BYTES && fscanf(file, " %f%*[ \\t\\r\\n,;]", &raw[count]) == 1) ++count;
  float more = 0.0f;
  const bool whole = count == {upper}_INPUT_BYTES && fscanf(file, " %f", &more) != 1;
  fclose(file);
  return whole;
}}

{_answer(project)}
// Exit codes: 0 all is well, 1 the model cannot be run, 2 the self-test failed, 3 the file is not one input.
int main(int argc, char** argv) {{
  if (!{prefix}_begin()) return stop_with(1, "{NO_ARENA}");
  if (!{prefix}_self_test()) return stop_with(2, "{WRONG}");
  puts("self-test: passed");
  if (argc < 2) {{
    {prefix}_example(raw);
  }} else if (!read_input(argv[1])) {{
    return stop_with(3, "input: must be a file of as many numbers as the model takes; see README.md");
  }}
  return answer() ? 0 : stop_with(1, "{NO_RUN}");
}}
"""


NO_ARENA = "model: the arena is too small, or the library lacks an operator"
WRONG = "self-test: wrong answer; another model, other kernels, or a fault"
NO_RUN = "model: could not be run"


def _head(project: Project, includes: str) -> str:
    upper, words = project.upper, outputs_of(project.archive)
    return f"""\
// Checks the model, then {words.does} an example and prints the {words.are}. {MARK}, and yours to change:
// remove this sentence, and `nas export` will not write over your changes without --force.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
{includes}
#include "predict.h"

static float raw[{upper}_INPUT_BYTES];    // one input, in the units of the training data, channels last
static float {words.array}[{upper}_{words.count}];  // {words.each}
"""


def _answer(project: Project) -> str:
    prefix, upper, words = project.prefix, project.upper, outputs_of(project.archive)
    best, told = "const int best = ", f'\n  printf("answer: %s\\n", {prefix}_class_names[best]);'
    if project.archive.output_scaling is not None:
        best = told = ""
    return f"""\
// By whole numbers, since printf of floats takes kilobytes of flash, or is not there.
static void print_value(const char* name, float value) {{
  const long thousandths = lrintf(1000.0f * value);
  printf("%s: %s%ld.%03ld\\n", name, thousandths < 0 ? "-" : "", labs(thousandths) / 1000, labs(thousandths) % 1000);
}}

static bool answer() {{
  if ({prefix}_predict(raw, {words.array}) < 0) return false;
  {best}{prefix}_smooth({words.array});  // the mean of the newest {upper}_SMOOTHED inputs; see predict.h
  for (int i = 0; i < {upper}_{words.count}; ++i) print_value({prefix}_{words.names}[i], {words.array}[i]);{told}
  return true;
}}
"""
