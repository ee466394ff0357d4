"""The contract of an executor, which performs the tasks of a search, and the registry of all of them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from nas.data.splits import Splits
from nas.registry import Registry
from nas.study.tasks import Task, TeacherAnswers, TrainingOutcome
from nas.study.tested import Tested
from nas.study.training_leg import LegEnd

Answer: TypeAlias = TrainingOutcome | TeacherAnswers | Tested | LegEnd


@dataclass(frozen=True, slots=True)
class Failed:
    """The result of a task that failed; `reason` tells the user why."""

    reason: str


class Executor(Protocol):
    """Performs tasks, as many at a time as its `size`.

    Life cycle: made with the data that all tasks read; `submit` starts a task, `collect` gives it back when it has
    ended; `close` ends everything, whether tasks are still running or not, and may be called more than once.

    A task that fails never raises: it comes back as `Failed`. A task's time limit counts from `submit`; an executor
    tells its workers how many seconds are left, and never a time of day or of a clock, which machines do not share.

    Attributes:
        size: number of tasks that can run at a time.
        idle: number of tasks that can be submitted now.
        running: tasks that were submitted and not collected yet.
        notice: what the user should know now, such as that it waits for a worker to come; None if all is well.
    """

    @property
    def size(self) -> int: ...

    @property
    def idle(self) -> int: ...

    @property
    def running(self) -> Sequence[Task[Any]]: ...

    @property
    def notice(self) -> str | None: ...

    def submit(self, task: Task[Any]) -> None:
        """Start a task; some worker must be idle."""

    def collect(self, timeout: float) -> Iterator[tuple[Task[Any], Answer | Failed]]:
        """Yield the tasks that have ended, each with its answer; wait for the first one up to `timeout` seconds.

        It may yield nothing before the time is over.

        Raises:
            InputError: no worker can start.
        """

    def close(self) -> None:
        """End all workers."""


MakeExecutor: TypeAlias = Callable[[Splits, int], Executor]
"""Makes an executor: its arguments are the data that all tasks read, and the number of workers, 0 for one per core."""

EXECUTORS: Registry[MakeExecutor] = Registry("executor", "nas.optimizer.executor")
