"""How long the winner is trained if the folds of the finals show that longer trainings make it worse."""

import numpy as np
import pytest

from nas.arrays import Doubles
from nas.study.enough_epochs import enough_epochs
from nas.study.finals import Final
from nas.study.learning_rate import one_cycle
from nas.study.record import Record, State

EPOCHS = 200


def folds(*curves: Doubles, name: str = "val_r2") -> list[Final]:
    histories = ({name: tuple(map(float, curve))} for curve in curves)
    records = (Record(1, State.COMPLETE, "", {}, {}, 0, history=history) for history in histories)
    return [Final(record, fold, EPOCHS) for fold, record in enumerate(records)]


def peaking(at: int, best: float, last: float, epochs: int = EPOCHS) -> Doubles:
    """Return a curve that rises to `best` up to an epoch and then falls to `last`."""
    return np.interp(np.arange(epochs), [0, at, epochs - 1], [0, best, last])


@pytest.mark.parametrize("best_at", [10, 20, 60, 120])
def test_the_last_training_has_the_learning_rates_of_the_folds_up_to_their_best_epoch(best_at: int) -> None:
    curves = [peaking(best_at, 0.5 + step, 0.1 + step) for step in (0, 0.05, 0.1)]
    enough = enough_epochs(folds(*curves))
    assert enough is not None
    wanted = one_cycle(EPOCHS * 100, 1.0)[: (best_at + 1) * 100].sum()
    given = one_cycle(enough * 100, 1.0).sum()
    # The best epoch of a curve that is averaged over ten may be five later; an epoch at the peak has a sum of 100.
    assert abs(wanted - given) < 6 * 100


def test_a_tenth_more_errors_are_chance() -> None:
    assert enough_epochs(folds(*(peaking(50, 0.5, 0.46) for _ in range(3)))) is None
    assert enough_epochs(folds(*(peaking(50, 0.5, 0.44) for _ in range(3)))) is not None


def test_a_fold_that_does_not_become_worse_says_that_it_is_chance() -> None:
    worse = peaking(50, 0.6, 0.2)
    assert enough_epochs(folds(worse, worse, worse)) is not None
    assert enough_epochs(folds(worse, worse, np.linspace(0, 0.6, EPOCHS))) is None


def test_single_epochs_that_are_better_by_chance_do_not_count() -> None:
    rng = np.random.default_rng(0)
    steady = [0.9 + 0.01 * rng.standard_normal(EPOCHS) for _ in range(3)]
    for curve in steady:
        curve[30] = 0.95
        curve[-1] = 0.9
    assert enough_epochs(folds(*steady, name="val_accuracy")) is None


@pytest.mark.parametrize(
    "finals", [[], folds(np.array([])), folds(peaking(5, 0.5, 0.1), peaking(5, 0.5, 0.1, epochs=90))]
)
def test_trainings_that_cannot_be_compared_say_nothing(finals: list[Final]) -> None:
    assert enough_epochs(finals) is None


def test_the_first_epoch_can_be_the_best() -> None:
    assert enough_epochs(folds(*(np.linspace(0.5, -1, 40) for _ in range(3)))) == 1
