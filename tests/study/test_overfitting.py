"""When a search tells that its winner knows the training pictures by heart."""

from typing import Any

import pytest

from nas.study.overfitting import overfitting
from nas.study.recipe import Recipe
from nas.study.record import Record, State
from nas.study.result import Trained

IMAGE, WINDOW = [32, 32, 3], [128, 6]
BY_HEART, EVEN = {"accuracy": (0.4, 0.98), "val_accuracy": (0.4, 0.5)}, {"accuracy": (0.59,), "val_accuracy": (0.5,)}


def winner(shape: list[int], history: dict[str, tuple[float, ...]]) -> Trained:
    architecture = {"input_shape": shape}
    return Trained(Record(1, State.COMPLETE, "d", {}, architecture, seed=1, history=history))


def test_what_helps_is_told_with_both_accuracies() -> None:
    told = overfitting(winner(IMAGE, BY_HEART), Recipe())
    assert told.startswith(
        "overfitting: the winner had 98.0 % right of the pictures it learned from, and 50.0 % of others"
    )
    advised = dict(word.split("=") for word in told.replace(",", "").split() if "=" in word)
    changed = Recipe.of(**{name: float(value) for name, value in advised.items()})
    assert overfitting(winner(IMAGE, BY_HEART), changed) == ""


@pytest.mark.parametrize(
    ("shape", "history", "settings"),
    [
        (IMAGE, EVEN, {}),
        (IMAGE, {}, {}),
        (IMAGE, {"accuracy": (0.9,)}, {}),
        (IMAGE, BY_HEART, {"flip": 0.5}),
        (IMAGE, BY_HEART, {"mixup": 0.2}),
        (WINDOW, BY_HEART, {}),
    ],
)
def test_nothing_is_told_where_it_does_not_apply(shape: list[int], history: Any, settings: dict[str, float]) -> None:
    assert overfitting(winner(shape, history), Recipe.of(**settings)) == ""
