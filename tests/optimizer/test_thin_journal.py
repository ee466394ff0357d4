"""The journal of a running study, compared with what Optuna's own storage reads from the same file."""

import os
from pathlib import Path

import pytest
from optuna.storages import BaseStorage
from optuna.study import StudyDirection
from optuna.trial import TrialState, create_trial

from nas.optimizer import thin_journal
from nas.optimizer.storage import open_storage, open_thin

REAL_WRITE = os.write


@pytest.fixture
def url(tmp_path: Path) -> str:
    url = f"journal:///{tmp_path / 'study.journal'}"
    open_storage(url).create_new_study([StudyDirection.MAXIMIZE], "study")
    return url


def states(storage: BaseStorage) -> list[TrialState]:
    return [trial.state for trial in storage.get_all_trials(0)]


def test_trials_of_two_writers_have_the_same_order_in_memory_as_in_the_file(url: str) -> None:
    thin, other = open_thin(url), open_storage(url)
    assert thin is not None
    first = thin.create_new_trial(0, create_trial(state=TrialState.RUNNING))
    foreign = other.create_new_trial(0, create_trial(state=TrialState.FAIL))
    last = thin.create_new_trial(0, create_trial(state=TrialState.RUNNING))
    thin.set_trial_state_values(last, TrialState.COMPLETE, [0.5])
    assert len({first, foreign, last}) == 3
    assert states(thin) == states(open_storage(url)) == [TrialState.RUNNING, TrialState.FAIL, TrialState.COMPLETE]


def test_contents_of_trials_are_in_the_file_and_not_in_memory(url: str) -> None:
    thin = open_thin(url)
    assert thin is not None
    number = thin.create_new_trial(0, create_trial(state=TrialState.RUNNING, user_attrs={"continues": 3}))
    thin.set_trial_user_attr(number, "record", {"digest": "aa"})
    thin.set_study_user_attr(0, "seconds", 12.5)
    assert "aa" not in str(thin.get_trial(number).user_attrs)
    assert open_storage(url).get_trial(number).user_attrs == {"continues": 3, "record": {"digest": "aa"}}
    assert thin.get_study_user_attrs(0) == {"seconds": 12.5}


@pytest.mark.parametrize("taken_bytes", [1, 40])
def test_a_line_that_a_full_disk_takes_in_part_is_taken_back(
    url: str, taken_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    thin = open_thin(url)
    assert thin is not None
    number = thin.create_new_trial(0, create_trial(state=TrialState.RUNNING))
    with monkeypatch.context() as full:
        full.setattr(thin_journal.os, "write", lambda handle, data: REAL_WRITE(handle, data[:taken_bytes]))
        with pytest.raises(OSError, match="No space left"):
            thin.set_trial_user_attr(number, "record", {"digest": "aa"})
    thin.set_study_user_attr(0, "seconds", 12.5)
    thin.set_trial_state_values(number, TrialState.COMPLETE, [0.5])
    for storage in (thin, open_storage(url)):
        assert states(storage) == [TrialState.COMPLETE]
        assert storage.get_study_user_attrs(0) == {"seconds": 12.5}
    assert open_storage(url).get_trial(number).user_attrs == {}


def test_a_line_of_another_process_behind_a_broken_one_stays(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    thin, file = open_thin(url), Path(url.removeprefix("journal:///"))
    assert thin is not None

    def write(handle: int, data: bytes) -> int:
        written = REAL_WRITE(handle, data[:10])
        with file.open("ab") as other:
            other.write(b"another line\n")
        return written

    with monkeypatch.context() as full:
        full.setattr(thin_journal.os, "write", write)
        with pytest.raises(OSError, match="No space left"):
            thin.set_study_user_attr(0, "seconds", 12.5)
    assert file.read_bytes().endswith(b"another line\n")
