"""How tasks get to the workers: an executor performs them, and the observer sees what is running."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar, cast

from nas.optimizer.clock import Clock
from nas.optimizer.executor.executor import Answer, Executor, Failed
from nas.optimizer.observer import Observer
from nas.study.tasks import Task

# How long one wait for the workers lasts; the live view is updated as often.
TICK_SECONDS = 0.5

A = TypeVar("A")
K = TypeVar("K")


class Dispatcher:
    """Submits tasks to an executor and waits for their answers.

    The search submits single tasks as its trials come; the finals know all their tasks and have them performed.
    """

    def __init__(self, executor: Executor, observer: Observer, clock: Clock) -> None:
        self._executor = executor
        self._observer = observer
        self._clock = clock
        self._notice: str | None = None

    @property
    def size(self) -> int:
        """Number of tasks that can run at a time."""
        return self._executor.size

    @property
    def idle(self) -> int:
        """Number of tasks that can be submitted now."""
        return self._executor.idle

    def submit(self, task: Task[Any]) -> None:
        """Start a task on an idle worker."""
        self._executor.submit(task)

    def wait(self, *, at_once: bool = False) -> list[tuple[Task[Any], Answer | Failed]]:
        """Wait a moment for answers, or with `at_once` not at all; return the tasks that have ended."""
        ended = list(self._executor.collect(0.0 if at_once else TICK_SECONDS))
        self._observer.tick(self._executor.running, self._clock.seconds, self._clock.limit)
        self._pass_on(self._executor.notice)
        return ended

    def _pass_on(self, notice: str | None) -> None:
        """Tell the observer what the executor says, once."""
        if notice is not None and notice != self._notice:
            self._observer.warn(notice)
        self._notice = notice

    def perform(self, tasks: Iterable[tuple[K, Task[A]]]) -> Iterator[tuple[K, A | Failed]]:
        """Perform tasks, as many at a time as there are workers; yield each one's key and answer as it ends.

        A task is drawn from `tasks` when a worker is idle, so its time limit can depend on the time that is left then.
        """
        waiting = iter(tasks)
        keys: dict[int, K] = {}
        while True:
            for key, task in islice(waiting, self._executor.idle):
                keys[id(task)] = key
                self._executor.submit(task)
            if not keys:
                return
            for ended, answer in self.wait():
                yield keys.pop(id(ended)), cast("A | Failed", answer)

    def perform_one(self, task: Task[A]) -> A | Failed:
        """Perform one task and wait for its answer."""
        ((_, answer),) = self.perform([(None, task)])
        return answer
