"""Whether a search can run on this machine, and what would make it faster or more capable."""

import importlib
import importlib.metadata
import os
import platform
import shutil
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import psutil
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet

from nas import __version__
from nas.api import STUDIES
from nas.keywords import explains_keywords
from nas.text import counted, facts_html, kilobytes

if TYPE_CHECKING:
    from nas.data.tables.reading import Frame

_HOME = Path(__file__).resolve().parents[1]
_GB = 2**30
# A worker process with TensorFlow takes about 0.7 GB; a study with its models, tens of megabytes.
_WORKER_GB, _LEAST_FREE_GB = 0.7, 1.0
_COMPILERS = ("c++", "g++", "clang++")
_SOURCE = "set PATH to one, or install g++; only needed to build nas from its sources"

# What is not needed for a search: the module, its distribution, and what it is for.
_OPTIONAL = (
    ("tflite_micro", "tflite-micro", "the real TensorFlow Lite Micro, to compare with (Linux on x86-64)"),
    ("tensorboard", "tensorboard", "nas tensorboard"),
    ("netron", "netron", "nas view --netron"),
    ("openpyxl", "openpyxl", "Excel workbooks"),
    ("psycopg", "psycopg", "studies in PostgreSQL"),
)

State = Literal["ok", "note", "problem"]


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """One thing that was looked at.

    Attributes:
        part: of the installation or the machine that it belongs to.
        name: what was looked at.
        state: ok; a note, if something optional is missing or slower; a problem, if no search can run.
        found: what is there, in words.
        advice: the next step; empty if there is nothing to do.
    """

    part: str
    name: str
    state: State
    found: str
    advice: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Diagnosis:
    """What `nas.doctor` found.

    Attributes:
        checks: everything that was looked at.
    """

    checks: tuple[HealthCheck, ...]

    @property
    def problems(self) -> tuple[HealthCheck, ...]:
        """The checks that keep a search from running."""
        return tuple(check for check in self.checks if check.state == "problem")

    @property
    def ready(self) -> bool:
        """Whether a search can run."""
        return not self.problems

    def to_json(self) -> dict[str, Any]:
        """Return the document of `nas doctor --json`."""
        return {"ready": self.ready, "checks": [asdict(check) for check in self.checks]}

    def frame(self) -> "Frame":
        """Return a pandas DataFrame, one row a check."""
        from nas.data.tables.reading import to_frame

        return to_frame([asdict(check) for check in self.checks])

    def _repr_html_(self) -> str:
        shown = (check for check in self.checks if check.state != "ok")
        facts = {check.name: f"{check.found}; {check.advice}" for check in shown}
        return facts_html("a search can run" if self.ready else "no search can run", facts)

    def __repr__(self) -> str:
        notes = counted(sum(check.state == "note" for check in self.checks), "note")
        problems = "; ".join(f"{check.name}: {check.found}" for check in self.problems)
        return f"<nas.Diagnosis: {'a search can run' if self.ready else problems}, {notes}>"


@explains_keywords
def doctor(*, root: Path | str = STUDIES) -> Diagnosis:
    """Look at everything that a search needs, and at what makes it faster or more capable.

    Args:
        root: folder of studies.
    """
    folder = Path(root)
    parts: tuple[Callable[[], Iterator[HealthCheck]], ...] = (
        _software,
        _native,
        _machine,
        _optional,
        lambda: _files(folder),
    )
    return Diagnosis(tuple(check for part in parts for check in part()))


def _software() -> Iterator[HealthCheck]:
    supported = SpecifierSet(_project()[0])
    fits = supported.contains(platform.python_version(), prereleases=True)
    advice = "" if fits else f"install Python {supported}"
    yield HealthCheck("software", "Python", "ok" if fits else "problem", platform.python_version(), advice)
    yield HealthCheck("software", "nas", "ok", f"{__version__} in {_HOME}")
    for wanted in _requirements():
        if wanted.marker is None or wanted.marker.evaluate({"extra": ""}):
            yield _dependency(wanted)


def _dependency(wanted: Requirement) -> HealthCheck:
    name, install = wanted.name, f"pip install '{wanted.name}{wanted.specifier}'"
    try:
        version = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return HealthCheck("software", name, "problem", "not installed", install)
    if wanted.specifier.contains(version, prereleases=True):
        return HealthCheck("software", name, "ok", version)
    return HealthCheck("software", name, "note", f"{version}, not tested: nas is for {wanted.specifier}", install)


def _project() -> tuple[str, list[str]]:
    """Return the supported versions of Python and the requirements, those of extras with their marker.

    They stand in the metadata of the installed package, or in the pyproject.toml beside a source tree.
    """
    try:
        known = importlib.metadata.metadata("nas")
        return known["Requires-Python"], importlib.metadata.requires("nas") or []
    except importlib.metadata.PackageNotFoundError:
        file = _HOME.parent / "pyproject.toml"
        if not file.is_file():
            return "", []
    project = tomllib.loads(file.read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].items()
    optional = [_of_extra(line, extra) for extra, lines in extras for line in lines]
    return project["requires-python"], [*project["dependencies"], *optional]


