"""Trainings on changed copies of rows of sound: which rows have some, and what is drawn of them."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nas.data.dataset import Dataset, Part
from nas.data.prepared import Prepared, prepare
from nas.data.sound.variants import changed_rows
from nas.data.splits import Splits, split
from nas.model import worker
from nas.model.architecture_training import train_architecture
from nas.model.rows import rows_of
from nas.model.training.batches import shuffled_batches, versions
from nas.model.training.checkpoint import Checkpoint
from nas.signal.mel import Mel
from nas.signal.raw import RAW
from nas.space.architecture import Architecture
from nas.space.blocks.head import Head
from nas.study.recipe import Recipe
from nas.study.retraining import Retraining
from nas.study.rungs import Rung
from nas.study.tasks import AllButTest, EvaluationTask, Fold, HoldOut, TeacherTask, TrainingTask
from nas.target.budget import Budget
from nas.target.target import find_target

RATE_HZ, TIME, COPIES = 16_000, 1600, 2
MEL = Mel(filterbank_n_channels=8)
ARCHITECTURE = Architecture("cnn_audio", (TIME, 1), 2, (Head(),), front_end=MEL)
RECIPE = Recipe.of(epochs=3, batch_size=8, min_steps=0, variants=COPIES, gain_db=6.0, colored_noise=0.5, time_mask=0.2)
SELECTIONS = [HoldOut(), Fold(0, 2, 0), AllButTest()]


@pytest.fixture(scope="module")
def splits() -> Splits:
    """Tones of two heights, a tenth of a second each, of six people."""
    rng = np.random.default_rng(0)
    people, y = np.repeat(np.arange(6), 8), np.tile([0, 1], 24)
    tones = np.sin(np.outer(500 + 900 * y, np.arange(TIME)) / 2500) * rng.uniform(1000, 8000, (48, 1))
    x = np.rint(tones + rng.normal(0, 50, tones.shape)).astype(np.int16)[..., None]
    return split(Dataset("tones", Part(x, y, people), ("low", "high"), sample_rate_hz=RATE_HZ), 3)


def task(**changes: Any) -> TrainingTask:
    settings: dict[str, Any] = {"trial": 0, "params": {}, "recipe": RECIPE, "epochs": 3, "seed": 5, **changes}
    return TrainingTask(architecture=ARCHITECTURE, target=find_target("cortex-m4"), budget=Budget(None), **settings)


@pytest.mark.parametrize("rows", SELECTIONS)
def test_rows_that_are_trained_on_have_copies_and_those_that_judge_have_none(splits: Splits, rows: Any) -> None:
    data, plain = rows_of(splits, task(rows=rows)), prepare(splits, MEL)
    learned, judged = rows.pick(data)
    expected, held = rows.pick(plain)
    assert learned.variants is not None
    assert learned.variants.shape == (len(learned), COPIES, *learned.x.shape[1:])
    assert np.array_equal(learned.x, expected.x)
    assert data.test.variants is None
    assert data.scaling == plain.scaling
    if held is not None:
        assert judged.variants is None
        assert np.array_equal(judged.x, held.x)


def test_copies_are_the_features_of_changed_samples_scaled_as_the_rows_are(splits: Splits) -> None:
    data = rows_of(splits, task())
    raw = changed_rows(splits, "train", RECIPE.augment, RATE_HZ)
    assert data.train.variants is not None
    for number in range(COPIES):
        expected = data.scaling.apply(MEL.apply(raw[:, number]))
        assert np.array_equal(data.train.variants[:, number], expected)


def test_an_evaluation_reads_rows_alone_and_a_teacher_learns_from_copies(splits: Splits) -> None:
    evaluation = rows_of(splits, EvaluationTask(ARCHITECTURE, b"", b""))
    taught = rows_of(splits, TeacherTask(Fold(0, 2, 0), RECIPE, 1, 0, front_end=MEL))
    assert evaluation.train.variants is evaluation.val.variants is None
    assert taught.train.variants is not None
    assert taught.row_shape == MEL.shape((TIME, 1))


def test_rows_that_are_no_sound_cost_nothing_whatever_the_recipe(splits: Splits) -> None:
    raw = replace(ARCHITECTURE, front_end=RAW)
    plain = rows_of(splits, EvaluationTask(raw, b"", b""))
    assert rows_of(splits, replace(task(), architecture=raw)) is plain
    assert plain.train.variants is None


def test_versions_of_a_row_follow_it_and_have_its_target() -> None:
    rng = np.random.default_rng(0)
    part = Part(rng.normal(size=(5, 4)), np.arange(5), variants=rng.normal(size=(5, 2, 4)))
    x, targets, copies = versions(part, np.eye(5, dtype=np.float32))
    assert copies == 3
    assert np.array_equal(targets.argmax(axis=1), np.repeat(np.arange(5), 3))
    assert part.variants is not None
    assert np.array_equal(x[0::3], part.x)
    assert np.array_equal(x[2::3], part.variants[:, 1])


def test_each_epoch_draws_each_row_once_in_one_of_its_versions() -> None:
    plain, drawn = shuffled_batches(1200, 8, (4, 0)), shuffled_batches(1200, 8, (4, 0), copies=4)
    assert np.array_equal(drawn // 4, plain)
    # Of 1,200 draws from 4, each comes up 300 times with a standard deviation of 15.
    assert np.abs(np.bincount(drawn.ravel() % 4, minlength=4) - 300).max() < 75
    assert not np.array_equal(drawn % 4, shuffled_batches(1200, 8, (4, 1), copies=4) % 4)


@pytest.fixture(scope="module")
def data(splits: Splits) -> Prepared:
    return rows_of(splits, task())


def test_equal_seeds_give_the_same_record_and_copies_another_one(splits: Splits, data: Prepared) -> None:
    first = worker.train_candidate(task(), data)
    again = worker.train_candidate(task(), rows_of(replace(splits), task()))
    without = worker.train_candidate(task(recipe=RECIPE.replace(variants=0)), prepare(splits, MEL))
    assert first.record.state == "complete"
    assert (first.tflite, first.record.history) == (again.tflite, again.record.history)
    assert first.record.history != without.record.history


def test_a_training_that_pauses_at_a_rung_goes_on_as_if_it_had_not(data: Prepared) -> None:
    whole = worker.train_candidate(task(), data)
    paused = worker.train_candidate(task(rungs=(Rung(2, 2.0),)), data)
    assert paused.checkpoint is not None
    assert Checkpoint.loads(paused.checkpoint).epochs == 2
    resumed = worker.train_candidate(task(checkpoint=paused.checkpoint), data)
    assert (resumed.tflite, resumed.record.history) == (whole.tflite, whole.record.history)


def test_soft_labels_are_those_of_the_row_whatever_its_version(data: Prepared, tmp_path: Path) -> None:
    recipe, labels = RECIPE.replace(label_smoothing=0.0), np.eye(2, dtype=np.float32)[data.train.y]
    plain = Retraining(architecture=ARCHITECTURE, recipe=recipe, epochs=2)
    taught = replace(plain, recipe=recipe.replace(distillation=1.0), soft_labels=labels)
    first, second = (train_architecture(plan, data, tmp_path / name) for name, plan in (("p", plain), ("t", taught)))
    assert first.weights == second.weights
