"""Records, winners and results go to JSON and back unchanged."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nas.study.record import Record, State
from nas.study.result import Result, Winner
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
    val_accuracy=st.none() | shares,
    metric=st.sampled_from(list(METRICS)),
    val_metrics=st.dictionaries(st.sampled_from(list(METRICS)), shares),
    values=st.none() | st.tuples(numbers) | st.tuples(numbers, numbers),
    history=st.dictionaries(texts, st.lists(numbers, max_size=3).map(tuple), max_size=2),
    seconds=st.dictionaries(texts, numbers, max_size=2),
    peak_rss_bytes=st.none() | st.integers(0, 2**40),
)
winners = st.builds(
    Winner,
    record=records,
    test_accuracy=st.none() | shares,
    float_test_accuracy=st.none() | shares,
    baseline_accuracy=st.none() | shares,
    confusion=st.lists(st.lists(st.integers(0, 99), max_size=3).map(tuple), max_size=3).map(tuple),
    finals=st.lists(st.dictionaries(texts, shares, max_size=2), max_size=2).map(tuple),
    epochs=st.none() | st.integers(1, 99),
    test_metrics=st.dictionaries(st.sampled_from(list(METRICS)), st.builds(Estimate, shares, shares, shares)),
    baseline_metrics=st.dictionaries(st.sampled_from(list(METRICS)), shares),
    drawn_from=texts,
)


@given(records)
def test_a_record_survives_json(record: Record) -> None:
    assert Record.loads(record.dumps()) == record
    assert Record.from_json(record.to_json()) == record


@given(winners)
def test_a_winner_survives_json(winner: Winner) -> None:
    assert Winner.from_json(json.loads(json.dumps(winner.to_json()))) == winner


@given(records)
def test_the_text_of_a_record_does_not_depend_on_the_order_of_its_facts(record: Record) -> None:
    backwards = Record(**{**record.to_json(), "params": dict(reversed(record.params.items()))})
    assert backwards.dumps() == record.dumps()


PROFILED = {
    "weights_bytes": 3000,
    "file_bytes": 5000,
    "arena_bytes": 2000,
    "arena_min_bytes": 2400,
    "flash_bytes": 40_000,
    "macs": 70_000,
}


def complete(trial: int) -> Record:
    return Record(trial, State.COMPLETE, f"d{trial}", {}, {"blocks": []}, 1, profiled=PROFILED, val_accuracy=0.9)


def result(winner: Winner | None) -> Result:
    states = {"complete": 3, "over_budget": 4, "pruned": 0, "duplicate": 1, "failed": 0}
    return Result("mine", "studies/mine", 12.5, states, winner, (complete(1), complete(2)))


FINALS = ({"trial": 1, "val_score": 0.1}, {"trial": 2, "val_score": 0.9}, {"trial": 2, "val_score": 0.94})
TESTED = {"accuracy": Estimate(0.8, 0.7, 0.9), "balanced_accuracy": Estimate(0.75, 0.6, 0.85)}
WINNER = Winner(
    *(complete(2), 0.8, 0.85, 0.3, ((1, 0), (0, 1)), FINALS),
    test_metrics=TESTED,
    float_test_metrics=TESTED,
    baseline_metrics={"accuracy": 0.3, "balanced_accuracy": 0.5},
    drawn_from="9 groups",
)


def test_the_contract_of_nas_search_json() -> None:
    document = json.loads(json.dumps(result(WINNER).to_contract("studies/mine/best/model.tflite")))
    assert set(document) == {"study", "folder", "seconds", "trials", "states", "best", "front", "rungs", "stopped"}
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


def test_the_spread_over_the_winner_s_folds_is_numpy_s_and_needs_two() -> None:
    assert WINNER.fold_std == pytest.approx(np.std([0.9, 0.94], ddof=1))
    assert replace(WINNER, finals=FINALS[:2]).fold_std is None


def test_the_score_is_the_metric_that_the_study_judges_by() -> None:
    record = replace(complete(1), val_metrics={"balanced_accuracy": 0.7})
    assert (record.val_score, replace(record, metric="balanced_accuracy").val_score) == (0.9, 0.7)


def test_a_study_without_a_winner_says_so() -> None:
    assert result(None).to_contract("x")["best"] is None


@pytest.mark.parametrize("winner", [None, WINNER])
def test_what_is_kept_in_git_has_no_paths_and_no_times(winner: Winner | None) -> None:
    text = json.dumps(result(winner).to_json())
    assert "studies" not in text
    assert "seconds" not in text
