"""Settings of tasks at the ends of what they may be, and the sets of rows that a bootstrap draws without groups."""

import numpy as np
import pytest

from nas.errors import InputError
from nas.task.choice import TaskSettings, check_learning
from nas.task.label_metrics import MOST_UNITS, ROWS, label_tallies
from nas.task.metrics import AUTO
from nas.task.task import TASKS, name_of


@pytest.mark.parametrize("name", TASKS)
def test_a_task_has_the_name_that_it_is_registered_under(name: str) -> None:
    assert name_of(TASKS[name]()) == name


@pytest.mark.parametrize("rate", [0.0, 0.05, 0.999])
def test_a_rate_of_false_alarms_may_be_0_and_anything_below_1(rate: float) -> None:
    check_learning(None, AUTO, TaskSettings(false_alarm_rate=rate))


@pytest.mark.parametrize("rate", [-0.01, 1.0, 1.5])
def test_another_rate_of_false_alarms_is_refused(rate: float) -> None:
    with pytest.raises(InputError, match="must be from 0 to below 1"):
        check_learning(None, AUTO, TaskSettings(false_alarm_rate=rate))


@pytest.mark.parametrize(("rows", "sets"), [(7, 7), (MOST_UNITS, MOST_UNITS), (2 * MOST_UNITS + 1, MOST_UNITS)])
def test_without_groups_rows_are_dealt_in_turn_to_five_hundred_sets_at_most(rows: int, sets: int) -> None:
    y = np.ones((rows, 2), np.uint8)
    tallies = label_tallies(np.full((rows, 2), 0.5), y.astype(bool), y, None)
    assert len(tallies) == sets
    sizes = [len(range(first, rows, sets)) for first in range(sets)]
    assert tallies[:, 0, ROWS].tolist() == sizes
