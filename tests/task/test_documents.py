"""What files tell of a learned task: whichever it is, it answers as before when it is read again."""

import json

import numpy as np
import pytest
from learned_tasks import answers_of, learned

from nas.codec import Place
from nas.errors import InputError
from nas.task.documents import from_document, to_document
from nas.task.task import TASKS

PLACE = Place("metadata.json", "output")


@pytest.mark.parametrize("name", TASKS)
def test_a_task_that_is_read_from_a_document_answers_as_the_one_that_was_written(name: str) -> None:
    task = learned(name)
    again = from_document(json.loads(json.dumps(to_document(task))), PLACE)
    assert type(again) is type(task)
    for one, other in zip(answers_of(task, seed=1), answers_of(again, seed=1), strict=True):
        assert np.array_equal(one, other)


def test_facts_of_different_tasks_stand_under_keys_of_their_own() -> None:
    keys = [kind.facts_key for kind in TASKS.values() if kind.facts_key]
    assert len(set(keys)) == len(keys) == len(TASKS) - 1


def test_damaged_facts_are_one_line_that_says_where_they_are() -> None:
    with pytest.raises(InputError, match=r"^metadata\.json: output\.labelling\.thresholds: must be a list"):
        from_document({"labelling": {"thresholds": 0.5}}, PLACE)
