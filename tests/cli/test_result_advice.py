"""What the end of a search says of a winner that guesses, and of one without a hand-made network beside it."""

from dataclasses import replace

import pytest

from nas.cli.views.result import summary, unweighted
from nas.study.hand_made import NOT_WANTED
from nas.study.recipe import Recipe
from nas.study.record import Record, State
from nas.study.result import Result, Trained
from nas.study.study import Study
from nas.study.tested import Tested
from nas.task.metrics import Estimate

GUESS = {"accuracy": Estimate(0.98), "balanced_accuracy": Estimate(0.5), "macro_f1": Estimate(0.49)}
FACTS = {"weights_bytes": 64, "file_bytes": 900, "arena_min_bytes": 512, "flash_bytes": 20000, "macs": 60}


def result(score: float = 0.5, metric: str = "balanced_accuracy", missing: str = "") -> Result:
    record = Record(*(0, State.COMPLETE, "d", {}, {}, 0), profiled=FACTS, metric=metric, val_metrics={metric: score})
    reached = {**GUESS, "balanced_accuracy": Estimate(score), "accuracy": Estimate(0.98 if score == 0.5 else 0.99)}
    constant = {name: one.value for name, one in GUESS.items()}
    tested = Tested(reached, reached, constant, ((1, 0), (0, 1)), "2 rows")
    winner = Trained(record, tested=tested, hand_made_missing=missing)
    return Result("s", "studies/s", 1.0, {"complete": 1}, winner, ())


def test_class_weights_are_advised_where_a_winner_among_unbalanced_classes_guesses() -> None:
    study = Study("mlp_tabular", budget_kb=2, recipe=Recipe.of(class_weights=False))
    assert "for the same weight of all classes, begin a study of another --name" in unweighted(study, result())
    assert unweighted(study, result(score=0.8)) == ""
    assert unweighted(study, result(metric="accuracy")) == ""
    for weighed in (True, None):
        assert unweighted(replace(study, recipe=Recipe.of(class_weights=weighed)), result()) == ""


@pytest.mark.parametrize(
    ("missing", "told"), [("There was no time to train it too.", True), (NOT_WANTED, False), ("", False)]
)
def test_a_missing_hand_made_network_is_told_unless_it_was_not_wanted(missing: str, told: bool) -> None:
    assert ("is not compared with a hand-made network: There was no time" in summary(result(missing=missing))) is told
