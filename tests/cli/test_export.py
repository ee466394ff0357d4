"""`nas export` on a study that was run in this process."""

import json
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from nas.api.search import search
from nas.data.prepared import prepare
from nas.exporters.format import FORMATS
from nas.model import worker
from nas.optimizer.run import open_ledger, run
from nas.study.recipe import Recipe
from nas.study.record import State
from nas.study.result import Result
from nas.study.study import Study
from nas.target.profiler import profile
from nas.target.target import find_target

STUDY = Study(
    space="mlp_tabular",
    data="wine",
    name="mine",
    budget_kb=2,
    trials=5,
    tracking_uri="none",
    recipe=Recipe.of(epochs=1, min_steps=0, finalists=1, final_epochs=1, final_folds=2, winner_epochs=1, qat_epochs=0),
)


class InThisProcess:
    """An executor that performs a task in this process when it is asked for the answer."""

    size = 1

    def __init__(self, splits: Any, jobs: int) -> None:
        self._splits = splits
        self.running: list[Any] = []

    @property
    def idle(self) -> int:
        return 1 - len(self.running)

    def submit(self, task: Any) -> None:
        self.running.append(task)

    def collect(self, timeout: float) -> Iterator[tuple[Any, Any]]:
        if self.running:
            task = self.running.pop()
            yield task, worker.PERFORM[type(task)](task, prepare(self._splits, task.front_end))

    def close(self) -> None:
        """Nothing to end."""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("studies")


@pytest.fixture(scope="module")
def result(root: Path) -> Result:
    """A finished study below `root`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nas.api.search.run", partial(run, make_executor=InThisProcess))
        return search(STUDY, root)


@pytest.fixture
def other(result: Result, root: Path) -> int:
    """The number of a complete trial that did not win."""
    assert result.winner is not None
    records = open_ledger(STUDY, root / "mine").records()
    return next(r.trial for r in records if r.state == State.COMPLETE and r.trial != result.winner.record.trial)


def test_the_winner_s_files_are_those_of_its_folder(nas, root: Path, result: Result, tmp_path: Path) -> None:
    ended = nas("export", "mine", "--studies", root, "-o", "out", "--json")
    files = json.loads(ended.out)["files"]
    assert (ended.code, ended.err) == (0, "")
    assert {Path(file).name for file in files} == {path.name for path in (tmp_path / "out").iterdir()}
    for path in (tmp_path / "out").iterdir():
        assert path.read_bytes() == (root / "mine" / "best" / path.name).read_bytes()


def test_without_an_output_folder_the_study_s_own_files_are_written_again(nas, root: Path, result: Result) -> None:
    model = root / "mine" / "best" / "model.tflite"
    before = model.read_bytes()
    model.unlink()
    assert str(model) in nas("export", root / "mine").out.split()
    assert model.read_bytes() == before


@pytest.mark.parametrize("name", FORMATS)
def test_a_single_format_can_be_exported(nas, root: Path, result: Result, tmp_path: Path, name: str) -> None:
    files = nas("export", "mine", "--studies", root, "--format", name, "-o", "out").out.split()
    assert files
    assert {Path(file).name for file in files} == {path.name for path in (tmp_path / "out").iterdir()}
    every = nas("export", "mine", "--studies", root, "-o", "all").out.split()
    assert len(files) < len(every)


def test_the_exported_model_has_the_winner_s_footprint(nas, root: Path, result: Result) -> None:
    assert result.winner is not None
    footprint = profile(root / "mine" / "best" / "model.tflite", find_target(STUDY.target))
    assert footprint.summary() == result.winner.record.profiled


def test_the_files_of_another_trial_go_to_a_separate_folder(nas, root: Path, result: Result, other: int) -> None:
    nas("export", "mine", "--studies", root, "--trial", other)
    folder = root / "mine" / f"trial-{other}"
    assert (folder / "model.tflite").read_bytes() == (root / "mine" / "models" / f"{other}.tflite").read_bytes()
    assert (folder / "model.tflite").read_bytes() != (root / "mine" / "best" / "model.tflite").read_bytes()


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["mime"], "study must be a known one, got 'mime'; did you mean mine?"),
        (["mine", "--format", "onnx"], "--format: export format must be a known one, got 'onnx'"),
        (
            ["mine", "--trial", "99"],
            "--trial: must be a complete trial of the study, got 99; complete, the best first: ",
        ),
        (["mine", "--trial", "-1"], "--trial: must be a complete trial of the study, got -1"),
        (["mine", "-o", "file/out"], "file/out: "),
        (["empty"], "study.journal: must hold the trials of study mine; run the study with `nas search` first"),
    ],
)
def test_wrong_input_is_reported_in_one_line_and_writes_nothing(
    nas, root: Path, result: Result, tmp_path: Path, words: list[str], line: str
) -> None:
    (root / "empty").mkdir(exist_ok=True)
    (root / "empty" / "study.toml").write_text(STUDY.to_toml())
    (tmp_path / "file").write_text("")
    ended = nas("export", *words, "--studies", root)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.splitlines() == ended.complaints
    assert len(ended.complaints) == 1
    assert line in ended.err
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.fixture
def stopped(result: Result, root: Path, tmp_path: Path) -> Path:
    """The same study as it is when it is interrupted before its finals."""
    shutil.copytree(root / "mine", tmp_path / "studies" / "mine")
    for name in ("bundle.json", "bundle.tflite", "results.json", "report.html", "best"):
        path = tmp_path / "studies" / "mine" / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    return tmp_path / "studies" / "mine"


def test_without_a_winner_the_error_names_the_commands_that_lead_on(nas, stopped: Path) -> None:
    ended = nas("export", "mine")
    assert (ended.code, len(ended.complaints)) == (1, 1)
    for words in ("must hold a winner", "nas search studies/mine --finish", "nas export studies/mine --trial "):
        assert words in ended.err


def test_a_complete_trial_can_be_exported_before_there_is_a_winner(
    nas, result: Result, root: Path, stopped: Path, other: int, tmp_path: Path
) -> None:
    assert nas("export", "mine", "--trial", other, "-o", "now").code == 0
    nas("export", "mine", "--trial", other, "--studies", root, "-o", "later")
    assert {path.name for path in (tmp_path / "now").iterdir()} == {
        path.name for path in (tmp_path / "later").iterdir()
    }
    for path in (tmp_path / "now").iterdir():
        assert path.read_bytes() == (tmp_path / "later" / path.name).read_bytes(), path.name
    card = (tmp_path / "now" / "model_card.md").read_text()
    assert "not evaluated on the test set" in card
    assert "before quantization" in card
    assert "test set |" not in card


def test_a_trial_whose_model_was_removed_is_told(nas, stopped: Path, other: int) -> None:
    (stopped / "models" / f"{other}.tflite").unlink()
    ended = nas("export", "mine", "--trial", other)
    assert (ended.code, len(ended.complaints)) == (1, 1)
    assert f"models/{other}.tflite: must be there: it is the model of the trial" in ended.err
