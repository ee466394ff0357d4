"""The sources that every project for TFLM holds: model, operators, scaling, self-test, and raw values to answers."""

from dataclasses import dataclass

from nas.errors import InputError
from nas.exporters.answers.answers import answers_of
from nas.exporters.c_array import model_files
from nas.exporters.c_text import identifier, symbol
from nas.exporters.firmware import check_header
from nas.exporters.format import MARK
from nas.exporters.front_ends.beside_model import front_end_sources, with_known_answer
from nas.exporters.front_ends.hearing import Hearing, hearing_of, windows_of
from nas.exporters.on_tflm import on_tflm
from nas.exporters.project.predict import Arena, predict_header, predict_source
from nas.signal.raw import RAW
from nas.signal.window_front_end import WindowFrontEnd
from nas.study.archive import Archive
from nas.target.profiler import profile
from nas.target.target import find_target

YOURS = f"# {MARK}, and yours to change: remove this sentence, and `nas export` asks for --force before it writes here."
"""The first line of build files."""

_LONGEST_NAME = 63
"""Characters in the name of a project, a rule of Arduino's."""


@dataclass(frozen=True)
class Project:
    """A model that becomes a project.

    Attributes:
        archive: the model, with its footprint on TFLM.
        name: what the project is called.
        prefix: what all names in C begin with.
        hearing: the front-end of sound before the model, which is then a part of the project.
        windows: likewise one of windows of sensors. Both are None for a model of raw values.
    """

    archive: Archive
    name: str
    prefix: str
    hearing: Hearing | None = None
    windows: WindowFrontEnd | None = None

    @property
    def takes_samples(self) -> bool:
        """Whether a front-end is a part of the project."""
        return self.hearing is not None or self.windows is not None

    @property
    def upper(self) -> str:
        """What macros begin with."""
        return self.prefix.upper()

    @property
    def sources(self) -> tuple[str, ...]:
        """The files that are compiled beside the program's own."""
        return ("predict.cpp", "model_data.c", *front_end_sources(self.archive))


def project_of(archive: Archive, format_name: str) -> Project:
    """Return the project of an archive; InputError for a model that no project can express."""
    archive, hearing, windows = on_tflm(archive), hearing_of(archive), windows_of(archive)
    if hearing is None and windows is None and archive.front_end != RAW:
        got = archive.front_end.to_json()["front_end"]
        raise InputError(f"format {format_name}", "cannot express this front-end", got=got)
    archive = with_known_answer(archive)
    if archive.example is None:
        hint = "an earlier release made it; take --format tflm, which does without"
        raise InputError(archive.name, "must hold an example that the program checks itself with", hint=hint)
    if count := archive.footprint.get("resource_variables"):
        rule, hint = "cannot express a model with resource variables", "take --format tflm, which can"
        raise InputError(f"format {format_name}", rule, got=f"{count} in {archive.name}", hint=hint)
    return Project(archive, symbol(archive.name)[:_LONGEST_NAME], identifier(archive.name), hearing, windows)


def shared_sources(project: Project, *, before: str = "", computer: bool = False) -> dict[str, str]:
    """Return the shared files by name.

    Args:
        project: the model.
        before: lines of `predict.cpp` that stand before TFLM's headers.
        computer: whether the program may also run on a computer of 64 bits, where the arena is larger.
    """
    archive, prefix = project.archive, project.prefix
    assert archive.example is not None
    wide = profile(archive.tflite, find_target("host"), archive.name).to_json() if computer else None
    arena = Arena(None if wide is None else wide["arena"]["min"])
    files = {
        **model_files(archive, prefix),
        "model_check.h": check_header(prefix, archive.example, answers_of(archive).size),
        "predict.h": predict_header(archive, prefix),
        "predict.cpp": predict_source(archive, prefix, arena, before),
    }
    return {file: text if MARK in text else f"// {MARK}. Do not edit.\n{text}" for file, text in files.items()}
