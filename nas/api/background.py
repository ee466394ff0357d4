"""Searches that go on when the terminal is closed: begun, followed and ended by their study's name."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

from nas.api import STUDIES
from nas.api.studies import open_study
from nas.errors import InputError
from nas.files import write_atomic
from nas.keywords import explains_keywords
from nas.optimizer.ledger import Ledger
from nas.optimizer.run import open_ledger
from nas.optimizer.storage import NoTrialsError
from nas.study.study import Study
from nas.text import document

LOG, STARTED, DEFINITION = "search.log", "search.json", "search.toml"
"""Files in a study's folder: what a search in the background prints, its process, and what it was asked to do."""
# A search is watched until it says that it has begun, or for this long: reading its data may take longer.
WATCHED_SECONDS = 60.0
_BEGUN = ("] searching", "] finals")
# How often a log is looked at.
TICK_SECONDS = 0.25
# A search that is asked to end keeps what is done; it may take this long.
STOP_SECONDS = 60.0
# By how much the time at which a process began may differ between two readings, since the clock may be corrected.
_CLOCK_SECONDS = 2

_processes: "list[subprocess.Popen[bytes]]" = []


@dataclass(frozen=True, slots=True)
class BackgroundSearch:
    """A search in a process of its own.

    Attributes:
        study: name of the study; `folder` is its folder.
        host: the machine of the process; `pid` is its number there, and `began` the time at which it began.
        log: the file that it prints into.
    """

    study: str
    folder: str
    host: str
    pid: int
    began: float
    log: str

    def to_json(self) -> dict[str, Any]:
        """Return the fields by name."""
        return asdict(self)

    @property
    def runs(self) -> bool:
        """Whether the process still runs on this machine."""
        try:
            process = psutil.Process(self.pid) if self.host == socket.gethostname() else None
            return (
                process is not None
                and process.status() != psutil.STATUS_ZOMBIE
                and abs(process.create_time() - self.began) <= _CLOCK_SECONDS
            )
        except psutil.Error:
            return False


@explains_keywords
def start_search(
    study: Study, root: Path | str = STUDIES, *, finish: bool = False, archives: bool = False
) -> BackgroundSearch:
    """Begin a search, or go on with one, in a process that goes on when the terminal is closed.

    Args:
        study: the definition.
        root: folder of studies.
        finish: whether to search no further, and to run the finals.
        archives: whether to write an archive for each member of the Pareto front.

    Returns:
        The search, once it has run for some seconds without an error.

    Raises:
        InputError: it runs already, or the search refuses its definition, its data or its cluster at once.
    """
    folder = Path(root) / study.name
    if (running := _found(folder)) is not None and running.runs:
        hint = f"follow it with: nas attach {folder}; end it with: nas stop {folder}"
        raise InputError(f"study {study.name}", "must not be running", got=f"process {running.pid}", hint=hint)
    folder.mkdir(parents=True, exist_ok=True)
    write_atomic(folder / DEFINITION, study.to_toml())
    words = ["search", str(folder / DEFINITION), "--studies", str(root)]
    words += ["--finish"] * finish + ["--archives"] * archives
    with (folder / LOG).open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "nas", *words],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            start_new_session=True,
        )
    began = psutil.Process(process.pid).create_time()
    # It may be followed from any folder.
    log_file = str((folder / LOG).resolve())
    told = study.name, str(folder), socket.gethostname(), process.pid, began, log_file
    search = BackgroundSearch(*told)
    write_atomic(folder / STARTED, document(search.to_json()))
    # Kept, since Python complains of a process that runs longer than the object that has begun it.
    _processes.append(process)
    if _ends_at_once(process, folder / LOG):
        raise InputError(f"study {study.name}", f"has ended at once: {_last_line(folder / LOG)}")
    return search


def _ends_at_once(process: "subprocess.Popen[bytes]", log: Path) -> bool:
    """Wait until a search has begun or has ended; return whether it has failed."""
    end = time.monotonic() + WATCHED_SECONDS
    while process.poll() is None and time.monotonic() < end:
        if any(text in log.read_text(errors="replace") for text in _BEGUN):
            return False
        time.sleep(TICK_SECONDS)
    return bool(process.poll())


