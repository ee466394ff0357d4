"""The journal of a running study, compared with what Optuna's own storage reads from the same file."""

from pathlib import Path

import pytest
from optuna.storages import BaseStorage
from optuna.study import StudyDirection
from optuna.trial import TrialState, create_trial

from nas.optimizer.storage import open_storage, open_thin


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
