"""Deleting what a study has logged, read back through MLflow's own client."""

import shutil
import socket

import pytest
from mlflow.entities import ViewType
from tracked import candidates, client, record, result, search, track

from nas.errors import InputError
from nas.tracking import delete_runs, open_tracker


def experiments(root, view=ViewType.ACTIVE_ONLY):
    return {each.name for each in client(root).search_experiments(view) if "demo" in each.name}


def test_a_deleted_study_leaves_no_run_no_experiment_and_no_file(root):
    tracker = track(root, record(0), record(1))
    tracker.finish(result(1, root), {})
    tracker.close(60)
    assert delete_runs(None, study="demo", folder=root) == 3
    assert experiments(root) == set()
    assert not (root / "mlartifacts" / "demo").exists()


def test_a_study_whose_folder_is_gone_is_deleted_too(root):
    track(root, record(0)).close(60)
    shutil.rmtree(root / "demo")
    assert delete_runs(None, study="demo", folder=root) == 2


def test_other_studies_keep_their_runs(root):
    track(root, record(0)).close(60)
    other = open_tracker(None, study="other", folder=root)
    other.log(record(5), b"tflite")
    other.close(60)
    delete_runs(None, study="other", folder=root)
    assert [run.data.tags["trial"] for run in candidates(root)] == ["0"]
    assert (root / "mlartifacts" / "demo").is_dir()


def test_a_deleted_study_that_is_run_again_begins_with_no_runs(root):
    track(root, record(0)).close(60)
    delete_runs(None, study="demo", folder=root)
    shutil.rmtree(root / "demo")
    track(root, record(7)).close(60)
    assert [run.data.tags["trial"] for run in candidates(root)] == ["7"]
    assert len(search(root, "tags.kind = 'study'")) == 1


@pytest.mark.parametrize("shared", [False, True])
def test_a_study_that_begins_anew_replaces_the_one_whose_folder_was_removed(root, shared):
    uri = f"sqlite:///{root / 'mlflow.db'}" if shared else None
    track(root, record(0), uri=uri).close(60)
    shutil.rmtree(root / "demo")
    track(root, record(1), uri=uri).close(60)
    assert len(search(root, "tags.kind = 'study'")) == 1
    assert [run.data.tags["trial"] for run in candidates(root)] == ["1"]


def test_in_a_store_that_folders_share_a_study_of_the_same_name_elsewhere_keeps_its_runs(root, tmp_path_factory):
    uri = f"sqlite:///{root / 'mlflow.db'}"
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    track(root, record(0), uri=uri).close(60)
    track(elsewhere, record(1), uri=uri).close(60)
    assert {run.data.tags["trial"] for run in candidates(root)} == {"0", "1"}
    assert delete_runs(uri, study="demo", folder=elsewhere) == 2
    assert [run.data.tags["trial"] for run in candidates(root)] == ["0"]


def test_a_study_that_was_never_tracked_has_nothing_to_delete(tmp_path):
    assert delete_runs(None, study="demo", folder=tmp_path) == 0
    assert delete_runs("none", study="demo", folder=tmp_path) == 0
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_does_not_answer_is_named(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        uri = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(InputError, match=rf"{uri}: must be a store that answers"):
        delete_runs(uri, study="demo", folder=tmp_path)
