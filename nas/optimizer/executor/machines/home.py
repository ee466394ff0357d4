"""What a machine needs of nas, in `~/.nas`: the code that is used here, and an environment with the same libraries."""

import gzip
import hashlib
import io
import platform
import shlex
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

from nas.errors import InputError
from nas.optimizer.executor.machines import serve
from nas.optimizer.executor.machines.link import CommandError, call
from nas.study.cluster import Host

# The folder of the package `nas`.
PACKAGE = Path(__file__).parents[3]
# What the processes of a worker import.
LIBRARIES = (
    "ai-edge-litert",
    "cloudpickle",
    "flatbuffers",
    "joblib",
    "keras",
    "numpy",
    "pandas",
    "psutil",
    "scikit-learn",
    "scipy",
    "tensorflow",
)


@cache
def _packed_code() -> tuple[str, bytes]:
    """Return the package `nas` as it is here, as a compressed archive, and the name of its folder on machines."""
    home, content = PACKAGE, io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        for file in sorted(home.rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                entry = tarfile.TarInfo(f"nas/{file.relative_to(home).as_posix()}")
                entry.size = file.stat().st_size
                with file.open("rb") as opened:
                    archive.addfile(entry, opened)
    code = content.getvalue()
    return f"code-{hashlib.sha256(code).hexdigest()[:16]}", gzip.compress(code, 6, mtime=0)


def _pins() -> list[str]:
    """Return the libraries with the versions that they have here."""
    return [f"{name}=={version(name)}" for name in LIBRARIES]


@dataclass(frozen=True, slots=True)
class Home:
    """The folder `~/.nas` on a machine.

    Attributes:
        host: the machine.
        config: path of an ssh configuration file; empty for the user's own.
        python: of an environment that has the libraries; empty for one that is made in `~/.nas`.
    """

    host: Host
    config: str
    python: str

    async def look(self) -> frozenset[str]:
        """Return what is there of code and environment.

        Raises:
            InputError: ssh refuses to connect, or the machine is of another kind or has no such Python.
            OutOfReachError: the machine does not answer.
        """
        minor = _minor()
        code, environment = _packed_code()[0], _environment()
        same = f'python3 -c \'import sys; sys.exit("%d.%d" % sys.version_info[:2] != "{minor}")\' 2>/dev/null'
        python = (
            f"test -x {shlex.quote(self.python)}" if self.python else f"command -v python{minor} >/dev/null || {same}"
        )
        script = (
            f"cd || exit 1; uname -sm; for i in {code} {environment}; do test -f .nas/$i/done && echo $i; done; "
            f"{{ {python}; }} && echo python; true"
        )
        kind, *found = (await call(self.host, script, self.config)).splitlines()
        here = f"{platform.system()} {platform.machine()}"
        if kind != here:
            raise InputError(f"--cluster: {self.host}", f"must be {here}, as this machine is", got=kind)
        if "python" not in found:
            rule = f"must have {self.python or f'Python {minor}'}"
            hint = "install it there, or name one with the libraries of nas as `python` in the table [cluster]"
            raise InputError(f"--cluster: {self.host}", rule, hint=hint)
        return frozenset(found)

    async def prepare(self, tell: Callable[[str], None]) -> str:
        """Send the code and make the environment if they are not there; return the command of the program.

        Args:
            tell: called with what takes long.
        """
        found, (code, content), environment = await self.look(), _packed_code(), _environment()
        if code not in found:
            unpack = (
                f"mkdir -p $n && tar xzf - -C $n && touch $n/done && {{ mv -T $n {code} 2>/dev/null || rm -rf $n; }}"
            )
            await self._call(f"mkdir -p ~/.nas && cd ~/.nas && n={code}.$$ && {unpack}", content)
        python = shlex.quote(self.python)
        if not self.python:
            python = f"~/.nas/{environment}/bin/python"
            if environment not in found:
                tell("is getting a Python environment with the libraries of nas, which takes some minutes")
                await self._call(_make(environment))
        return f"cd; PYTHONPATH=~/.nas/{code} exec {python} -P -m {serve.__name__}"

    async def _call(self, script: str, given: bytes = b"") -> None:
        try:
            await call(self.host, script, self.config, given)
        except CommandError as failure:
            hint = "mend it there, or name a Python with the libraries of nas as `python` in the table [cluster]"
            raise InputError(f"--cluster: {self.host}", "must get what nas needs", got=failure, hint=hint) from None


def _minor() -> str:
    major, minor, _ = platform.python_version_tuple()
    return f"{major}.{minor}"


def _environment() -> str:
    """Return the name of the environment's folder, which depends on all that is in it."""
    told = " ".join([_minor(), *_pins()])
    return f"env-{hashlib.sha256(told.encode()).hexdigest()[:16]}"


def _make(environment: str) -> str:
    """Return the script that makes the environment; `flock` lets one of several searches do it."""
    base = f"$(command -v python{_minor()} || command -v python3)"
    pins = " ".join(map(shlex.quote, _pins()))
    install = f"{environment}/bin/python -m pip install --quiet --disable-pip-version-check {pins}"
    make = f"rm -rf {environment} && {base} -m venv {environment} && {install} && touch {environment}/done"
    return f"cd ~/.nas && exec 9>{environment}.lock && flock 9 && {{ test -f {environment}/done || {{ {make}; }}; }}"
