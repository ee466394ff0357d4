"""What records, results and costs say of themselves, in words and by name."""

from dataclasses import replace

import pytest

from nas.study.costs import COSTS, Cost
from nas.study.decision import not_on_front
from nas.study.host_run import HostRun
from nas.study.objectives import OBJECTIVES
from nas.study.record import Record, State
from nas.study.result import Result, Trained
from nas.study.rung_correlation import RungCorrelation
from nas.study.scores import uses_of_test_set, validated
from nas.study.tested import Tested
from nas.task.metrics import METRICS, Estimate

PROFILED = {"weights_bytes": 2048, "macs": 12_345, "latency_ms": 1.234}
RECORD = Record(3, State.COMPLETE, "d", {}, {}, 7, profiled=PROFILED, val_metrics={"accuracy": 0.5, "macro_f1": 0.25})
FOLDS = tuple({"trial": t, "fold": f, "val_accuracy": 0.1 * f, "val_score": 0.2 * f} for t in (3, 4) for f in (1, 2, 3))


def test_costs_are_told_in_their_units_and_unknown_ones_by_a_dash() -> None:
    assert [cost.text(RECORD) for cost in COSTS.values()] == ["2,048 B", "-", "12,345", "1.23 ms"]
    assert Cost("time", "time_ms", "ms").text(RECORD) == "-"


def test_a_finished_record_with_a_reason_was_cut_short() -> None:
    assert not RECORD.is_cut_short
    assert replace(RECORD, reason="cut short by the time limit").is_cut_short
    assert not replace(RECORD, reason="out of memory", state=State.FAILED).is_cut_short


def test_a_training_without_validation_rows_keeps_the_scores_of_its_search_and_its_own_curves() -> None:
    last = replace(RECORD, val_metrics={}, history={"loss": (0.5,)}, estimated=None)
    searched = replace(RECORD, estimated={"macs": 1}, float_val_accuracy=0.75)
    assert last.with_scores_of(searched) == replace(searched, history=last.history)


def test_the_score_of_the_finals_is_the_mean_over_the_winner_s_own_folds() -> None:
    trained = Trained(replace(RECORD, metric="macro_f1"), FOLDS)
    assert trained.fold_scores == (0.2, 0.4, pytest.approx(0.6))
    assert (trained.cross_validated_score, trained.fold_std) == (pytest.approx(0.4), pytest.approx(0.2))
    assert trained.cross_validated_accuracy == pytest.approx(0.2)
    assert validated(trained) == [
        ("cross-validated macro-F1", "40.0 % +- 20.0 over 3 folds"),
        ("validation macro-F1", "25.0 %"),
    ]
    two = Trained(RECORD, FOLDS[:2])
    assert two.fold_std == pytest.approx(0.1414, abs=1e-4)
    one = Trained(RECORD, FOLDS[:1])
    assert (one.fold_std, validated(one)[0][1]) == (None, "20.0 % over 1 folds")
    none = Trained(RECORD)
    assert (none.cross_validated_score, none.cross_validated_accuracy, none.fold_std) == (None, None, None)
    assert none.headline_metrics == ()
    assert not none.guesses


def test_it_is_said_how_often_the_test_set_was_used() -> None:
    assert uses_of_test_set(Trained(RECORD)) == "The test set was used once, for the study's winner."
    assert "evaluated 2 times on its test set" in uses_of_test_set(Trained(RECORD, test_uses=2))


def test_a_winner_that_is_not_on_the_front_was_best_in_a_cross_validation_if_there_was_one() -> None:
    assert not_on_front(Trained(RECORD, FOLDS)) == "not on this front, but best in the cross-validation"
    assert not_on_front(Trained(RECORD)) == "not on this front"


def test_a_rung_is_named_by_its_epochs_and_those_of_a_whole_training_if_they_are_known() -> None:
    assert RungCorrelation(2, 5, 0.5).words == "after 2 epochs"
    assert RungCorrelation(2, 5, 0.5, 12).words == "after 2 of 12 epochs"


def test_the_time_of_the_latest_run_is_told_where_there_were_others() -> None:
    result = Result("s", "studies/s", 90.0, {"complete": 8, "failed": 1}, None, ())
    assert result.time_words == "9 trials in 1 min 30 s"
    assert replace(result, run_seconds=90.0, run_trials=9).time_words == "9 trials in 1 min 30 s"
    later = replace(result, run_seconds=30.0, run_trials=4)
    assert later.time_words == "9 trials in 1 min 30 s over all runs, 4 of them in the 30 s of this run"
    assert replace(result, run_seconds=30.0).time_words == "9 trials in 1 min 30 s"


