"""The verdict on a winner follows from scores, interval and sizes, and claims no more than the test shows."""

import pytest

from nas.study.record import Record, State
from nas.study.result import Trained
from nas.study.tested import Tested
from nas.study.verdict import verdict
from nas.task.metrics import Estimate


def trained(weights: int, score: float, low: float | None = None, high: float | None = None) -> Trained:
    record = Record(
        trial=1,
        state=State.COMPLETE,
        digest="d",
        params={},
        architecture={},
        seed=1,
        profiled={"weights_bytes": weights},
    )
    metrics = {"accuracy": Estimate(score, low, high)}
    return Trained(record, tested=Tested(metrics, metrics, {"accuracy": 0.1}, (), "8 groups"))


def judged(winner: Trained, made: Trained | None) -> str:
    return verdict(Trained(winner.record, tested=winner.tested, hand_made=made))


@pytest.mark.parametrize(
    ("winner", "made", "told"),
    [
        (
            trained(4796, 0.927, 0.85, 0.99),
            trained(2592, 0.931),
            "The winner is no better than the hand-made network: its test accuracy is 0.4 points lower "
            "(within its 95 % interval, so it may be chance) with 2,204 B more of weights.",
        ),
        (
            trained(5608, 0.952, 0.898, 0.999),
            trained(2592, 0.928),
            "The winner is not clearly better than the hand-made network: its test accuracy is 2.4 points higher "
            "(within its 95 % interval, so it may be chance) with 3,016 B more of weights.",
        ),
        (
            trained(3000, 0.95, 0.93, 0.97),
            trained(4000, 0.90),
            "The winner is better than the hand-made network: its test accuracy is 5.0 points higher "
            "(outside its 95 % interval) with 1,000 B less of weights.",
        ),
        (
            trained(3000, 0.90, 0.88, 0.92),
            trained(3000, 0.95),
            "The winner is less accurate than the hand-made network: its test accuracy is 5.0 points lower "
            "(outside its 95 % interval) with weights of the same size.",
        ),
        (
            trained(1180, 0.972, 0.90, 0.99),
            trained(1804, 0.972),
            "The winner is as accurate as the hand-made network and smaller: the test accuracy is the same "
            "with 624 B less of weights.",
        ),
        (
            trained(1000, 0.90, 0.80, 0.95),
            trained(2000, 0.92),
            "The winner is smaller than the hand-made network and not clearly less accurate: its test accuracy is "
            "2.0 points lower (within its 95 % interval, so it may be chance) with 1,000 B less of weights.",
        ),
        (
            trained(5000, 0.95),
            trained(2000, 0.90),
            "The winner is better than the hand-made network on this test set: its test accuracy is 5.0 points higher "
            "(the test set has too few groups to say whether by chance) with 3,000 B more of weights.",
        ),
        (
            trained(1000, 0.75),
            trained(2000, 0.87),
            "The winner is less accurate than the hand-made network on this test set: its test accuracy is 12.0 points "
            "lower (the test set has too few groups to say whether by chance) with 1,000 B less of weights.",
        ),
    ],
)
def test_the_verdict_has_points_bytes_and_whether_the_difference_may_be_chance(
    winner: Trained, made: Trained, told: str
) -> None:
    assert judged(winner, made) == told


def test_without_a_hand_made_network_or_a_test_there_is_no_verdict() -> None:
    winner = trained(3000, 0.9, 0.8, 0.95)
    assert judged(winner, None) == ""
    assert verdict(Trained(winner.record, hand_made=winner)) == ""
