"""The programs of projects that hear: they check themselves, then tell what they hear in noise or in a file."""

from textwrap import indent

from nas.exporters.project.sources import Project

PACE = "  // noise has no pace of its own: take this away with a microphone"


def buffer(project: Project) -> str:
    """Return the declaration of what is given to the model."""
    return f"static int16_t samples[{project.upper}_STEP_SAMPLES];  // the newest, of 16 bits"


def read_samples(project: Project) -> str:
    """Return the function that fills samples with noise."""
    assert project.hearing is not None
    return f"""\
// Replace this: fill samples from your microphone, {project.hearing.rate_hz} a second.
static void read_samples() {{
  static uint32_t state = 1;
  for (int16_t& sample : samples) sample = {project.prefix}_noise(&state);
}}
"""


def take_samples(project: Project, count: str, failed: str, told: str) -> str:
    """Return the lines, indented by two, that give samples to the model.

    Args:
        project: the model.
        count: of the samples.
        failed: what is done if the model does not run, and `told` with a new answer.
        told: see above.
    """
    scores = "scores" if project.archive.output_scaling is None else "values"
    return indent(
        f"""\
for (size_t taken = 0; taken < {count};) {{
  int answered = 0;
  taken += {project.prefix}_process_samples(samples + taken, {count} - taken, {scores}, &answered);
  if (answered < 0) {failed}
  if (answered > 0) {told}
}}
""",
        "  ",
    )


def board_answer(project: Project, wait: str) -> str:
    """Return the functions of a board's program that read samples and answer."""
    step = f"{project.upper}_STEP_SAMPLES"
    told = f"{{\n    tell();\n    {wait}{PACE}\n  }}"
    return f"""\
{read_samples(project)}
// Takes the samples, and tells each answer.
static bool answer() {{
{take_samples(project, step, "return false;", told)}  return true;
}}
"""


def computer_answer(project: Project) -> str:
    """Return the functions of a computer's program that read samples and answer."""
    prefix, upper, hearing = project.prefix, project.upper, project.hearing
    assert hearing is not None
    told = f'{{\n    printf("at %zu ms\\n", (heard + taken) * 1000 / {hearing.rate_hz});\n    tell();\n  }}'
    return f"""\
// Fills samples from a file, or without one with noise for a window. Returns how many there are; 0 at the end.
static size_t read_samples(FILE* file) {{
  static size_t made = 0;
  static uint32_t state = 1;
  if (file != nullptr) return fread(samples, sizeof samples[0], {upper}_STEP_SAMPLES, file);
  size_t count = 0;
  for (; count < {upper}_STEP_SAMPLES && made < {upper}_SAMPLES; ++made) samples[count++] = {prefix}_noise(&state);
  return count;
}}

// Takes samples behind those that were heard, and tells each answer.
static bool answer(size_t heard, size_t count) {{
{take_samples(project, "count", "return false;", told)}  return true;
}}
"""


def computer_end(project: Project, no_run: str) -> str:
    """Return the last lines of a computer's main function."""
    upper = project.upper
    return f"""\
  FILE* file = argc < 2 ? nullptr : fopen(argv[1], "rb");
  if (argc > 1 && file == nullptr) return stop_with(3, "sound: must be a file of samples; see README.md");
  size_t heard = 0;
  for (size_t count; (count = read_samples(file)) > 0; heard += count) {{
    if (!answer(heard, count)) return stop_with(1, "{no_run}");
  }}
  if (heard < {upper}_SAMPLES) return stop_with(3, "sound: must be a file of a window or more; see README.md");
  return 0;
"""
