"""The program of a project: it checks the model, then prints its answer for an example."""

from dataclasses import dataclass

from nas.exporters.answers.answers import answers_of
from nas.exporters.format import MARK
from nas.exporters.input_scaling import raw_values
from nas.exporters.project import samples_main
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
    if not project.takes_samples:
        read, answer, pace = "read_input", f"{_read_example(project)}\n{_answer(project)}", f"    {platform.wait}\n"
    else:
        read, answer, pace = "read_samples", samples_main.board_answer(project, platform.wait), ""
    return f"""\
{_head(project, platform.includes)}
static void stop_with(const char* why) {{
  for (;;) {{
    puts(why);
    {platform.wait}
  }}
}}

{_tell(project)}
{answer}
{platform.entry} {{
{platform.begin}\
  if (!{prefix}_begin()) stop_with("{NO_ARENA}");
  if (!{prefix}_self_test()) stop_with("{WRONG}");
  puts("self-test: passed");
  for (;;) {{
    {read}();
    if (!answer()) stop_with("{NO_RUN}");
{pace}  }}
}}
"""


def computer_main(project: Project) -> str:
    """Return `main.cpp` for a computer, which answers for what is in a file, or for noise, and ends."""
    prefix = project.prefix
    if not project.takes_samples:
        answer, end = f"{_read_file(project)}\n{_answer(project)}", _computer_end(project)
        what = "the file is not one input"
    else:
        answer, end = samples_main.computer_answer(project), samples_main.computer_end(project, NO_RUN)
        what = "the file is no window of samples"
    return f"""\
{_head(project, "")}
static int stop_with(int code, const char* why) {{
  fputs(why, stderr);
  fputs("\\n", stderr);
  return code;
}}

{_tell(project)}
{answer}
// Exit codes: 0 all is well, 1 the model cannot be run, 2 the self-test failed, 3 {what}.
int main(int argc, char** argv) {{
  if (!{prefix}_begin()) return stop_with(1, "{NO_ARENA}");
  if (!{prefix}_self_test()) return stop_with(2, "{WRONG}");
  puts("self-test: passed");
{end}}}
"""


def _computer_end(project: Project) -> str:
    return f"""\
  if (argc < 2) {{
    {project.prefix}_example(raw);
  }} else if (!read_input(argv[1])) {{
    return stop_with(3, "input: must be a file of as many numbers as the model takes; see README.md");
  }}
  return answer() ? 0 : stop_with(1, "{NO_RUN}");
"""


def _read_example(project: Project) -> str:
    return f"""\
// Replace this: fill raw from your sensor. The units, the rate and the order of the channels are in README.md.
static void read_input() {{ {project.prefix}_example(raw); }}
"""


def _read_file(project: Project) -> str:
    values = f"{project.upper}_{answers_of(project.archive).row}"
    return f"""\
// Reads one input: {values} numbers between spaces, commas or line ends, channels last.
static bool read_input(const char* path) {{
  FILE* file = fopen(path, "r");
  if (file == nullptr) return false;
  size_t count = 0;
  while (count < {values} && fscanf(file, " %f%*[ \\t\\r\\n,;]", &raw[count]) == 1) ++count;
  float more = 0.0f;
  const bool whole = count == {values} && fscanf(file, " %f", &more) != 1;
  fclose(file);
  return whole;
}}
"""


NO_ARENA = "model: the arena is too small, or the library lacks an operator"
WRONG = "self-test: wrong answer; another model, other kernels, or a fault"
NO_RUN = "model: could not be run"


def given(project: Project) -> str:
    """Return the declaration of the buffer for what is given to the model."""
    if project.takes_samples:
        return samples_main.buffer(project)
    what = f"one input, {raw_values(project.archive)}, channels last"
    return f"static float raw[{project.upper}_{answers_of(project.archive).row}];    // {what}"


def _head(project: Project, includes: str) -> str:
    upper, answers = project.upper, answers_of(project.archive)
    return f"""\
// Checks the model, then {answers.does} an example and prints the {answers.are}. {MARK}, and yours to change:
// remove this sentence, and `nas export` will not write over your changes without --force.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
{includes}
#include "predict.h"

{given(project)}
static float {answers.array}[{upper}_{answers.count}];  // {answers.each}
"""


def _tell(project: Project) -> str:
    prefix, upper, answers = project.prefix, project.upper, answers_of(project.archive)
    result, told = answers.told(prefix, lambda word, text: f'printf("{word}: %s\\n", {text});')
    return f"""\
// By whole numbers, since printf of floats takes kilobytes of flash, or is not there.
static void print_value(const char* name, float value) {{
  const long thousandths = lrintf(1000.0f * value);
  printf("%s: %s%ld.%03ld\\n", name, thousandths < 0 ? "-" : "", labs(thousandths) / 1000, labs(thousandths) % 1000);
}}

// Prints the newest answer.
static void tell() {{
  {result}{prefix}_smooth({answers.array});  // the mean of the newest {upper}_SMOOTHED inputs; see predict.h
  for (int i = 0; i < {upper}_{answers.count}; ++i) print_value({prefix}_{answers.names}[i], {answers.array}[i]);{told}
}}
"""


def _answer(project: Project) -> str:
    return f"""\
static bool answer() {{
  if ({project.prefix}_predict(raw, {answers_of(project.archive).array}) < 0) return false;
  tell();
  return true;
}}
"""
