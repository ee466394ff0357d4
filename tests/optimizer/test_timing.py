"""Estimates of the time of final trainings, and how the time of a run is shared out."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nas.optimizer.timing import MARGIN, MAX_SHARE, OVERHEAD_SECONDS, QAT_COST, FinalsPlan, Pace
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


def test_the_time_of_an_epoch_is_proportional_to_its_rows() -> None:
    pace = Pace.of([trained(6.0, 12, build=0.5, quantize=0.5)], rows=1000)
    assert pace.seconds(PLAIN, 80, rows=2000) == pytest.approx(MARGIN * (1.0 + 80 * 0.5 * 2))


def test_what_a_training_takes_before_its_first_epoch_is_no_part_of_an_epoch() -> None:
    pace = Pace.of([trained(0.5, 1, trace=20.0, quantize=1.0)], rows=1)
    assert (pace.epoch_seconds, pace.overhead_seconds) == pytest.approx((0.5, 21.0))


def test_a_resumed_training_counts_only_its_own_epochs() -> None:
    assert Pace.of([trained(4.5, 12, resumed_at=3)], rows=1).epoch_seconds == pytest.approx(0.5)


def test_quantization_aware_epochs_count_with_their_cost() -> None:
    pace, recipe = Pace(0.1, 100, 0.0), PLAIN.replace(qat_epochs=10)
    assert pace.seconds(recipe, 80, 100) == pytest.approx(MARGIN * 0.1 * (80 + 10 * QAT_COST))
    assert pace.seconds(recipe, 320, 100) == pytest.approx(MARGIN * 0.1 * (320 + 40 * QAT_COST))


def test_the_overhead_may_come_from_trainings_of_the_search() -> None:
    finals, search = [trained(8.0, 80, quantize=3.0)], [trained(1.2, 12, quantize=0.2)]
    pace = Pace.of(finals, 1, searched=search)
    assert (pace.epoch_seconds, pace.overhead_seconds) == pytest.approx((0.1, 0.2))


@given(st.floats(0.001, 10), st.floats(0, 5), st.floats(0, 1000), st.integers(1, 400), st.integers(0, 20))
def test_epochs_in_time_are_the_most_that_fit(
    epoch: float, beside: float, seconds: float, wanted: int, rounded: int
) -> None:
    pace, recipe = Pace(epoch, 100, beside), PLAIN.replace(qat_epochs=rounded)
    epochs = pace.epochs(recipe, seconds, 150, wanted)
    assert 1 <= epochs <= wanted
    assert epochs == 1 or pace.seconds(recipe, epochs, 150) <= seconds
    assert epochs == wanted or pace.seconds(recipe, epochs + 1, 150) > seconds


TAUGHT = Recipe.of(distillation=0.5, final_folds=3, min_steps=0)


@pytest.mark.parametrize(("workers", "rounds"), [(1, 3), (2, 2), (3, 1), (8, 1)])
def test_each_round_of_teachers_may_take_a_tenth_of_the_time(workers: int, rounds: int) -> None:
    plan = FinalsPlan(TAUGHT, 100, 50, workers)
    assert plan.teacher_seconds(600) == pytest.approx(rounds * 60)
    assert plan.teacher_seconds(None) == 0
    assert FinalsPlan(PLAIN, 100, 50, workers).teacher_seconds(600) == 0


def test_the_search_leaves_time_for_the_teachers_of_the_finals() -> None:
    pace = Pace(0.001, 100, 0.01)
    limit = 6000.0
    taught, plain = (FinalsPlan(TAUGHT.replace(distillation=d), 100, 50, 1) for d in (0.5, 0.0))
    assert taught.reserved_seconds(pace, limit) - plain.reserved_seconds(pace, limit) == pytest.approx(3 * 600)


paces = st.builds(Pace, st.floats(0.001, 10), st.integers(10, 10_000), st.floats(0, 5))
plans = st.builds(
    FinalsPlan,
    st.builds(
        lambda finalists, folds, teach: Recipe.of(finalists=finalists, final_folds=folds, distillation=teach),
        *(st.integers(1, 12), st.integers(2, 5), st.sampled_from([0.0, 0.5])),
    ),
    *(st.integers(10, 10_000), st.integers(10, 5_000), st.integers(1, 16)),
)


@given(plans, paces, st.floats(1, 36_000))
def test_finals_reserve_no_more_than_their_share_of_the_time(plan: FinalsPlan, pace: Pace, limit: float) -> None:
    assert 0 < plan.reserved_seconds(pace, limit) <= plan.reserved_seconds(None, limit) == MAX_SHARE * limit


@given(plans, paces, st.floats(1, 36_000), st.floats(0, 1), st.integers(1, 12))
def test_finalists_are_compared_only_if_the_winner_has_time_for_as_many_epochs(
    plan: FinalsPlan, pace: Pace, limit: float, share: float, available: int
) -> None:
    remaining = share * limit
    finalists = plan.finalists_in_time(pace, remaining, limit, available)
    assert 0 <= finalists <= available
    if not finalists:
        return
    trainings = finalists * plan.recipe.finals.final_folds
    rounds = -(-trainings // plan.workers)
    seconds = remaining - OVERHEAD_SECONDS - plan.teacher_seconds(limit)
    kept = plan.winner_seconds(pace, seconds)
    least = pace.seconds(plan.recipe, plan.search_epochs, plan.fold_rows)
    assert rounds * least + kept <= seconds + 1e-6
    winner = plan.winner_epochs_in_time(pace, kept)
    assert winner >= plan.least_winner_epochs
    assert plan.fold_epochs_in_time(pace, seconds - kept, trainings, winner) <= winner
    # The comparison of one finalist chooses nothing, so it may not cost the winner an epoch.
    assert finalists > 1 or available == 1 or winner == plan.winner_epochs


HURRIED = FinalsPlan(PLAIN.replace(min_steps=0, epochs=10, winner_epochs=320, final_folds=3), 100, 50, workers=2)


@pytest.mark.parametrize(
    ("seconds", "finalists"), [(2 * 100, 0), (2 * 143, 0), (2 * 150, 2), (2 * 500, 6), (2 * 5000, 8)]
)
def test_with_more_time_the_winner_gets_its_epochs_first_and_then_more_finalists_are_compared(
    seconds: float, finalists: int
) -> None:
    # An epoch of the last training takes 1.5 s, one of a fold 1 s: 80 epochs of the winner take 144 s with the margin.
    assert HURRIED.finalists_in_time(Pace(1.0, 100, 0.0), seconds + OVERHEAD_SECONDS, 1e6, 8) == finalists


def test_an_earlier_run_that_lacked_time_gives_the_finals_all_the_time_that_they_need() -> None:
    pace = Pace(0.1, 100, 0.0)
    whole = HURRIED.reserved_seconds(pace, 1e6)
    assert HURRIED.reserved_seconds(pace, 200) == pytest.approx(MAX_SHARE * 200)
    assert HURRIED.reserved_seconds(pace, 200, first=True) == pytest.approx(min(200, whole))


def test_finals_take_a_fold_s_time_for_each_round_of_the_workers_and_the_winner_s_last_training() -> None:
    pace, recipe = Pace(0.1, 80, 0.0), PLAIN.replace(min_steps=0, winner_epochs=160, final_folds=2)
    folds = [FinalsPlan(recipe, 80, 80, workers).seconds(pace, 6) for workers in (1, 3)]
    winner = MARGIN * 0.1 * 160 * 2 + OVERHEAD_SECONDS
    assert folds == [pytest.approx(MARGIN * 0.1 * 80 * rounds + winner) for rounds in (6, 2)]


def test_a_run_that_was_mostly_start_asks_for_its_start_and_a_few_seconds() -> None:
    plan = FinalsPlan(Recipe.of(epochs=10, final_folds=3, min_steps=0, qat_epochs=0), 100, 50, workers=1)
    searched = trained(0.1, 1, trace=20.0, quantize=1.0)  # a training takes 2 s, the start 50
    training = MARGIN * (1.0 + 10 * 0.1)
    assert plan.enough_minutes([searched], 50.0, limit=60.0) == math.ceil((50 + training) / (1 - MAX_SHARE) / 60) == 2


@given(plans, st.floats(0.001, 10), st.floats(0, 5), st.floats(0, 60), st.floats(0, 100))
def test_the_minutes_that_are_enough_have_room_for_the_training_its_folds_and_the_last_training(
    plan: FinalsPlan, epoch: float, beside: float, trace: float, start: float
) -> None:
    searched = trained(2 * epoch, 2, trace=trace, quantize=beside)
    limit, pace = 60.0 * plan.enough_minutes([searched], start, limit=0.0), Pace(epoch, plan.train_rows, beside)
    training = start + MARGIN * (beside + plan.search_epochs * epoch)
    assert training <= limit - plan.reserved_seconds(None, limit) + 1e-6
    assert plan.finalists_in_time(pace, MAX_SHARE * limit, limit, 1) == 1 or plan.recipe.finals.distillation


def test_a_winner_that_keeps_validation_rows_for_its_threshold_has_time_for_more_epochs():
    recipe = PLAIN.replace(min_steps=0, winner_epochs=320, qat_epochs=0)
    joined, kept = (FinalsPlan(recipe, 100, 100, workers=1, calibrates=calibrates) for calibrates in (False, True))
    pace = Pace(epoch_seconds=1.0, rows=100, overhead_seconds=0.0)
    assert (joined.winner_epochs_in_time(pace, 240), kept.winner_epochs_in_time(pace, 240)) == (100, 200)
    assert joined.fold_rows == kept.fold_rows


@pytest.mark.parametrize(
    ("wanted", "enough", "epochs", "early"), [(320, 30, 30, True), (12, 30, 12, False), (30, 30, 30, False)]
)
def test_a_last_training_ends_early_only_where_more_epochs_were_wanted(
    wanted: int, enough: int, epochs: int, early: bool
) -> None:
    plan = FinalsPlan(PLAIN.replace(min_steps=0, winner_epochs=wanted), 100, 50, workers=1, enough=enough)
    assert (plan.winner_epochs, plan.ends_early(epochs)) == (epochs, early)
    # With less time than that, it is not the folds that have ended it.
    assert not plan.ends_early(epochs - 1)
