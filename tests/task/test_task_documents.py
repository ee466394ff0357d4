"""What files tell of a learned task: whichever it is, it answers as before when it is read again."""

import json

import numpy as np
import pytest
from learned_tasks import OUTPUTS, answers_of, learned

from nas.codec import Place
from nas.errors import InputError
from nas.model.deploy.params.kinds import make_params
from nas.task.documents import from_document, from_parameters, to_document
from nas.task.task import TASKS

PLACE = Place("metadata.json", "output")


@pytest.mark.parametrize("name", TASKS)
def test_a_task_that_is_read_from_a_document_answers_as_the_one_that_was_written(name: str) -> None:
    task = learned(name)
    again = from_document(json.loads(json.dumps(to_document(task))), PLACE)
    assert type(again) is type(task)
    for one, other in zip(answers_of(task, seed=1), answers_of(again, seed=1), strict=True):
        assert np.array_equal(one, other)


@pytest.mark.parametrize("name", TASKS)
def test_a_task_whose_facts_a_tflite_carries_decides_as_before(name: str) -> None:
    task = learned(name)
    carried = {key: param.value for key, param in make_params(task.parameters()).items()}
    again = from_parameters(carried, OUTPUTS, OUTPUTS)
    assert type(again) is (type(task) if task.facts_key else type(None))
    if again is not None:
        answers, _ = answers_of(task, seed=1)
        assert again.found(answers, "abc") == task.found(answers, "abc")
        assert np.allclose(answers, answers_of(again, seed=1)[0], rtol=1e-6)


def test_a_threshold_that_does_not_fit_the_model_is_left_aside() -> None:
    assert from_parameters({"anomaly_threshold": 0.5}, outputs=3, inputs=4) is None
    assert from_parameters({"anomaly_threshold": float("nan")}, outputs=4, inputs=4) is None
    assert from_parameters({"label_thresholds": (0.5, 0.5)}, outputs=3, inputs=4) is None


def test_facts_of_different_tasks_stand_under_keys_of_their_own() -> None:
    keys = [kind.facts_key for kind in TASKS.values() if kind.facts_key]
    assert len(set(keys)) == len(keys) == len(TASKS) - 1


def test_damaged_facts_are_one_line_that_says_where_they_are() -> None:
    with pytest.raises(InputError, match=r"^metadata\.json: output\.labelling\.thresholds: must be a list"):
        from_document({"labelling": {"thresholds": 0.5}}, PLACE)
