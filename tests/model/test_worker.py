"""The tasks of a worker; models and metrics are checked against LiteRT and scikit-learn."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.metrics import accuracy_score, balanced_accuracy_score, confusion_matrix, f1_score

from nas.data.prepared import Prepared, prepare
from nas.data.source import load
from nas.data.splits import split
from nas.graph.graph import digest
from nas.model import worker
from nas.model.training.checkpoint import Checkpoint
from nas.space.architecture import Architecture
from nas.space.blocks.dense import Dense
from nas.study.candidate import examine
from nas.study.recipe import Recipe
from nas.study.record import State
from nas.study.rungs import Rung
from nas.study.tasks import AllButTest, EvaluationTask, Fold, TrainingOutcome, TrainingTask
from nas.target.budget import Budget
from nas.target.profiler import estimate, profile
from nas.target.target import find_target

TARGET = find_target("cortex-m4")
ARCHITECTURE = Architecture("mlp_tabular", (13,), 3, (Dense(units=8),))
RECIPE = Recipe.of(epochs=3, batch_size=16)


@pytest.fixture(scope="module")
def data() -> Prepared:
    return prepare(split(load("wine"), 0))


def task(**changes: Any) -> TrainingTask:
    settings: dict[str, Any] = {"trial": 7, "params": {"dense.count": 1}, "recipe": RECIPE, "epochs": 3, "seed": 5}
    return TrainingTask(architecture=ARCHITECTURE, target=TARGET, **{"budget": Budget(1024), **settings, **changes})


@pytest.fixture(scope="module")
def outcome(data: Prepared) -> TrainingOutcome:
    return worker.train_candidate(task(), data)


@pytest.fixture(scope="module")
def last(data: Prepared) -> TrainingOutcome:
    """The training of a winner."""
    return worker.train_candidate(task(rows=AllButTest()), data)


def labels(tflite: bytes, x: Any) -> Any:
    """Return the answers of LiteRT's own interpreter, row by row."""
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    builtin = OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    interpreter = Interpreter(model_content=tflite, experimental_op_resolver_type=builtin)
    interpreter.allocate_tensors()
    (entry,), (exit_,) = interpreter.get_input_details(), interpreter.get_output_details()
    scale, zero = entry["quantization"]
    answers = []
    for row in x:
        quantized = np.clip(np.round(row / scale) + zero, -128, 127).astype(np.int8)
        interpreter.set_tensor(entry["index"], quantized.reshape(entry["shape"]))
        interpreter.invoke()
        answers.append(interpreter.get_tensor(exit_["index"])[0].argmax())
    return np.array(answers)


def test_a_candidate_is_known_before_it_is_trained() -> None:
    graph = ARCHITECTURE.lower()
    candidate = examine(ARCHITECTURE, TARGET, Budget(100))
    assert candidate.digest == digest(graph)
    assert candidate.footprint.summary() == estimate(graph, TARGET).summary()
    # 13 * 8 + 8 * 3 weights and 11 biases of 4 bytes.
    assert candidate.over == {"weights": pytest.approx((172 - 100) / 100)}
    assert examine(ARCHITECTURE, TARGET, Budget(172)).over == {}


def test_the_record_holds_the_task_and_its_results(outcome: TrainingOutcome) -> None:
    record = outcome.record
    assert (record.trial, record.state, record.reason, record.seed) == (7, State.COMPLETE, None, 5)
    assert Architecture.from_json(record.architecture) == ARCHITECTURE
    assert record.digest == digest(ARCHITECTURE.lower())
    assert {len(curve) for curve in record.history.values()} == {3}
    assert set(record.seconds) == {"build", "trace", "train", "quantize", "evaluate"}
    assert {"tensorflow", "numpy"} <= set(record.versions)
    assert record.peak_rss_bytes is not None
    assert record.peak_rss_bytes > 100 * 1024 * 1024


def test_the_profile_is_that_of_the_tflite_file(outcome: TrainingOutcome) -> None:
    assert outcome.tflite is not None
    assert outcome.record.profiled == profile(outcome.tflite, TARGET).summary()


def test_the_score_is_the_int8_model_s_on_the_validation_rows(outcome: TrainingOutcome, data: Prepared) -> None:
    assert outcome.tflite is not None
    expected = accuracy_score(data.val.y, labels(outcome.tflite, data.val.x))
    assert outcome.record.val_accuracy == pytest.approx(expected)
    answers = labels(outcome.tflite, data.val.x)
    assert outcome.record.val_metrics == pytest.approx(
        {
            "accuracy": expected,
            "balanced_accuracy": balanced_accuracy_score(data.val.y, answers),
            "macro_f1": f1_score(data.val.y, answers, average="macro"),
        }
    )


def test_equal_tasks_give_equal_models_and_another_seed_another_one(outcome: TrainingOutcome, data: Prepared) -> None:
    again, other = worker.train_candidate(task(), data), worker.train_candidate(task(seed=6), data)
    assert again.tflite == outcome.tflite
    assert again.record.history == outcome.record.history
    assert other.tflite != outcome.tflite


def test_a_training_that_diverges_is_a_failed_record(data: Prepared) -> None:
    lost = worker.train_candidate(task(recipe=RECIPE.replace(learning_rate=1e30)), data)
    assert lost.record.state == State.FAILED
    assert "diverged" in str(lost.record.reason)
    assert (lost.tflite, lost.weights, lost.record.val_accuracy) == (None, None, None)


