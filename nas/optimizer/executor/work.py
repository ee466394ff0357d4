"""What worker processes do, as their executor is told."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from nas.data.splits import Splits
from nas.model import worker
from nas.optimizer.executor.executor import Answer
from nas.study.tasks import Task


@dataclass(frozen=True, slots=True)
class Work:
    """Functions that worker processes call: `initialize` makes one ready with the data, `perform` performs a task."""

    initialize: Callable[[Splits], None] = worker.initialize
    perform: Callable[[Task[Any]], Answer] = worker.perform