def _of_extra(line: str, extra: str) -> str:
    before, _, marker = line.partition(";")
    return f'{before}; {f"({marker}) and " if marker else ""}extra == "{extra}"'


def _requirements() -> Iterator[Requirement]:
    for line in _project()[1]:
        try:
            yield Requirement(line)
        except InvalidRequirement:
            continue


def _native() -> Iterator[HealthCheck]:
    part, rebuild = "native code", "install nas again: pip install --force-reinstall nas"
    try:
        core = importlib.import_module("nas.target.runtimes.tflm")
    except ImportError as error:
        yield HealthCheck(part, "nas._native", "problem", f"cannot be loaded: {error}", rebuild)
    else:
        yield HealthCheck(part, "nas._native", "ok", f"TensorFlow Lite Micro {core.RELEASES[0]}")
    try:
        layers = importlib.import_module("nas.model.network.layers")
    except Exception as error:  # TensorFlow raises many kinds when it is damaged, or made for another processor
        yield HealthCheck(
            part, "TensorFlow", "problem", f"cannot be loaded: {error}", "pip install --force-reinstall tensorflow"
        )
        return
    yield HealthCheck(part, "TensorFlow", "ok", "can be loaded")
    if layers.OPEN:
        yield HealthCheck(part, "nas._training", "ok", "layers of our own train the candidates")
    else:
        found = "not there, or not for this TensorFlow: training takes 1.2 to 2 times as long"
        yield HealthCheck(part, "nas._training", "note", found, rebuild)


def _machine() -> Iterator[HealthCheck]:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    yield HealthCheck("machine", "system", "ok", f"{platform.system()} {platform.release()} on {platform.machine()}")
    yield HealthCheck("machine", "cores", "ok", f"{cores}: so many candidates are trained at a time")
    memory = psutil.virtual_memory()
    found = f"{memory.available / _GB:.1f} of {memory.total / _GB:.1f} GB free"
    jobs = max(1, int(memory.available / _GB / _WORKER_GB))
    tight = jobs < cores
    advice = f"nas search --jobs {jobs}; a worker takes about {_WORKER_GB:g} GB" if tight else ""
    yield HealthCheck("machine", "memory", "note" if tight else "ok", found, advice)
    for name, programs, advice in (
        ("C++ compiler", _COMPILERS, _SOURCE),
        ("CMake", ("cmake",), "install cmake; only needed to build nas from its sources"),
    ):
        path = next(filter(None, map(shutil.which, programs)), None)
        yield HealthCheck("machine", name, *(("note", "none", advice) if path is None else ("ok", path)))


def _optional() -> Iterator[HealthCheck]:
    known = list(_requirements())
    for module, distribution, purpose in _OPTIONAL:
        if find_spec(module) is not None:
            yield HealthCheck("optional", distribution, "ok", f"{_version(distribution)}: {purpose}")
            continue
        extra = _extra(distribution, known)
        install = f"pip install '{f'nas[{extra}]' if extra else distribution}'"
        yield HealthCheck("optional", distribution, "note", f"not installed: {purpose}", install)


def _version(distribution: str) -> str:
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return "present"


def _extra(distribution: str, known: list[Requirement]) -> str | None:
    """Return the extra that brings a distribution, the one with the fewest others; None if none does."""
    brings: dict[str, set[str]] = {}
    for wanted in known:
        if wanted.marker is not None:
            for extra in _names(wanted):
                brings.setdefault(extra, set()).add(wanted.name)
    fitting = [extra for extra, names in brings.items() if distribution in names]
    return min(fitting, key=lambda extra: (len(brings[extra]), extra), default=None)


def _names(wanted: Requirement) -> Iterator[str]:
    """Yield the extras in a requirement's marker: `extra == "excel"`."""
    for part in str(wanted.marker).split("extra ==")[1:]:
        yield part.split('"')[1]


def _files(folder: Path) -> Iterator[HealthCheck]:
    there = next(place for place in (folder, *folder.absolute().parents) if place.is_dir())
    try:
        with tempfile.TemporaryFile(dir=there):
            yield HealthCheck("files", f"{folder}/", "ok", "can be written")
    except OSError as error:
        advice = "work in another folder, or name one with --studies"
        yield HealthCheck("files", f"{folder}/", "problem", f"cannot be written: {error.strerror}", advice)
    free = shutil.disk_usage(there).free
    full = free < _LEAST_FREE_GB * _GB
    advice = f"free some space: a study may need {_LEAST_FREE_GB:g} GB" if full else ""
    yield HealthCheck("files", "free disk space", "note" if full else "ok", f"{free / _GB:.1f} GB", advice)
    yield _database(folder)


def _database(folder: Path) -> HealthCheck:
    from nas.tracking.database import look_at

    file = folder / "mlflow.db"
    if not file.is_file():
        return HealthCheck("files", "MLflow's database", "ok", "none yet; the first search makes it")
    fault = look_at(file)
    if fault is None:
        return HealthCheck("files", "MLflow's database", "ok", f"{file}, {kilobytes(file.stat().st_size)}")
    advice = "nothing to do: nas ui sets it aside and logs all studies again"
    return HealthCheck("files", "MLflow's database", "note", f"{file} cannot be read: {fault}", advice)
