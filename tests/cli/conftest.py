"""The command line called in this process, in an empty folder, and a study that was run in this process."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from in_this_process import InThisProcess

from nas.api.search import search
from nas.cli import main
from nas.optimizer.run import open_ledger, run
from nas.study.recipe import Recipe
from nas.study.record import State
from nas.study.result import Result
from nas.study.study import Study


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def complaints(self) -> list[str]:
        """The lines that tell the user why the command failed."""
        return [line for line in self.err.splitlines() if line.startswith("nas: ")]


Nas = Callable[..., Ended]


@pytest.fixture
def nas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Nas:
    """Runs `nas` with the given words."""
    monkeypatch.chdir(tmp_path)

    def run(*words: object) -> Ended:
        monkeypatch.setattr("sys.argv", ["nas", *map(str, words)])
        with pytest.raises(SystemExit) as end:
            main()
        return Ended(int(end.value.code or 0), *capsys.readouterr())

    return run


STUDY = Study(
    space="mlp_tabular",
    data="wine",
    name="mine",
    budget_kb=2,
    trials=5,
    tracking_uri="none",
    recipe=Recipe.of(epochs=1, min_steps=0, finalists=1, final_epochs=1, final_folds=2, winner_epochs=1, qat_epochs=0),
)


@pytest.fixture(scope="session")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("studies")


@pytest.fixture(scope="session")
def executor_here() -> Callable[..., Any]:
    """Makes an executor that performs every training in this process."""
    return InThisProcess


@pytest.fixture(scope="session")
def search_here() -> Callable[[Study, Path], Result]:
    """Runs a study below a folder, with all trainings in this process."""

    def run_study(study: Study, folder: Path) -> Result:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("nas.api.search.run", partial(run, make_executor=InThisProcess))
            return search(study, folder)

    return run_study


@pytest.fixture(scope="session")
def result(root: Path, search_here: Callable[[Study, Path], Result]) -> Result:
    """A finished study below `root`."""
    return search_here(STUDY, root)


@pytest.fixture
def other(result: Result, root: Path) -> int:
    """The number of a complete trial that did not win."""
    assert result.winner is not None
    records = open_ledger(STUDY, root / "mine").records()
    return next(r.trial for r in records if r.state == State.COMPLETE and r.trial != result.winner.record.trial)


@pytest.fixture
def stopped(result: Result, root: Path, tmp_path: Path) -> Path:
    """The same study as it is when it is interrupted before its finals."""
    shutil.copytree(root / "mine", tmp_path / "studies" / "mine")
    for name in (*(file.name for file in (root / "mine").glob("bundle.*")), "results.json", "report.html", "best"):
        path = tmp_path / "studies" / "mine" / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    ledger = open_ledger(STUDY, tmp_path / "studies" / "mine")
    for fact in ("winner", "decided", "finals"):
        ledger.put(fact, None)
    return tmp_path / "studies" / "mine"
