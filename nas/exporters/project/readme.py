"""The README of a project: the commands that build it, the memory that it needs, and what the model is given."""

from nas.exporters.firmware import model_input
from nas.exporters.format import MARK
from nas.exporters.markdown import escape
from nas.exporters.project.predict import MARGIN_BYTES, smoothed
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

## What the model is given

{model_input(archive)}
"""


def about_smoothing(project: Project) -> str:
    """Return how answers are smoothed over windows; empty where inputs are none."""
    archive, upper = project.archive, project.upper
    if smoothed(archive) == 1:
        return ""
    return f"""
The program shows the mean of the scores of the newest {smoothed(archive)} windows, so that one odd window does not
change the answer. `#define {upper}_SMOOTHED` in `predict.h` sets how many: 1 for none, more for a steadier and later
answer. Each takes {4 * len(archive.class_names)} bytes of RAM.
"""


def _arena(archive: Archive) -> str:
    target, smallest = escape(archive.footprint["target"]), archive.footprint["arena"]["min"]
    return f"""\
The arena is {smallest:,} + {MARGIN_BYTES:,} bytes: the smallest that works on target `{target}` with the TFLM that nas
computes for, and a margin, since the library's TFLM may need some bytes more."""
