"""What files tell of the task that a model has learned, so that its outputs become answers again."""

from collections.abc import Mapping
from typing import Any

from nas.codec import Place
from nas.task.classification import Classification
from nas.task.task import TASKS, Task


def to_document(task: Task) -> dict[str, Any]:
    """Return the facts of a task under their key; nothing for a task that answers without any."""
    return {task.facts_key: task.facts()} if task.facts_key else {}


def from_document(document: Mapping[str, Any], place: Place) -> Task:
    """Return the task whose facts a document holds; classification if it holds none.

    Raises:
        InputError: at `place`, for facts that are damaged.
    """
    for kind in TASKS.values():
        facts = document.get(kind.facts_key) if kind.facts_key else None
        if facts is not None:
            return kind.from_facts(facts, place.key(kind.facts_key))
    return Classification()


def from_parameters(parameters: Mapping[str, Any], outputs: int, inputs: int) -> Task | None:
    """Return the task whose facts a model's parameters are, by its numbers of outputs and inputs; None without any."""
    found = (kind.from_parameters(parameters, outputs, inputs) for kind in TASKS.values())
    return next((task for task in found if task is not None), None)
