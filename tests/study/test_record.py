"""Records and results as documents."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nas.errors import InputError
from nas.study.record import Record, State
from nas.study.result import Result, Trained
from nas.study.tested import Tested
from nas.task.metrics import METRICS, Estimate

numbers = st.floats(allow_nan=False, allow_infinity=False)
shares = st.floats(0, 1)
texts = st.text(max_size=8)
footprints = st.none() | st.dictionaries(texts, st.none() | st.booleans() | st.integers() | numbers, max_size=3)
records = st.builds(
    Record,
    trial=st.integers(0, 9999),
    state=st.sampled_from(State),
    digest=texts,
    params=st.dictionaries(texts, st.booleans() | st.integers() | numbers | texts, max_size=3),
    architecture=st.just({"blocks": [{"block": "conv", "pools": 2}], "input_shape": [8, 3]}),
    seed=st.integers(0, 2**31),
    reason=st.none() | texts,
    estimated=footprints,
    profiled=footprints,
    metric=st.sampled_from(list(METRICS)),
    val_metrics=st.dictionaries(st.sampled_from(list(METRICS)), shares),
    values=st.none() | st.tuples(numbers) | st.tuples(numbers, numbers),
    history=st.dictionaries(texts, st.lists(numbers, max_size=3).map(tuple), max_size=2),
    seconds=st.dictionaries(texts, numbers, max_size=2),
    peak_rss_bytes=st.none() | st.integers(0, 2**40),
)
estimates = st.fixed_dictionaries(
    {"accuracy": st.builds(Estimate, shares, shares, shares)},
    optional={"macro_f1": st.builds(Estimate, shares, shares, shares)},
)
tested = st.builds(
    Tested,
    metrics=estimates,
    float_metrics=estimates,
    baseline_metrics=st.fixed_dictionaries({"accuracy": shares}),
    confusion=st.lists(st.lists(st.integers(0, 99), max_size=3).map(tuple), max_size=3).map(tuple),
    resampled_unit=texts,
)
trained = st.builds(
    Trained,
    record=records,
    finals=st.lists(st.dictionaries(texts, shares, max_size=2), max_size=2).map(tuple),
    epochs=st.none() | st.integers(1, 99),
    teachers=st.lists(st.dictionaries(texts, shares, max_size=2), max_size=2).map(tuple),
    tested=st.none() | tested,
)


@given(records)
def test_a_record_survives_json(record: Record) -> None:
    assert Record.from_json(json.loads(json.dumps(record.to_json()))) == record
    assert Record.from_json(record.to_json()) == record


@given(trained)
def test_a_trained_candidate_survives_json(candidate: Trained) -> None:
    assert Trained.from_json(json.loads(json.dumps(candidate.to_json()))) == candidate


def test_documents_of_a_record_and_a_test_repeat_the_accuracies() -> None:
    document = WINNER.to_json()
    assert document["record"]["val_accuracy"] == 0.9
    assert (document["test_accuracy"], document["float_test_accuracy"], document["baseline_accuracy"]) == (
        0.8,
        0.85,
        0.3,
    )
    untested = Trained(replace(complete(1), val_metrics={})).to_json()
    assert set(untested) == set(document)
    assert (untested["record"]["val_accuracy"], untested["test_accuracy"], untested["confusion"]) == (None, None, [])


def test_a_record_from_before_there_was_a_choice_of_metrics_keeps_its_accuracy() -> None:
    document = complete(1).to_json()
    del document["val_metrics"], document["metric"]
    assert Record.from_json(document) == complete(1)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"trial": "1"}, "record: trial: must be a whole number, got '1'"),
        ({"state": "done"}, "record: state: unknown value 'done'"),
        ({"history": {"loss": [0.5, None]}}, "record: history.loss[1]: must be a number, got None"),
        ({"colour": 1}, "record: unknown key 'colour'"),
    ],
)
def test_a_damaged_record_is_refused_with_the_place_of_the_damage(change: dict[str, Any], line: str) -> None:
    with pytest.raises(InputError) as error:
        Record.from_json({**complete(1).to_json(), **change})
    assert line in str(error.value)


@pytest.mark.parametrize("data", [None, [], {"finals": []}, {"record": 3}])
def test_what_is_no_trained_candidate_is_refused(data: object) -> None:
    with pytest.raises(InputError, match=r"^winner: "):
        Trained.from_json(data)


PROFILED = {
    "weights_bytes": 3000,
    "file_bytes": 5000,
    "arena_bytes": 2000,
    "arena_min_bytes": 2400,
    "flash_bytes": 40_000,
    "macs": 70_000,
}


def complete(trial: int) -> Record:
    return Record(
        trial, State.COMPLETE, f"d{trial}", {}, {"blocks": []}, 1, profiled=PROFILED, val_metrics={"accuracy": 0.9}
    )


def result(winner: Trained | None) -> Result:
    states = {"complete": 3, "over_budget": 4, "pruned": 0, "duplicate": 1, "failed": 0}
    return Result("mine", "studies/mine", 12.5, states, winner, (complete(1), complete(2)))


FINALS = (
    {"trial": 1, "val_accuracy": 0.1, "val_score": 0.1},
    {"trial": 2, "val_accuracy": 0.9, "val_score": 0.9},
    {"trial": 2, "val_accuracy": 0.94, "val_score": 0.94},
)
TESTED = Tested(
    metrics={"accuracy": Estimate(0.8, 0.7, 0.9), "balanced_accuracy": Estimate(0.75, 0.6, 0.85)},
    float_metrics={"accuracy": Estimate(0.85, 0.7, 0.9), "balanced_accuracy": Estimate(0.7, 0.6, 0.8)},
    baseline_metrics={"accuracy": 0.3, "balanced_accuracy": 0.5},
    confusion=((1, 0), (0, 1)),
    resampled_unit="9 groups",
)
WINNER = Trained(complete(2), FINALS, tested=TESTED)


def test_the_document_of_nas_search_has_the_keys_of_its_contract() -> None:
    document = json.loads(json.dumps(result(WINNER).to_contract("studies/mine/best/model.tflite")))
    assert set(document) >= {"study", "folder", "seconds", "trials", "states", "best", "front", "objective", "lacked"}
    assert document["trials"] == 8
    assert set(document["states"]) == {"complete", "over_budget", "pruned", "duplicate", "failed"}
    assert document["best"] | BEST == document["best"]
    assert all(entry | FRONT == entry for entry in document["front"])
    assert [entry["trial"] for entry in document["front"]] == [1, 2]


BEST: dict[str, Any] = {
    "trial": 2,
    "architecture": {"blocks": []},
    "tflite": "studies/mine/best/model.tflite",
    "val_accuracy": 0.9,
    "test_accuracy": 0.8,
    "float_test_accuracy": 0.85,
    "metric": "accuracy",
    "test_accuracy_interval": [0.7, 0.9],
    "test_metrics": {
        "accuracy": {"value": 0.8, "low": 0.7, "high": 0.9},
        "balanced_accuracy": {"value": 0.75, "low": 0.6, "high": 0.85},
    },
    "baseline_metrics": {"accuracy": 0.3, "balanced_accuracy": 0.5},
    "intervals_drawn_from": "9 groups",
    "fold_scores": [0.9, 0.94],
    **{key: PROFILED[key] for key in ("weights_bytes", "file_bytes", "arena_bytes", "flash_bytes", "macs")},
}
FRONT = {"val_accuracy": 0.9, "weights_bytes": 3000}


def test_the_standard_deviation_over_the_winner_s_folds_is_numpy_s_and_needs_two_folds() -> None:
    assert WINNER.fold_std == pytest.approx(np.std([0.9, 0.94], ddof=1))
    assert replace(WINNER, finals=FINALS[:2]).fold_std is None


def test_the_score_of_a_record_is_the_study_s_metric() -> None:
    record = replace(complete(1), val_metrics={"accuracy": 0.9, "balanced_accuracy": 0.7})
    assert (record.val_score, replace(record, metric="balanced_accuracy").val_score) == (0.9, 0.7)


def test_a_study_without_a_winner_has_no_best_entry() -> None:
    assert result(None).to_contract("x")["best"] is None


@pytest.mark.parametrize("winner", [None, WINNER])
def test_results_json_has_no_paths_and_no_times(winner: Trained | None) -> None:
    text = json.dumps(result(winner).to_json())
    assert "studies" not in text
    assert "seconds" not in text
