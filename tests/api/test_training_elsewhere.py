"""A training on a worker of a cluster: it ends in the model of one here, and what is done is not lost with a worker."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nas
from nas.api import training_elsewhere
from nas.errors import InputError
from nas.model import runtime
from nas.model.training_leg import initialize, perform
from nas.optimizer.executor.executor import Failed
from nas.space.architecture import Architecture
from nas.space.blocks.dense import Dense
from nas.study.training_leg import Leg, LongTraining
from nas.study.training_result import TrainingResult

runtime.use_one_thread()

ADDRESS = "tcp://127.0.0.1:1"
NET = """
import keras

def build(spec):
    return keras.Sequential([
        keras.Input(spec.input_shape),
        keras.layers.Flatten(),
        keras.layers.Dropout(0.2),
        keras.layers.Dense(spec.classes, activation="softmax"),
    ])

class Breaks(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        if epoch == 2:
            raise ValueError("no more")
"""
SPEC = """
name = "net"
[model]
builder = "net.py:build"
[training]
epochs = 5
batch_size = 16
keep = "last"
[[training.callbacks]]
name = "EarlyStopping"
patience = 3
min_delta = 10.0
[[training.callbacks]]
name = "CSVLogger"
"""


class Here:
    """A worker in this process; `losses` says which legs are lost, counted from 0, and `legs` how many there were."""

    size = idle = 1
    notice = None

    def __init__(self, training: LongTraining, losses: tuple[int, ...]) -> None:
        initialize(training)
        self.losses, self.legs, self.closed = losses, 0, False
        self._leg: Leg | None = None

    def submit(self, leg: Leg) -> None:
        self._leg = leg

    def collect(self, timeout: float) -> Iterator[tuple[Leg, Any]]:
        assert self._leg is not None
        self.legs += 1
        if self.legs - 1 in self.losses:
            yield self._leg, Failed("its worker was lost 2 times")
        else:
            yield self._leg, perform(self._leg)

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Here]]:
    """Lets trainings on a cluster be performed here, in legs of an epoch; returns the workers that are made."""

    def use(*losses: int) -> list[Here]:
        made: list[Here] = []

        def make(training: LongTraining, jobs: int, work: Any) -> Here:
            made.append(Here(training, losses))
            return made[-1]

        monkeypatch.setattr(training_elsewhere, "workers_of", lambda cluster: make)
        monkeypatch.setattr(training_elsewhere, "FIRST_LEG_SECONDS", 0.0)
        return made

    return use


def rows() -> nas.Data:
    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, 120)
    return nas.Data.from_arrays((rng.standard_normal((120, 6)) + y[:, None]).astype(np.float32), y)


def train(folder: Path, spec: str | Path, **more: Any) -> TrainingResult:
    return nas.train(spec, folder=folder, tracking_uri="none", progress=False, **more)


def written(folder: Path, spec: str = SPEC) -> Path:
    (folder / "net.py").write_text(NET)
    (folder / "net.toml").write_text(spec)
    return folder / "net.toml"


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> TrainingResult:
    """The training without a cluster."""
    folder = tmp_path_factory.mktemp("here")
    return train(folder / "here", written(folder), data=rows())


def test_a_model_of_a_builder_is_the_same_as_one_that_was_trained_here(
    workers: Callable[..., list[Here]], here: TrainingResult, tmp_path: Path
) -> None:
    made = workers()
    there = train(tmp_path / "there", written(tmp_path), data=rows(), cluster=ADDRESS)
    # EarlyStopping has counted over the legs, and the file of the epochs has each once.
    assert (there.epochs, there.stopped_by) == (here.epochs, here.stopped_by) == (4, "EarlyStopping")
    assert there.weights_sha256 == here.weights_sha256
    for name in ("model.tflite", "epochs.csv", "history.json"):
        assert (tmp_path / "there" / name).read_bytes() == (Path(here.folder) / name).read_bytes()
    assert (made[0].legs, made[0].closed) == (5, True)
    assert there.resumed_at == 0
    assert there.notes[0].startswith("trained on ")


def test_an_architecture_is_the_same_as_one_that_was_trained_here(
    workers: Callable[..., list[Here]], tmp_path: Path
) -> None:
    made = workers()
    (tmp_path / "net.json").write_text(json.dumps(Architecture("mlp_tabular", (13,), 3, (Dense(units=8),)).to_json()))
    spec = tmp_path / "wine.toml"
    spec.write_text(
        '[data]\nsource = "wine"\n[model]\narchitecture = "net.json"\n'
        "[training]\nepochs = 3\nmin_steps = 0\n[finals]\nfinal_epochs = 3\nqat_epochs = 2\n"
    )
    here = train(tmp_path / "here", spec)
    there = train(tmp_path / "there", spec, cluster=ADDRESS)
    assert (tmp_path / "there" / "model.tflite").read_bytes() == (tmp_path / "here" / "model.tflite").read_bytes()
    assert there.history == here.history
    assert len(there.history["qat_loss"]) == 2
    assert made[0].legs > 3


def test_after_a_lost_worker_the_training_goes_on_from_its_last_checkpoint_here_or_there(
    workers: Callable[..., list[Here]], here: TrainingResult, tmp_path: Path
) -> None:
    spec = written(tmp_path)
    for more in ({}, {"cluster": ADDRESS}):
        folder = tmp_path / f"lost-{len(more)}"
        workers(2)
        with pytest.raises(InputError, match=r"lost 2 times.*the checkpoints are kept; go on with resume=True"):
            train(folder, spec, data=rows(), cluster=ADDRESS)
        workers()
        again = train(folder, spec, data=rows(), resume=True, **more)
        assert (again.resumed_at, again.weights_sha256) == (2, here.weights_sha256)


def test_code_that_raises_on_a_worker_is_told_with_its_file_and_its_line_and_loses_no_epoch(
    workers: Callable[..., list[Here]], tmp_path: Path
) -> None:
    spec = written(tmp_path, SPEC[: SPEC.index("[[")] + '[[training.callbacks]]\nname = "net.py:Breaks"\n')
    workers()
    with pytest.raises(InputError) as told:
        train(tmp_path / "broken", spec, data=rows(), cluster=ADDRESS)
    assert str(told.value).endswith(": net.py:15: raised ValueError: no more")
    assert [path.name for path in sorted((tmp_path / "broken" / "checkpoints").iterdir())][-1] == "epoch-00002.npz"


def test_a_machine_with_other_versions_is_refused(
    workers: Callable[..., list[Here]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workers()
    here = runtime.versions()
    found = iter([{**here, "tensorflow": "1.0.0"}, here])
    monkeypatch.setattr(runtime, "versions", lambda: next(found))
    with pytest.raises(InputError, match=r"must have the versions of this machine, got tensorflow 1\.0\.0, here "):
        train(tmp_path / "other", written(tmp_path), data=rows(), cluster=ADDRESS)


def test_a_cluster_is_asked_for_by_an_address_that_can_be_one(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="must be tcp://HOST:PORT"):
        train(tmp_path / "none", written(tmp_path), data=rows(), cluster="bench1")
    with pytest.raises(InputError, match="jobs: must be 0 or more"):
        train(tmp_path / "none", written(tmp_path), data=rows(), cluster={"address": "ssh://a@b", "jobs": -1})
