"""Trainings of an architecture outside a search: held against the search's own, and against themselves when killed."""

import dataclasses
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nas.data.prepared import Prepared, prepare
from nas.data.source import load
from nas.data.splits import split
from nas.errors import InputError
from nas.model import runtime, worker
from nas.model.architecture_training import Epoch, TrainedArchitecture, train_architecture
from nas.space.architecture import Architecture
from nas.space.blocks.dense import Dense
from nas.study.recipe import Recipe
from nas.study.result import Trained
from nas.study.retraining import Retraining, repeated
from nas.study.tasks import AllButTest, Fold, HoldOut, TrainingTask
from nas.target.budget import Budget
from nas.target.target import find_target

runtime.use_one_thread()

ARCHITECTURE = Architecture("mlp_tabular", (13,), 3, (Dense(units=8, batch_norm=True, regularizer="dropout"),))
RECIPE = Recipe.of(epochs=6, batch_size=16, min_steps=0, first_rung=2, rung_factor=2, final_epochs=4, qat_epochs=3)
LAST = Retraining(architecture=ARCHITECTURE, recipe=RECIPE, epochs=4, qat_epochs=3, seed=5, rows=AllButTest())


@pytest.fixture(scope="module")
def data() -> Prepared:
    return prepare(split(load("wine"), 0))


@pytest.fixture(scope="module")
def whole(data: Prepared, tmp_path_factory: pytest.TempPathFactory) -> TrainedArchitecture:
    """A training without interruption."""
    return train_architecture(LAST, data, tmp_path_factory.mktemp("whole"))


def task(**changes: Any) -> TrainingTask:
    settings: dict[str, Any] = {"trial": 7, "params": {}, "recipe": RECIPE, "epochs": 6, "seed": 5, **changes}
    return TrainingTask(architecture=ARCHITECTURE, target=find_target("cortex-m4"), budget=Budget(), **settings)


@pytest.mark.parametrize("taught", [False, True], ids=["labels alone", "soft labels"])
def test_a_winner_s_last_training_gives_the_same_model_again(data: Prepared, tmp_path: Path, taught: bool) -> None:
    recipe, labels = RECIPE.replace(distillation=0.5), None
    if taught:
        labels = np.random.default_rng(1).dirichlet(np.ones(3), len(data.train) + len(data.val)).astype(np.float32)
    outcome = worker.train_candidate(task(recipe=recipe, rows=AllButTest(), epochs=4, soft_labels=labels), data)
    winner = Trained(outcome.record, epochs=4)
    again = train_architecture(repeated(winner, recipe, len(data.train), labels), data, tmp_path)
    assert (again.tflite, again.weights) == (outcome.tflite, outcome.weights)
    assert again.history == outcome.record.history
    assert {len(curve) for curve in again.qat_history.values()} == {3}


def test_a_trial_s_training_gives_the_same_model_again(data: Prepared, tmp_path: Path) -> None:
    outcome = worker.train_candidate(task(restart_epochs=(2, 4)), data)
    plan = repeated(Trained(outcome.record), RECIPE, len(data.train))
    again = train_architecture(plan, data, tmp_path)
    assert (again.tflite, again.weights) == (outcome.tflite, outcome.weights)
    assert (again.val_metrics, again.float_val_accuracy) == (
        outcome.record.val_metrics,
        outcome.record.float_val_accuracy,
    )
    assert again.qat_history == {}


def test_progress_tells_every_epoch_of_both_stages(data: Prepared, tmp_path: Path) -> None:
    epochs: list[Epoch] = []
    trained = train_architecture(LAST, data, tmp_path, progress=epochs.append)
    places = [(epoch.stage, epoch.number, epoch.epochs) for epoch in epochs]
    assert places == [
        *(("float", number, 4) for number in range(1, 5)),
        *(("quantization-aware", number, 3) for number in range(1, 4)),
    ]
    assert tuple(epoch.numbers["loss"] for epoch in epochs[:4]) == trained.history["loss"]


KILLED = """
import os, pathlib, signal, sys
import test_architecture_training as test
from nas.data.prepared import prepare
from nas.data.source import load
from nas.data.splits import split

def kill(epoch):
    if (epoch.stage, epoch.number) == ("quantization-aware", 2):
        os.kill(os.getpid(), signal.SIGKILL)

data = prepare(split(load("wine"), 0))
test.train_architecture(test.LAST, data, pathlib.Path(sys.argv[1]), progress=kill)
"""


