"""The fixture that starts commands."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from commands import ROOT, Command


@pytest.fixture(scope="session")
def start() -> Iterator[Any]:
    """Starts `nas` in a folder; a process that still runs at the end of the tests is killed."""
    running: list[Command] = []

    def run(folder: Path, *words: object, path: str = str(ROOT)) -> Command:
        running.append(Command(tuple(map(str, words)), folder, path))
        return running[-1]

    yield run
    for command in running:
        command.kill()