def test_a_tflite_over_budget_is_never_evaluated(data: Prepared) -> None:
    lost = worker.train_candidate(task(budget=Budget(flash_bytes=1000)), data)
    assert lost.record.state == State.FAILED
    assert "over budget: flash" in str(lost.record.reason)
    assert lost.record.val_accuracy is None


def test_a_candidate_of_the_search_that_runs_out_of_time_is_pruned(data: Prepared) -> None:
    late = worker.train_candidate(task(epochs=5000, seconds=0.0), data)
    cut = "cut short by the time limit after 1 of 5000 epochs"
    assert (late.record.state, late.record.reason) == (State.PRUNED, cut)
    # It has not reached a rung: it does not count for patience, and its network may be trained again.
    assert (late.tflite, late.record.at_rung) == (None, None)


def test_a_candidate_that_runs_out_of_time_is_a_model_if_the_study_has_no_other(data: Prepared) -> None:
    late = worker.train_candidate(task(epochs=5000, seconds=0.0, needed=True), data)
    assert late.record.is_cut_short
    assert late.record.reason == "cut short by the time limit after 1 of 5000 epochs"
    assert late.tflite is not None
    assert late.weights is not None
    assert late.record.val_accuracy == pytest.approx(accuracy_score(data.val.y, labels(late.tflite, data.val.x)))
    tested = worker.evaluate_winner(EvaluationTask(ARCHITECTURE, late.tflite, late.weights), data)
    assert abs(tested.float_metrics["accuracy"].value - tested.metrics["accuracy"].value) < 0.2


def test_the_best_epoch_before_the_checkpoint_counts_at_later_rungs(data: Prepared) -> None:
    paused = worker.train_candidate(task(rungs=(Rung(1, 2.0),)), data)
    assert (paused.record.state, paused.record.at_rung) == (State.PRUNED, 1)
    assert paused.checkpoint is not None
    checkpoint = Checkpoint.loads(paused.checkpoint)
    perfect = replace(checkpoint, history={**checkpoint.history, "val_accuracy": (1.0,)}).dumps()
    unreached = Rung(2, 1.0)  # by the second epoch alone
    assert worker.train_candidate(task(rungs=(unreached,)), data).record.at_rung == 2
    resumed = worker.train_candidate(task(rungs=(unreached,), checkpoint=perfect), data)
    assert (resumed.record.at_rung, resumed.record.resumed_at) == (None, 1)


def test_quantization_aware_epochs_follow_final_trainings_only(data: Prepared) -> None:
    without, with_some = (RECIPE.replace(qat_epochs=epochs, final_epochs=3) for epochs in (0, 3))
    fold = Fold(0, 3, 1)
    final, refined = (worker.train_candidate(task(recipe=r, rows=fold), data) for r in (without, with_some))
    assert final.record.history == refined.record.history
    assert final.tflite != refined.tflite
    searched, same = (worker.train_candidate(task(recipe=r), data) for r in (without, with_some))
    assert searched.tflite == same.tflite


def test_a_final_training_that_runs_out_of_time_is_complete(data: Prepared) -> None:
    late = worker.train_candidate(task(epochs=5000, seconds=0.0, rows=Fold(0, 3, 1)), data)
    assert late.record.state == State.COMPLETE
    assert late.record.val_accuracy is not None


def test_folds_hold_out_every_row_but_the_test_s_once(data: Prepared) -> None:
    both = np.concatenate([data.train.x, data.val.x])
    held = []
    for index in range(3):
        kept, out = Fold(index, 3, 1).pick(data)
        assert out is not None
        assert len(kept) + len(out) == len(both)
        held.append(out.x)
    assert sorted(map(tuple, np.concatenate(held))) == sorted(map(tuple, both))


def test_trainings_that_may_make_the_winner_s_model_give_float_weights_and_the_last_one_no_score(
    outcome: TrainingOutcome, last: TrainingOutcome, data: Prepared
) -> None:
    assert outcome.weights is not None
    assert worker.train_candidate(task(rows=Fold(0, 3, 1)), data).weights is None
    assert last.weights is not None
    assert last.record.val_accuracy is None
    assert last.record.state == State.COMPLETE


def test_metrics_on_the_test_set_equal_scikit_learn_s(last: TrainingOutcome, data: Prepared) -> None:
    assert last.tflite is not None
    assert last.weights is not None
    tested = worker.evaluate_winner(EvaluationTask(ARCHITECTURE, last.tflite, last.weights), data)
    answers, truth = labels(last.tflite, data.test.x), data.test.y
    assert tested.metrics["accuracy"].value == pytest.approx(accuracy_score(truth, answers))
    assert np.array_equal(tested.confusion, confusion_matrix(truth, answers, labels=range(3)))
    dummy = DummyClassifier(strategy="most_frequent").fit(data.train.x, data.train.y)
    assert tested.baseline_metrics["accuracy"] == pytest.approx(dummy.score(data.test.x, truth))
    assert tested.baseline_metrics["balanced_accuracy"] == pytest.approx(1 / 3)
    assert tested.baseline_metrics["macro_f1"] == pytest.approx(
        f1_score(truth, dummy.predict(data.test.x), average="macro")
    )
    assert tested.metrics["macro_f1"].value == pytest.approx(f1_score(truth, answers, average="macro"))
    assert tested.resampled_unit == f"{len(truth)} rows"
    assert abs(tested.float_metrics["accuracy"].value - tested.metrics["accuracy"].value) < 0.1
