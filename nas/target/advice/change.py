"""What a rule of advice returns: a change to the model, and the graph that it leads to."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass

from nas.graph.graph import Graph
from nas.text import shortened


@dataclass(frozen=True, slots=True)
class Change:
    """A proposed change of a model.

    Attributes:
        ops: the operators it is about.
        message: what is wasted, and what to change.
        graph: the changed graph; None if it is not known exactly, and then `note` says why.
    """

    ops: tuple[int, ...]
    message: str
    graph: Graph | None
    note: str | None = None


def message_of(rule: Callable[..., Change | None], **words: object) -> str:
    """Return a rule's message: the last section of its docstring, `Message:`, with the words filled in."""
    section = inspect.cleandoc(rule.__doc__ or "").partition("Message:\n")[2]
    return " ".join(section.split()).format(**words)


def operators(ops: tuple[int, ...], most: int = 8) -> str:
    """Return operators in words: `operators 1, 3, 5`."""
    return f"operator{'s' if len(ops) > 1 else ''} {shortened(ops, most)}"
