"""What holds for every executor."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from nas.data.source import load
from nas.data.splits import split
from nas.optimizer.executor.executor import EXECUTORS, Executor, Failed
from nas.space.architecture import Architecture
from nas.space.blocks.dense import Dense
from nas.study.recipe import Recipe
from nas.study.record import State
from nas.study.tasks import EvaluationTask, Task, TrainingOutcome, TrainingTask
from nas.target.budget import Budget
from nas.target.target import find_target

ARCHITECTURE = Architecture("mlp_tabular", (13,), 3, (Dense(units=4),))


@pytest.fixture
def executor(name: str) -> Iterator[Executor]:
    if name == "dask":
        pytest.importorskip("distributed", reason="Dask is not installed: pip install 'nas[cluster]'")
    made = EXECUTORS[name](split(load("wine"), 0), 2)
    yield made
    made.close()


def training(trial: int, epochs: int = 1) -> TrainingTask:
    return TrainingTask(
        *(trial, ARCHITECTURE, {}, find_target("host"), Budget(), Recipe.of(min_steps=0), epochs), seed=trial
    )


@pytest.mark.parametrize("name", EXECUTORS)
def test_every_task_comes_back_once_and_a_failed_one_says_why(name: str, executor: Executor) -> None:
    broken = EvaluationTask(ARCHITECTURE, tflite=b"no model", weights=b"no weights")
    waiting: list[Task[Any]] = [training(0), training(1), broken]
    submitted, ended = list(waiting), []
    assert (executor.size, executor.idle, list(executor.running)) == (2, 2, [])
    while waiting or executor.running:
        while waiting and executor.idle:
            executor.submit(waiting.pop(0))
        assert executor.idle + len(executor.running) == executor.size
        ended += list(executor.collect(1.0))
    assert sorted(map(submitted.index, (task for task, _ in ended))) == [0, 1, 2]
    for task, answer in ended:
        if isinstance(task, TrainingTask):
            assert isinstance(answer, TrainingOutcome)
            assert (answer.record.trial, answer.record.state) == (task.trial, State.COMPLETE)
        else:
            assert isinstance(answer, Failed)
            assert answer.reason


@pytest.mark.parametrize("name", EXECUTORS)
def test_closing_ends_tasks_that_are_running_and_may_be_repeated(name: str, executor: Executor) -> None:
    executor.submit(training(0, epochs=10**6))
    assert list(executor.collect(0.1)) == []
    start = time.monotonic()
    executor.close()
    executor.close()
    assert time.monotonic() - start < 10