def interrupted(folder: Path, data: Prepared) -> None:
    """Begin the training, and end it in its first stage, as Ctrl-C does."""

    def stop(epoch: Epoch) -> None:
        if (epoch.stage, epoch.number) == ("float", 2):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_architecture(LAST, data, folder, progress=stop)


def killed(folder: Path, data: Prepared) -> None:
    """Let the training begin in a process of its own, which is killed in the second stage."""
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])}
    run = subprocess.run([sys.executable, "-c", KILLED, str(folder)], env=env, check=False)
    assert run.returncode == -signal.SIGKILL


@pytest.mark.parametrize(("cut", "had"), [(interrupted, 2), (killed, 6)])
def test_a_training_that_was_cut_short_goes_on_to_exactly_the_bytes_of_one_without_interruption(
    data: Prepared, whole: TrainedArchitecture, tmp_path: Path, cut: Callable[[Path, Prepared], None], had: int
) -> None:
    cut(tmp_path, data)
    resumed = train_architecture(LAST, data, tmp_path, resume=True)
    assert resumed.resumed_at == had
    assert (resumed.tflite, resumed.weights) == (whole.tflite, whole.weights)
    assert (resumed.history, resumed.qat_history) == (whole.history, whole.qat_history)


def test_a_finished_training_that_is_resumed_gives_its_result_again(
    data: Prepared, whole: TrainedArchitecture, tmp_path: Path
) -> None:
    train_architecture(LAST, data, tmp_path)
    epochs: list[Epoch] = []
    again = train_architecture(LAST, data, tmp_path, resume=True, progress=epochs.append)
    assert (again.tflite, epochs, again.resumed_at) == (whole.tflite, [], 7)


def test_without_resume_a_training_begins_anew(data: Prepared, whole: TrainedArchitecture, tmp_path: Path) -> None:
    train_architecture(dataclasses.replace(LAST, seed=6), data, tmp_path)
    anew = train_architecture(LAST, data, tmp_path)
    assert (anew.tflite, anew.resumed_at) == (whole.tflite, 0)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"seed": 6}, "seed"),
        ({"epochs": 9}, "epochs"),
        ({"recipe": RECIPE.replace(learning_rate=0.1)}, "recipe"),
        ({"rows": HoldOut()}, "data"),
        ({"rows": Fold(0, 2, 0)}, "data"),
    ],
)
def test_the_checkpoints_of_another_training_are_refused(
    data: Prepared, tmp_path: Path, changes: dict[str, Any], named: str
) -> None:
    train_architecture(dataclasses.replace(LAST, epochs=1, qat_epochs=0), data, tmp_path)
    with pytest.raises(InputError, match=f"are of a training with other settings: .*{named}.*resume=True"):
        train_architecture(
            dataclasses.replace(LAST, **{"epochs": 1, "qat_epochs": 0, **changes}), data, tmp_path, resume=True
        )


def test_a_damaged_checkpoint_is_refused_in_one_line(data: Prepared, tmp_path: Path) -> None:
    plan = dataclasses.replace(LAST, epochs=1, qat_epochs=0)
    train_architecture(plan, data, tmp_path)
    file = tmp_path / "float.npz"
    file.write_bytes(file.read_bytes()[:200])
    with pytest.raises(InputError, match=r"float\.npz: must be a checkpoint, got .*without resume=True"):
        train_architecture(plan, data, tmp_path, resume=True)


def test_a_training_that_diverges_says_so_in_one_line(data: Prepared, tmp_path: Path) -> None:
    plan = dataclasses.replace(LAST, recipe=RECIPE.replace(learning_rate=1e30))
    with pytest.raises(InputError, match=r"training: diverged .*a lower learning rate may help"):
        train_architecture(plan, data, tmp_path)


def test_soft_labels_of_other_rows_are_refused(data: Prepared, tmp_path: Path) -> None:
    plan = dataclasses.replace(LAST, soft_labels=np.ones((5, 3), np.float32))
    with pytest.raises(InputError, match=r"soft labels: must have the shape \[142, 3\], got \[5, 3\]"):
        train_architecture(plan, data, tmp_path)
