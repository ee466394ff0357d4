"""The programs of projects that take samples: they check themselves, then answer for noise or for what is in a file."""

from textwrap import indent

from nas.exporters.answers.answers import answers_of
from nas.exporters.project.samples import samples_of
from nas.exporters.project.sources import Project

PACE = "  // noise has no pace of its own: take this away with a sensor"


def buffer(project: Project) -> str:
    """Return the declaration of what is given to the model."""
    return samples_of(project).buffer


def read_samples(project: Project) -> str:
    """Return the function that fills samples with noise."""
    texts = samples_of(project)
    return f"""\
// Replace this: {texts.sensor}
static void read_samples() {{
  static uint32_t state = 1;
{texts.noise}}}
"""


def take_samples(project: Project, count: str, failed: str, told: str) -> str:
    """Return the lines, indented by two, that give samples to the model.

    Args:
        project: the model.
        count: of the samples, or steps in time.
        failed: what is done if the model does not run.
        told: what is done with a new answer.
    """
    rest, answer = samples_of(project).rest, answers_of(project.archive).array
    return indent(
        f"""\
for (size_t taken = 0; taken < {count};) {{
  int answered = 0;
  taken += {project.prefix}_process_samples({rest}, {count} - taken, {answer}, &answered);
  if (answered < 0) {failed}
  if (answered > 0) {told}
}}
""",
        "  ",
    )


def board_answer(project: Project, wait: str) -> str:
    """Return the functions of a board's program that read samples and answer."""
    told = f"{{\n    tell();\n    {wait}{PACE}\n  }}"
    return f"""\
{read_samples(project)}
// Takes the samples, and tells each answer.
static bool answer() {{
{take_samples(project, samples_of(project).count, "return false;", told)}  return true;
}}
"""


def computer_answer(project: Project) -> str:
    """Return the functions of a computer's program that read samples and answer."""
    texts = samples_of(project)
    told = f"{{\n  {texts.told}    tell();\n  }}"
    return f"""\
// Fills samples from a file, or without one with noise for a window. Returns how many there are; 0 at the end.
static size_t read_samples(FILE* file) {{
  static size_t made = 0;
  static uint32_t state = 1;
{texts.read}}}

// Takes samples behind those that were heard, and tells each answer.
static bool answer(size_t heard, size_t count) {{
{take_samples(project, "count", "return false;", told)}  return true;
}}
"""


def computer_end(project: Project, no_run: str) -> str:
    """Return the last lines of a computer's main function."""
    texts = samples_of(project)
    return f"""\
  FILE* file = argc < 2 ? nullptr : fopen(argv[1], "rb");
  if (argc > 1 && file == nullptr) return stop_with(3, "{texts.file} samples; see README.md");
  size_t heard = 0;
  for (size_t count; (count = read_samples(file)) > 0; heard += count) {{
    if (!answer(heard, count)) return stop_with(1, "{no_run}");
  }}
  if (heard < {texts.window}) return stop_with(3, "{texts.file} a window or more; see README.md");
  return 0;
"""
