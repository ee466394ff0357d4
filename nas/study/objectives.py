"""What a search maximizes: functions of a record.

Where they say accuracy, a study with another metric takes that (`Study.metric`).

To add an objective, write a function of a record and the study's weights, and register it here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from nas.errors import unknown
from nas.study.record import Record

Direction: TypeAlias = Literal["maximize", "minimize"]


@dataclass(frozen=True, slots=True)
class Scale:
    """What an objective may measure a record against.

    Attributes:
        weights_bytes: limit of the weights; None if the study sets none.
        accuracy_weight: w, the share of accuracy in a weighted objective.
    """

    weights_bytes: int | None
    accuracy_weight: float


@dataclass(frozen=True, slots=True)
class Objective:
    """An objective: `values` gives one number a direction, of a complete record.

    The first number ranks candidates where one must win.
    """

    name: str
    formula: str
    directions: tuple[Direction, ...]
    values: Callable[[Record, Scale], tuple[float, ...]]
    labels: tuple[str, ...]


class _Objectives(dict[str, Objective]):
    def find(self, name: str, place: object) -> Objective:
        """Return the objective called `name`; InputError at `place` if there is none."""
        if name not in self:
            raise unknown(place, "objective", name, self)
        return self[name]


OBJECTIVES = _Objectives()


def _add(name: str, formula: str, *labels: str, values: Callable[[Record, Scale], tuple[float, ...]]) -> None:
    rest: list[Direction] = ["minimize"] * (len(labels) - 1)
    OBJECTIVES[name] = Objective(name, formula, ("maximize", *rest), values, labels)


def _accuracy(record: Record) -> float:
    """Return the study's metric, which is accuracy unless it is told otherwise."""
    assert record.val_score is not None
    return record.val_score


def _profiled(record: Record, key: str) -> float:
    assert record.profiled is not None
    return float(record.profiled[key])


def _weighted(record: Record, scale: Scale) -> tuple[float, ...]:
    assert scale.weights_bytes is not None
    w = scale.accuracy_weight
    return (w * _accuracy(record) + (1 - w) * (1 - _profiled(record, "weights_bytes") / scale.weights_bytes),)


_add("weighted", "w * accuracy + (1 - w) * (1 - weights / budget)", "score", values=_weighted)
_add("accuracy", "accuracy", "accuracy", values=lambda record, _: (_accuracy(record),))


def _add_pareto(word: str, key: str) -> None:
    _add(
        f"pareto-{word}",
        f"accuracy against {word}",
        "accuracy",
        word,
        values=lambda record, _: (_accuracy(record), _profiled(record, key)),
    )


_add_pareto("weights", "weights_bytes")
_add_pareto("arena", "arena_min_bytes")
_add_pareto("macs", "macs")
_add_pareto("latency", "latency_ms")
