"""How the programs of a project fill samples: sound from a microphone, or the steps of sensors' windows."""

from dataclasses import dataclass
from textwrap import indent

from nas.exporters.project.sources import Project
from nas.signal.window_front_end import WindowFrontEnd


@dataclass(frozen=True)
class Samples:
    """Texts in C++ for `samples`, the buffer of a program; lines of functions are indented by two.

    Attributes:
        buffer: its declaration.
        count: of samples, or steps in time, that a board's program takes at once.
        rest: those of them that are not taken yet.
        window: samples, or steps, that the model answers for.
        sensor: the sentence in a board's program on what is to fill them.
        noise: the lines that fill them with noise.
        read: the lines that fill them from `file`, or with noise for one window if there is none, and return how many
            they are.
        told: the line that prints the time of an answer, from the samples that were `heard` before and those `taken`.
        file: how the message about a wrong file begins; what it must hold follows.
    """

    buffer: str
    count: str
    rest: str
    window: str
    sensor: str
    noise: str
    read: str
    told: str
    file: str


def samples_of(project: Project) -> Samples:
    """Return the texts of a project whose model has a front-end."""
    return _of_sound(project) if project.windows is None else _of_windows(project, project.windows)


def _of_sound(project: Project) -> Samples:
    prefix, upper, hearing = project.prefix, project.upper, project.hearing
    assert hearing is not None
    step, length = f"{upper}_STEP_SAMPLES", f"{upper}_SAMPLES"
    return Samples(
        buffer=f"static int16_t samples[{step}];  // the newest, of 16 bits",
        count=step,
        rest="samples + taken",
        window=length,
        sensor=f"fill samples from your microphone, {hearing.rate_hz} a second.",
        noise=f"  for (int16_t& sample : samples) sample = {prefix}_noise(&state);\n",
        read=f"""\
  if (file != nullptr) return fread(samples, sizeof samples[0], {step}, file);
  size_t count = 0;
  for (; count < {step} && made < {length}; ++made) samples[count++] = {prefix}_noise(&state);
  return count;
""",
        told=f'  printf("at %zu ms\\n", (heard + taken) * 1000 / {hearing.rate_hz});\n',
        file="sound: must be a file of",
    )


def _of_windows(project: Project, front_end: WindowFrontEnd) -> Samples:
    prefix, upper, rate_hz = project.prefix, project.upper, project.archive.sample_rate_hz
    channels, steps = f"{upper}_WINDOW_CHANNELS", f"{upper}_WINDOW_STEPS"
    each = f"for (size_t channel = 0; channel < {channels}; ++channel)"
    often = f", {rate_hz:g} times a second" if rate_hz else ""
    when = '"at step %zu\\n", heard + taken'
    if rate_hz:
        when = f'"at %.2f s\\n", static_cast<double>(heard + taken) / {rate_hz:g}'
    return Samples(
        buffer=f"static int16_t samples[{channels}];  // of a step in time",
        count="1",
        rest=f"samples + taken * {channels}",
        window=steps,
        sensor=f"give {prefix}_sample the values of your sensor{often}. Units and order of channels are in README.md.",
        noise=indent(f"{each} samples[channel] = {prefix}_sample({prefix}_noise(&state, channel), channel);\n", "  "),
        read=f"""\
  if (file == nullptr && made++ == {steps}) return 0;
  {each} {{
    float value = 0.0f;
    if (file == nullptr) {{
      value = {prefix}_noise(&state, channel);
    }} else if (fscanf(file, "%f%*[,; \\t]", &value) != 1) {{
      return 0;
    }}
    samples[channel] = {prefix}_sample(value, channel);
  }}
  return 1;
""",
        told=f"  printf({when});\n",
        file="input: must be a file of numbers for",
    )
