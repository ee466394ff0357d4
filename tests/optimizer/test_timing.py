"""What final trainings are expected to take, of what trainings before them took."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nas.optimizer.timing import MARGIN, QAT_COST, Pace
from nas.study.recipe import Recipe
from nas.study.record import Record, State

PLAIN = Recipe.of(qat_epochs=0, final_epochs=80)


def trained(seconds: float, epochs: int, resumed_at: int = 0, **beside: float) -> Record:
    return Record(
        trial=0,
        state=State.COMPLETE,
        digest="0",
        params={},
        architecture={},
        seed=0,
        history={"loss": (1.0,) * epochs},
        resumed_at=resumed_at,
        seconds={"train": seconds, **beside},
    )


def test_epochs_take_as_long_as_their_rows() -> None:
    pace = Pace.of([trained(6.0, 12, build=0.5, quantize=0.5)], rows=1000)
    assert pace.seconds(PLAIN, 80, rows=2000) == pytest.approx(MARGIN * (1.0 + 80 * 0.5 * 2))


def test_a_training_that_went_on_from_a_checkpoint_counts_only_its_own_epochs() -> None:
    assert Pace.of([trained(4.5, 12, resumed_at=3)], rows=1).epoch_seconds == pytest.approx(0.5)


def test_rounding_epochs_count_as_what_they_cost() -> None:
    pace, recipe = Pace(0.1, 100, 0.0), PLAIN.replace(qat_epochs=10)
    assert pace.seconds(recipe, 80, 100) == pytest.approx(MARGIN * 0.1 * (80 + 10 * QAT_COST))
    assert pace.seconds(recipe, 320, 100) == pytest.approx(MARGIN * 0.1 * (320 + 40 * QAT_COST))


def test_beside_may_be_told_by_other_trainings() -> None:
    finals, search = [trained(8.0, 80, quantize=3.0)], [trained(1.2, 12, quantize=0.2)]
    pace = Pace.of(finals, 1, searched=search)
    assert (pace.epoch_seconds, pace.overhead_seconds) == pytest.approx((0.1, 0.2))


@given(st.floats(0.001, 10), st.floats(0, 5), st.floats(0, 1000), st.integers(1, 400), st.integers(0, 20))
def test_as_many_epochs_fit_as_take_no_longer(
    epoch: float, beside: float, seconds: float, wanted: int, rounded: int
) -> None:
    pace, recipe = Pace(epoch, 100, beside), PLAIN.replace(qat_epochs=rounded)
    epochs = pace.epochs(recipe, seconds, 150, wanted)
    assert 1 <= epochs <= wanted
    assert epochs == 1 or pace.seconds(recipe, epochs, 150) <= seconds
    assert epochs == wanted or pace.seconds(recipe, epochs + 1, 150) > seconds
