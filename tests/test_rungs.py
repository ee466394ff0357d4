from hypothesis import given
from hypothesis import strategies as st

from nas.record import Record, State
from nas.rungs import MIN_RESULTS, Climb, Rung, rung_epochs, thresholds


def record(curve: list[float]) -> Record:
    return Record(
        trial=0,
        state=State.PRUNED,
        digest="",
        params={},
        architecture={},
        seed=1,
        history={"val_accuracy": tuple(curve)},
    )


def test_rungs_lie_a_factor_apart_and_below_the_end():
    assert rung_epochs(2, 3, 12) == (2, 6)
    assert rung_epochs(2, 3, 18) == (2, 6)
    assert rung_epochs(1, 2, 9) == (1, 2, 4, 8)


def test_a_first_rung_of_0_is_none():
    assert rung_epochs(0, 3, 12) == ()


@given(st.lists(st.floats(0, 1), min_size=MIN_RESULTS, max_size=60, unique=True), st.integers(2, 5))
def test_about_one_in_a_factor_of_those_that_came_to_a_rung_would_pass_it(accuracies, factor):
    (rung,) = thresholds([record([accuracy]) for accuracy in accuracies], [1], factor)
    passing = sum(accuracy >= rung.threshold for accuracy in accuracies)
    assert abs(passing - len(accuracies) / factor) <= 1


def test_few_results_ask_for_nothing():
    assert thresholds([record([0.9])] * (MIN_RESULTS - 1), [1], 3) == ()


def test_a_candidate_that_ended_before_a_rung_does_not_count_there():
    early, late = [record([0.9])] * 10, [record([0.1, 0.2])] * MIN_RESULTS
    assert thresholds(early + late, [2], 3) == (Rung(2, 0.2),)


def test_a_training_ends_at_the_rung_that_it_does_not_reach():
    climb = Climb([Rung(2, 0.5), Rung(4, 0.8)])
    went_on = [climb.go_on(epoch, {"val_accuracy": accuracy}) for epoch, accuracy in enumerate([0.6, 0.4, 0.7, 0.75])]
    assert went_on == [True, True, True, False]
    assert climb.failed == "rung 4: 75.0 % is below 80.0 %"


def test_without_rungs_every_training_goes_on():
    climb = Climb([])
    assert all(climb.go_on(epoch, {"val_accuracy": 0.0}) for epoch in range(20))
    assert climb.failed is None