@explains_keywords
def follow_search(
    name: str, root: Path | str = STUDIES, tell: Callable[[str], None] = lambda line: print(line, file=sys.stderr)
) -> None:
    """Tell all that a search in the background has printed, and what it prints, until it ends.

    Args:
        name: of the study, or its folder.
        root: folder of studies.
        tell: called with each line.

    Raises:
        InputError: no search of this study was begun in the background.
    """
    folder = _folder(name, root)
    search = _found(folder)
    if search is None:
        hint = f"begin one with: nas search {folder} --detach"
        raise InputError(folder, "must have a search that was begun in the background", hint=hint)
    for line in _lines(search, folder / LOG):
        tell(line)


@explains_keywords
def stop_search(name: str, root: Path | str = STUDIES) -> str:
    """End a study's search on this machine, in the background or not, as Ctrl-C would; all that is done is kept.

    A script or a notebook that searches gets a KeyboardInterrupt, and may go on after it.

    Args:
        name: of the study, or its folder.
        root: folder of studies.

    Returns:
        The last line that the search has printed, if it ran in the background.

    Raises:
        InputError: no search of this study runs on this machine, or it does not end.
    """
    folder = _folder(name, root)
    search = _found(folder)
    if search is not None and search.runs:
        _end(psutil.Process(search.pid), folder, lambda: not search.runs)
        return _last_line(folder / LOG)
    ledger = _running(name, root)
    if ledger is None:
        raise InputError(f"study {folder.name}", "must be running on this machine", hint="see nas studies")
    owner = str(ledger.get("owner"))
    _end(psutil.Process(int(owner.split(":")[1])), folder, lambda: ledger.get("owner") != owner or not ledger.runner())
    return ""


def _end(process: psutil.Process, folder: Path, has_ended: Callable[[], bool]) -> None:
    """Ask a process to end its search, and wait until it has; InputError if it takes too long."""
    # A command ends at both in the same way, but a shell may have begun it with SIGINT ignored. Other programs of
    # Python know only SIGINT: SIGTERM would kill them, and with them whatever else they hold.
    process.send_signal(signal.SIGTERM if _is_command(process.cmdline()) else signal.SIGINT)
    end = time.monotonic() + STOP_SECONDS
    while not has_ended():
        if time.monotonic() > end:
            rule = f"should have ended within {STOP_SECONDS:.0f} s"
            raise InputError(f"study {folder.name}", rule, hint=f"end it with: kill -9 {process.pid}")
        time.sleep(TICK_SECONDS)


def _is_command(words: Sequence[str]) -> bool:
    """Return whether a command line is one of `nas`, also as `python -m nas`; options of Python may come first."""
    for position, word in enumerate(words):
        if word == "-m":
            return words[position + 1 : position + 2] == ["nas"]
        if position and not word.startswith("-"):
            return Path(word).name == "nas"
    return False


def _folder(name: str, root: Path | str) -> Path:
    """Return a study's folder, which need not hold more than a search that has just begun."""
    for folder in (Path(name), Path(root) / name):
        if (folder / STARTED).is_file():
            return folder
    return open_study(name, root)[1]


def _found(folder: Path) -> BackgroundSearch | None:
    """Return the search that was begun last in the background; None if there was none."""
    try:
        return BackgroundSearch(**json.loads((folder / STARTED).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def _running(name: str, root: Path | str) -> Ledger | None:
    """Return the trials of a study that a process on this machine runs; None if none does."""
    study, folder = open_study(name, root)
    try:
        ledger = open_ledger(study, folder, begin=False)
    except NoTrialsError:
        return None
    return ledger if ledger.runner() else None


def _lines(search: BackgroundSearch, file: Path) -> Iterator[str]:
    """Yield the lines of a search's log until it has ended."""
    with file.open(errors="replace") as log:
        begun = ""
        while True:
            runs = search.runs
            while text := log.readline():
                begun += text
                if begun.endswith("\n"):
                    yield begun.rstrip("\n")
                    begun = ""
            if not runs:
                if begun:
                    yield begun
                return
            time.sleep(TICK_SECONDS)


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines() if log.is_file() else []
    return lines[-1].removeprefix("nas: ").removeprefix("error: ") if lines else ""
