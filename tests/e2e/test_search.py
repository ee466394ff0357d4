"""`nas search` from its command to its files, and through interrupts, kills and lost workers."""

import json
import os
import re
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from commands import ROOT, SEARCH, Command, Ended, StudyFolder
from documents import losses, recorded
from optuna.trial import TrialState

from nas.target.profiler import profile
from nas.target.target import find_target

KEYS = {"study", "folder", "seconds", "trials", "states", "best", "front", "rungs", "stopped"}
STATES = {"complete", "over_budget", "pruned", "duplicate", "failed"}
BEST = {
    *("trial", "architecture", "tflite", "val_accuracy", "test_accuracy", "float_test_accuracy"),
    *("weights_bytes", "file_bytes", "arena_bytes", "flash_bytes", "macs"),
}


@dataclass(frozen=True)
class Finished:
    """A study that has run to its end, and the same command in another folder at the same time."""

    words: tuple[str, ...]
    ended: Ended
    study: StudyFolder
    twin: StudyFolder


@pytest.fixture(scope="session")
def finished(start: Any, tmp_path_factory: pytest.TempPathFactory) -> Finished:
    words = (*SEARCH, "--trials", "4", "--name", "once")
    roots = [tmp_path_factory.mktemp("study"), tmp_path_factory.mktemp("twin")]
    ended, twin = (command.end() for command in [start(root, *words) for root in roots])
    assert twin.code == 0, twin.err
    return Finished(words, ended, *(StudyFolder(root, "once") for root in roots))


def test_standard_output_is_one_json_document_with_the_documented_keys(finished: Finished) -> None:
    document = finished.ended.document
    assert set(document) >= KEYS
    assert set(document["states"]) == STATES
    assert set(document["best"]) >= BEST
    assert all(set(entry) >= {"trial", "val_accuracy", "weights_bytes"} for entry in document["front"])
    assert (document["study"], document["trials"], sum(document["states"].values())) == ("once", 4, 4)
    assert document["states"]["failed"] == 0
    assert 0 < document["seconds"] < finished.ended.seconds


def test_the_document_keeps_the_keys_and_types_of_the_recorded_one(finished: Finished) -> None:
    assert losses(recorded("search"), finished.ended.document) == []


def test_progress_goes_to_standard_error_without_warnings_or_errors(finished: Finished) -> None:
    assert "trial    0" in finished.ended.err
    for word in ("Traceback", "Warning", "Error"):
        assert word not in finished.ended.err


def test_the_model_has_the_footprint_in_the_document_and_fits_the_budget(finished: Finished) -> None:
    best = finished.ended.document["best"]
    footprint = profile(finished.study.root / best["tflite"], find_target("cortex-m4"))
    assert footprint.weights_bytes == best["weights_bytes"] <= 3 * 1024
    assert {key: footprint.summary()[key] for key in ("file_bytes", "arena_bytes", "flash_bytes", "macs")} == {
        key: best[key] for key in ("file_bytes", "arena_bytes", "flash_bytes", "macs")
    }


def test_every_trained_candidate_is_within_the_budget_and_none_is_trained_twice(finished: Finished) -> None:
    trained = [kept for kept in finished.study.finished() if kept["state"] == "complete"]
    assert all(kept["profiled"]["weights_bytes"] <= 3 * 1024 for kept in trained)
    assert len({kept["digest"] for kept in trained}) == len(trained) > 0


def test_the_study_s_files_are_written(finished: Finished) -> None:
    best = {path.name for path in (finished.study.folder / "best").iterdir()}
    assert {"model.tflite", "model_data.h", "model_data.c", "model_ops.h", "model_card.md", "metadata.json"} <= best
    results = json.loads((finished.study.folder / "results.json").read_text())
    assert results["trials"] == 4
    assert "<html" in (finished.study.folder / "report.html").read_text()
    assert (finished.study.folder / "study.toml").is_file()


def test_the_same_seed_gives_the_same_records_and_the_same_winner(finished: Finished) -> None:
    assert finished.study.finished() == finished.twin.finished()
    for name in ("results.json", "best/model.tflite"):
        assert (finished.study.folder / name).read_bytes() == (finished.twin.folder / name).read_bytes()


def test_a_finished_study_run_again_returns_the_same_result_without_new_trials(finished: Finished, start: Any) -> None:
    before = finished.study.finished()
    again = start(finished.study.root, *finished.words).end()
    first, second = ({**ended.document, "seconds": None} for ended in (finished.ended, again))
    assert first == second
    assert finished.study.finished() == before
    assert "trial    4" not in again.err
    assert again.seconds < 0.8 * finished.ended.seconds


