"""Stands for worker processes in tests of searches: every training runs in this process, which has TensorFlow."""

from collections.abc import Iterator
from typing import Any

from nas.data.prepared import prepare
from nas.model import worker


class InThisProcess:
    """An executor that performs a task in this process when it is asked for the answer."""

    size = 1
    notice = None

    def __init__(self, splits: Any, jobs: int) -> None:
        self._splits = splits
        self.running: list[Any] = []

    @property
    def idle(self) -> int:
        return 1 - len(self.running)

    def submit(self, task: Any) -> None:
        self.running.append(task)

    def collect(self, timeout: float) -> Iterator[tuple[Any, Any]]:
        if self.running:
            task = self.running.pop()
            yield task, worker.PERFORM[type(task)](task, prepare(self._splits, task.front_end))

    def close(self) -> None:
        """Nothing to end."""
