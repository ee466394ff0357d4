"""The names and values of a winner's scores."""

from nas.study.record import Record, State
from nas.study.result import Trained
from nas.study.scores import validated

RECORD = Record(
    trial=7, state=State.COMPLETE, digest="d", params={}, architecture={}, seed=1, val_metrics={"accuracy": 0.875}
)


def test_without_finals_there_is_the_validation_score_alone() -> None:
    assert validated(Trained(RECORD)) == [("validation accuracy", "87.5 %")]


def test_the_cross_validated_mean_of_the_winner_stands_before_its_validation_score() -> None:
    finals = tuple({"trial": trial, "val_score": score} for trial, score in ((7, 0.8), (7, 0.9), (3, 0.1)))
    (name, value), validation = validated(Trained(RECORD, finals))
    assert name == "cross-validated accuracy"
    assert value.startswith("85.0 %")
    assert value.endswith("over 2 folds")
    assert validation == ("validation accuracy", "87.5 %")