def test_objectives_of_several_goals_are_pareto() -> None:
    assert {name for name in OBJECTIVES if OBJECTIVES[name].is_pareto} == {n for n in OBJECTIVES if "pareto" in n}


def test_half_of_the_inferences_are_faster_than_the_median() -> None:
    run = HostRun((5.0, 1.0, 2.0, 4.0, 3.0))
    assert [run.quantile_us(share) for share in (0.0, 0.5, 0.75, 1.0)] == [1, 3, 4, 5]


def test_a_winner_prints_in_a_line_however_long_its_history_is() -> None:
    tested = Tested({"accuracy": Estimate(0.9375)}, {}, {}, (), "40 rows")
    winner = Trained(replace(RECORD, history={"loss": (0.5,) * 1000}), FOLDS, tested=tested)
    assert repr(winner) == "<nas winner: trial 3, validation accuracy 50.0 %, test accuracy 93.8 %, weights 2,048 B>"
    result = Result("mine", "studies/mine", 1.0, {}, winner, ())
    assert result.test_accuracy == 0.9375
    assert (replace(result, winner=None).test_accuracy, Trained(RECORD).test_accuracy) == (None, None)


def judged(low: float | None, unit: str) -> Tested:
    metrics = {name: Estimate(0.5, low, None if low is None else 0.75) for name in METRICS}
    return Tested(metrics, metrics, dict.fromkeys(METRICS, 0.25), (), unit)


def test_intervals_are_told_with_what_they_are_over_and_missing_ones_with_what_they_need() -> None:
    groups, rows, few = judged(0.25, "9 groups"), judged(0.25, "40 rows"), judged(None, "4 groups")
    assert [tested.has_intervals for tested in (groups, rows, few)] == [True, True, False]
    for tested in (groups, rows):
        words = f"95 % interval 25.0 to 75.0 %, over {tested.resampled_unit}"
        assert tested.interval_words(tested.metrics["macro_f1"]) == words
    missing = "the test set has 4 groups, 5 are needed"
    assert few.interval_words(few.metrics["accuracy"]) == f"no interval: {missing}"
    assert few.method_words == f"No intervals: {missing}."
    assert rows.method_words == (
        "Intervals: of accuracy exact (Clopper-Pearson); of the others, bootstrap, 40 rows resampled 2,000 times."
    )
    assert groups.method_words.startswith("Intervals: bootstrap, 9 groups resampled 2,000 times; widened where needed")


def test_intervals_of_errors_are_a_bootstrap_alone() -> None:
    metrics = {"rmse": Estimate(2.0, 1.5, 2.5), "r2": Estimate(0.5, 0.25, 0.75)}
    tested = Tested(metrics, metrics, {"rmse": 4.0, "r2": 0.0}, (), "40 rows")
    assert tested.interval_words(metrics["rmse"]) == "95 % interval 1.5 to 2.5, over 40 rows"
    assert tested.method_words == "Intervals: bootstrap, 40 rows resampled 2,000 times."


def test_a_winner_that_is_no_better_than_the_constant_answer_in_any_shown_metric_guesses() -> None:
    same = dict.fromkeys(METRICS, 0.5)

    def winner(**baseline: float) -> Trained:
        return Trained(RECORD, tested=replace(judged(0.25, "9 groups"), baseline_metrics={**same, **baseline}))

    assert winner().guesses
    assert winner().headline_metrics[0] == "accuracy"
    for name in winner().headline_metrics:  # one that is better is enough
        assert not winner(**{name: 0.49}).guesses


def test_folds_without_a_final_training_are_counted_if_the_plan_is_known() -> None:
    assert Trained(RECORD, FOLDS, planned_folds=5).folds_left_out == 2
    assert Trained(RECORD, FOLDS, planned_folds=3).folds_left_out == 0
    assert Trained(RECORD, FOLDS).folds_left_out == 0
    assert Trained(RECORD, planned_folds=5).folds_left_out == 0


def test_accuracies_of_a_test_stand_in_documents_under_names_of_their_own_and_none_of_a_regression() -> None:
    found = judged(0.25, "9 groups").to_json()
    names = ("test_accuracy", "float_test_accuracy", "baseline_accuracy")
    assert [found[name] for name in names] == [0.5, 0.5, 0.25]
    metrics = {"rmse": Estimate(2.0, 1.5, 2.5)}
    found = Tested(metrics, metrics, {"rmse": 4.0}, (), "40 rows").to_json()
    assert [found[name] for name in names] == [None, None, None]
