"""What worker processes do, as their executor is told."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from nas.model import worker
from nas.optimizer.executor.executor import Answer


@dataclass(frozen=True, slots=True)
class Work:
    """Functions that worker processes call: `initialize` makes one ready with the data, `perform` performs a task."""

    initialize: Callable[[Any], None] = worker.initialize
    perform: Callable[[Any], Answer] = worker.perform