def test_a_changed_definition_under_the_same_name_is_refused_and_names_the_key(finished: Finished, start: Any) -> None:
    before = {path: path.stat().st_mtime_ns for path in finished.study.folder.rglob("*") if path.is_file()}
    ended = start(finished.study.root, *finished.words, "--seed", "1").end()
    assert (ended.code, ended.out) == (1, "")
    complaint = ended.err.splitlines()[-1]
    assert "study once: must keep the settings that it began with: seed was 0, is 1; leave it as before" in complaint
    assert "Traceback" not in ended.err
    after = {path: path.stat().st_mtime_ns for path in finished.study.folder.rglob("*") if path.is_file()}
    assert {path: after[path] for path in before if path.name != "study.journal"} == {
        path: before[path] for path in before if path.name != "study.journal"
    }


def test_another_trial_s_model_can_be_exported(finished: Finished, start: Any) -> None:
    other = next(kept for kept in finished.study.finished() if kept["state"] == "complete")
    out = finished.study.root / "out"
    ended = start(finished.study.root, "export", "once", "--trial", other["trial"], "-o", out, "--json").end()
    assert {Path(path) for path in ended.document["files"]} == set(out.iterdir())
    footprint = profile(out / "model.tflite", find_target("cortex-m4"))
    assert footprint.weights_bytes == other["profiled"]["weights_bytes"]


@dataclass(frozen=True)
class Story:
    """A study of six trials that was interrupted, then killed, then lost a worker process, and was then finished."""

    study: StudyFolder
    interrupted: Ended
    killed: Ended
    last: Ended
    kept: tuple[list[Any], ...]
    orphaned: int


@pytest.fixture(scope="session")
def story(start: Any, tmp_path_factory: pytest.TempPathFactory) -> Story:
    if not Path("/proc/self/task").is_dir():
        pytest.skip("finds the worker process in /proc")
    study = StudyFolder(tmp_path_factory.mktemp("story"), "story")
    # Trainings are long enough to be interrupted in the middle, on a busy machine too.
    words = (*SEARCH, "--trials", "6", "--name", "story", "--seed", "5", "--recipe", "epochs=600")

    command: Command = start(study.root, *words)
    study.wait_for(command, finished=1)
    command.send(signal.SIGINT)
    interrupted, kept = command.end(), [study.finished()]

    command = start(study.root, *words)
    study.wait_for(command, finished=3)
    command.send(signal.SIGKILL)
    killed = command.end()
    kept.append(study.finished())
    orphaned = sum(trial.state == TrialState.RUNNING for trial in study.trials())

    command = start(study.root, *words)
    study.wait_for(command, finished=4)
    os.kill(command.worker(), signal.SIGKILL)
    last = command.end()
    kept.append(study.finished())
    return Story(study, interrupted, killed, last, tuple(kept), orphaned)


def test_an_interrupt_is_reported_in_one_line_with_exit_code_130(story: Story) -> None:
    assert (story.interrupted.code, story.interrupted.out) == (130, "")
    line = story.interrupted.err.splitlines()[-1]
    assert re.match(
        r"nas: interrupted; \d trials? ended, \d complete; all is kept; search on: nas search studies/story",
        line,
    )
    assert "Traceback" not in story.interrupted.err
    assert "Warning" not in story.interrupted.err


def test_a_killed_search_dies_in_the_middle_of_a_trial(story: Story) -> None:
    assert story.killed.code == -signal.SIGKILL
    assert story.orphaned == 1


def test_no_finished_trial_is_lost_or_run_twice(story: Story) -> None:
    for before, after in zip(story.kept, story.kept[1:], strict=False):
        assert [kept for kept in after if kept["trial"] in {b["trial"] for b in before}] == before
    last = story.kept[-1]
    assert [kept["trial"] for kept in last] == list(range(6))
    complete = [kept["digest"] for kept in last if kept["state"] == "complete"]
    assert len(set(complete)) == len(complete)


def test_an_interrupted_study_ends_with_the_number_of_trials_asked_for(story: Story) -> None:
    assert story.last.document["trials"] == sum(story.last.document["states"].values()) == 6
    assert [trial.number for trial in story.study.trials()] == list(range(6))
    assert all(trial.state.is_finished() for trial in story.study.trials())


def test_the_trial_of_a_killed_worker_is_run_again(story: Story) -> None:
    assert story.last.document["states"]["failed"] == 0


def test_a_library_that_cannot_be_imported_is_reported_and_no_trial_is_lost(start: Any, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    (broken / "tensorflow").mkdir(parents=True)
    (broken / "tensorflow" / "__init__.py").write_text("raise ImportError('libtensorflow.so: no such file')\n")
    path = f"{broken}{os.pathsep}{ROOT}"
    ended = start(tmp_path, *SEARCH, "--jobs", "2", "--name", "broken", path=path).end()
    assert ended.code == 1
    assert "nas: worker process: must start, got ImportError: libtensorflow.so" in ended.err.splitlines()[-1]
    assert "Traceback" not in ended.err
    assert StudyFolder(tmp_path, "broken").finished() == []
