"""Every chore of the project, one command each; `nox` alone runs what a change must pass.

    nox                the four below
    nox -s lint        style of Python and C++
    nox -s types       mypy, strict
    nox -s native      C++ core: warnings as errors, sanitizers, its own tests
    nox -s tests       pytest; `nox -s tests -- -k budget` passes arguments on
    nox -s format      rewrite sources in the project's style
    nox -s build       source distribution and wheel into dist/
    nox -s site        the documentation as a site into build/site/, warnings as errors
    nox -s links       asks every external link of the documentation whether it still leads somewhere
    nox -s notebooks   run the notebooks in examples/ and keep what they show
    nox -s rooms       the rooms of nas/ and the imports between them, in words
    nox -s mutants     mutation testing of the pure rooms; `-- --seed 5 --write` for tests/mutants.md

Sessions run in the environment that nox is installed in, so that TensorFlow is installed once and not once a session.
"""

import os
import sys
from pathlib import Path

import nox

nox.options.default_venv_backend = "none"
nox.options.sessions = ["lint", "types", "native", "tests"]

# Called as .venv/bin/nox without activation, the environment's tools are not on the path yet.
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

CORES = str(os.cpu_count() or 1)
# One more than there are cores, since many tests wait for commands that they have started. Each process imports
# TensorFlow, which takes a gigabyte.
TEST_PROCESSES = str(min(4, (os.cpu_count() or 1) + 1))

# In the order of `tests/conftest.py`; without this, files of many tests come first, and long ones last.
ORDER = ("--no-loadscope-reorder",)


def cpp_sources() -> list[str]:
    """List the files that clang-format keeps in style."""
    return sorted(str(path) for end in ("h", "c", "cc") for path in Path("native").rglob(f"*.{end}"))


@nox.session
def lint(session: nox.Session) -> None:
    """Check style; changes nothing."""
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("clang-format", "--dry-run", "--Werror", *cpp_sources())


@nox.session
def types(session: nox.Session) -> None:
    """Check types."""
    session.run("mypy")


@nox.session
def native(session: nox.Session) -> None:
    """Build the C++ core on its own, without Python, and run its tests."""
    session.run("cmake", "-S", "native", "--preset", "check")
    session.run("cmake", "--build", "build/native", "--parallel", CORES)
    session.run("ctest", "--test-dir", "build/native", "--output-on-failure")


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests in several processes, the longest files first; last, so that pytest's summary closes the log."""
    session.run("python", "-m", "pytest", "-n", TEST_PROCESSES, "--dist", "loadfile", *ORDER, *session.posargs)


@nox.session(default=False)
def format(session: nox.Session) -> None:
    """Rewrite sources in the project's style."""
    session.run("ruff", "check", "--fix")
    session.run("ruff", "format")
    session.run("clang-format", "-i", *cpp_sources())


@nox.session(default=False)
def build(session: nox.Session) -> None:
    """Build the source distribution, and the wheel from it."""
    session.run("python", "-m", "build", *session.posargs)


@nox.session(default=False)
def site(session: nox.Session) -> None:
    """Build the site of the documentation; a warning is an error."""
    session.run("python", "-m", "sphinx", "-q", "-W", "--keep-going", "-c", "docs", ".", "build/site")
    session.log("open build/site/docs/index.html")


@nox.session(default=False)
def links(session: nox.Session) -> None:
    """Check the external links of the documentation; needs a network, so no test does it."""
    session.run("python", "-m", "sphinx", "-q", "-b", "linkcheck", "-c", "docs", ".", "build/links")


@nox.session(default=False)
def notebooks(session: nox.Session) -> None:
    """Run the notebooks from top to bottom, and keep their outputs, which GitHub shows."""
    for path in sorted(Path("examples").glob("*.ipynb")):
        session.run("python", "docs/notebook.py", str(path))


@nox.session(default=False)
def rooms(session: nox.Session) -> None:
    """Print the rooms of nas/ from the foundation up, and the imports between them."""
    session.run("python", "tests/rooms.py")


@nox.session(default=False)
def mutants(session: nox.Session) -> None:
    """Change the pure rooms in small ways, one at a time, and list the changes that no test notices."""
    session.run("python", "tests/mutants.py", *session.posargs)
