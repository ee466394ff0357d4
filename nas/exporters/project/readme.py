"""The README of a project: the commands that build it, the memory that it needs, and what the model is given."""

from nas.exporters.answers.answers import answers_of
from nas.exporters.format import MARK
from nas.exporters.front_ends.beside_model import about_front_end
from nas.exporters.markdown import escape, table
from nas.exporters.model_input import model_input
from nas.exporters.project.predict import MARGIN_BYTES
from nas.exporters.project.smoothing import smoothed
from nas.exporters.project.sources import Project
from nas.study.archive import Archive


def project_readme(project: Project, what: str, steps: str, tried: str = "not tried on a board") -> str:
    """Return the README of a project whose commands are `steps`."""
    archive = project.archive
    return f"""\
# {what} {project.name}

The int8 network {escape(archive.name)} for TensorFlow Lite Micro (TFLM). {MARK}; {tried}.

{steps}
{about_smoothing(project)}
{_arena(archive)}

## Files

{_files(project)}

## What the model is given

{model_input(archive)}
"""


def last_step(project: Project, program: str) -> str:
    """Return what is left to do once the program runs: its example gives way to a sensor."""
    if project.windows is not None:
        step = f"the {project.upper}_WINDOW_CHANNELS values of a step in time"
        return f"Replace `read_samples` in `{program}` by your sensor, which gives `{project.prefix}_sample` {step}."
    if project.hearing is not None:
        samples = f"samples of 16 bits, {project.hearing.rate_hz:,} a second"
        return f"Replace `read_samples` in `{program}` by your microphone, which fills `samples`: {samples}."
    values = f"{project.upper}_{answers_of(project.archive).row}"
    return f"Replace `read_input` in `{program}` by your sensor, which fills {values} values."


def _files(project: Project) -> str:
    takes = project.takes_samples
    files = {
        "predict.h, predict.cpp": f"{'samples' if takes else 'raw values'} in, answers out, and the self-test",
        "model_data.h, model_data.c": f"the model and the names of its {answers_of(project.archive).are}",
        "model_ops.h": "the operators that it needs",
        "model_check.h": "the features of a noise and the right output" if takes else "an input and its right output",
        **about_front_end(project.archive),
    }
    return table(("file", "what it is"), files.items(), text=2)


def about_smoothing(project: Project) -> str:
    """Return how answers are smoothed over windows; empty where inputs are none."""
    archive, upper = project.archive, project.upper
    if smoothed(archive) == 1:
        return ""
    return f"""
The program shows the mean of the scores of the newest {smoothed(archive)} windows, so that one odd window does not
change the answer. `#define {upper}_SMOOTHED` in `predict.h` sets how many: 1 for none, more for a steadier and later
answer. Each takes {4 * len(answers_of(archive).listed)} bytes of RAM.
"""


def _arena(archive: Archive) -> str:
    target, smallest = escape(archive.footprint["target"]), archive.footprint["arena"]["min"]
    return f"""\
The arena is {smallest:,} + {MARGIN_BYTES:,} bytes: the smallest that works on target `{target}` with the TFLM that nas
computes for, and a margin, since the library's TFLM may need some bytes more.{_front_end(archive)}"""


def _front_end(archive: Archive) -> str:
    """Return what the front-end takes beside the arena."""
    share = archive.footprint.get("front_end")
    if share is None:
        return ""
    ram, flash = share["ram_bytes"], share["table_bytes"] + share["code_bytes"]
    return f"\nThe front-end takes {ram:,} bytes of RAM beside it, and {flash:,} of flash."
