"""A Keras model of the user's is trained as Keras trains it, and a training that goes on loses nothing."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

import nas
from nas.errors import InputError
from nas.model.keras_training import checkpoint
from nas.model.keras_training.feeding import order
from nas.study.training_result import TrainingResult

CLASSES = ("still", "walk", "run")

NET = '''
import os, signal
import keras

class Killer(keras.callbacks.Callback):
    """Ends the process in the middle of the fourth epoch, as a power cut would."""
    def on_train_batch_begin(self, batch, logs=None):
        if os.environ.get("KILL_IN_EPOCH") and self.epoch == 3 and batch == 2:
            os.kill(os.getpid(), signal.SIGKILL)
    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

def build(spec):
    return keras.Sequential([
        keras.Input(spec.input_shape),
        keras.layers.Reshape((1, *spec.input_shape)),
        keras.layers.Conv2D(spec.options.get("filters", 4), (1, 5), use_bias=False),
        keras.layers.BatchNormalization(),
        keras.layers.ReLU(),
        keras.layers.GlobalAveragePooling2D(),
        keras.layers.Dropout(0.3),
        keras.layers.Dense(spec.classes, activation="softmax"),
    ])
'''
SPEC = """
name = "net"
[model]
builder = "net.py:build"
[training]
epochs = 8
batch_size = 16
keep = "last"
"""
# Killed in the fourth of eight epochs, both are waiting: the learning rate falls after it, and the sixth is the last.
CALLBACKS = """
[[training.callbacks]]
name = "net.py:Killer"
[[training.callbacks]]
name = "ReduceLROnPlateau"
patience = 3
min_delta = 10.0
[[training.callbacks]]
name = "EarlyStopping"
patience = 5
min_delta = 10.0
restore_best_weights = true
[[training.callbacks]]
name = "CSVLogger"
"""


def rows(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    y = rng.integers(0, len(CLASSES), count)
    return (rng.standard_normal((count, 20, 3)) + 1.2 * y[:, None, None]).astype(np.float32), y


def data() -> nas.Data:
    (x, y), (x_val, y_val), (x_test, y_test) = rows(90, 1), rows(30, 2), rows(30, 3)
    names = {"class_names": np.array(CLASSES), "kind": "window"}
    return nas.Data.from_arrays(x, y, x_val=x_val, y_val=y_val, x_test=x_test, y_test=y_test, **names)


def written(folder: Path, spec: str = SPEC, net: str = NET) -> Path:
    (folder / "net.py").write_text(net)
    (folder / "net.toml").write_text(spec)
    return folder / "net.toml"


def train(spec: Path, folder: Path, **more: object) -> TrainingResult:
    return nas.train(spec, data=data(), folder=folder, tracking_uri="none", progress=False, **more)  # type: ignore[arg-type]


def last_weights(folder: Path) -> list[np.ndarray]:
    epochs = checkpoint.known_epochs(folder / "checkpoints")
    return checkpoint.load(checkpoint.path_of(folder / "checkpoints", epochs[-1])).variables


def same(one: list[np.ndarray], other: list[np.ndarray]) -> bool:
    return len(one) == len(other) and all(a.tobytes() == b.tobytes() for a, b in zip(one, other, strict=True))


def fitted_by_keras(epochs: int, class_weight: dict[int, float]) -> keras.Model:
    """Train the same network by `Model.fit` alone, epoch by epoch, on the rows in the order that nas gives them."""
    keras.utils.set_random_seed(5)
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((20, 3)),
            layers.Reshape((1, 20, 3)),
            layers.Conv2D(4, (1, 5), use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.GlobalAveragePooling2D(),
            layers.Dropout(0.3),
            layers.Dense(3, activation="softmax"),
        ]
    )
    loss = keras.losses.CategoricalCrossentropy(label_smoothing=0.05)
    model.compile(keras.optimizers.SGD(0.01, momentum=0.9), loss, jit_compile=False)
    x, y = rows(90, 1)
    x = (x - x.mean((0, 1), dtype=np.float64).astype(np.float32)) / x.std((0, 1), dtype=np.float64).astype(np.float32)
    for epoch in range(epochs):
        turn = order(90, 5, epoch)
        targets = keras.utils.to_categorical(y[turn], 3)
        model.fit(x[turn], targets, 16, 1, verbose=0, shuffle=False, class_weight=class_weight)
    return model


def test_the_weights_are_those_of_keras_s_own_fit(tmp_path: Path) -> None:
    settings = 'seed = 5\nschedule = "constant"\nlearning_rate = 0.01\noptimizer = "sgd"\n'
    weights = "class_weights = {still = 2.0, run = 0.5}\n"
    spec = written(tmp_path, f"{SPEC}{settings}optimizer_options = {{momentum = 0.9}}\n{weights}")
    train(spec, tmp_path / "m", epochs=3)
    theirs = fitted_by_keras(3, {0: 2.0, 1: 1.0, 2: 0.5})
    ours = last_weights(tmp_path / "m")
    for mine, one in zip(ours, theirs.variables, strict=True):
        np.testing.assert_allclose(mine, one.numpy(), rtol=2e-4, atol=2e-6)


def test_a_killed_training_ends_in_the_same_bytes_when_it_goes_on(tmp_path: Path) -> None:
    spec = written(tmp_path, SPEC.replace('keep = "last"\n', "") + CALLBACKS)
    data().save(tmp_path / "d.npz")
    whole = train(spec, tmp_path / "whole")
    code = f"import nas; nas.train({str(spec)!r}, data={str(tmp_path / 'd.npz')!r}, folder={str(tmp_path / 'cut')!r})"
    run = subprocess.run([sys.executable, "-c", code], env={**os.environ, "KILL_IN_EPOCH": "1"}, capture_output=True)
    assert run.returncode == -signal.SIGKILL
    assert checkpoint.known_epochs(tmp_path / "cut" / "checkpoints") == [1, 2, 3]
    with pytest.raises(
        InputError, match="holds a training that has not ended; go on with resume=True, begin anew with"
    ):
        train(spec, tmp_path / "cut")
    resumed = train(spec, tmp_path / "cut", resume=True)
    assert resumed.resumed_at == 3
    assert same(last_weights(tmp_path / "whole"), last_weights(tmp_path / "cut"))
    assert resumed.weights_sha256 == whole.weights_sha256
    assert resumed.history == whole.history
    assert whole.stopped_by == resumed.stopped_by == "EarlyStopping"
    assert len(set(whole.history["learning_rate"])) > 1
    for name in ("model.tflite", "epochs.csv"):
        assert (tmp_path / "cut" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> TrainingResult:
    """A training of four epochs of which the best is kept."""
    folder = tmp_path_factory.mktemp("trained")
    return train(written(folder, SPEC.replace('keep = "last"\n', "")), folder / "m", epochs=4)


def test_any_checkpoint_leads_to_the_same_end_and_another_seed_to_another(
    tmp_path: Path, trained: TrainingResult
) -> None:
    shutil.copytree(trained.folder, tmp_path / "m")
    spec = Path(trained.folder).parent / "net.toml"
    assert train(spec, tmp_path / "m", epochs=4, resume=2).weights_sha256 == trained.weights_sha256
    with pytest.raises(InputError, match=r"resume_epoch: .*, got 9; there are those of 1 to 4 epochs"):
        train(spec, tmp_path / "m", resume=9)
    assert train(spec, tmp_path / "other", epochs=4, seed=9).weights_sha256 != trained.weights_sha256


def test_the_best_epoch_is_kept_unless_the_last_is_asked_for(trained: TrainingResult) -> None:
    curve = trained.history["val_accuracy"]
    assert curve[trained.best_epoch - 1] == max(curve)
    assert trained.float_val_accuracy == pytest.approx(max(curve), abs=1e-6)


def test_the_digest_of_the_weights_is_that_of_the_keras_file(trained: TrainingResult) -> None:
    sha = hashlib.sha256()
    for array in keras.models.load_model(trained.keras).get_weights():
        sha.update(array.astype("<f4").tobytes())
    assert trained.weights_sha256 == sha.hexdigest()


def test_the_folder_is_a_model_that_answers_as_the_training_says(trained: TrainingResult) -> None:
    model, (x, y) = nas.load(trained.folder), rows(30, 2)
    assert model.class_names == CLASSES
    assert float((model.predict(x).argmax(1) == y).mean()) == pytest.approx(trained.val_accuracy)
    assert float((model.predict_float(x).argmax(1) == y).mean()) == pytest.approx(trained.float_val_accuracy)


def test_the_document_has_the_keys_that_other_programs_read(trained: TrainingResult) -> None:
    facts = trained.to_json()
    promised = {"folder", "archive", "tflite", "epochs", "weights_sha256", "seconds"}
    promised |= {"val_accuracy", "float_val_accuracy"}
    assert promised <= facts.keys()
    assert all(Path(facts[key]).exists() for key in ("folder", "archive", "tflite"))


def test_a_dry_run_touches_no_real_result(trained: TrainingResult) -> None:
    folder = Path(trained.folder)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    result = train(folder.parent / "net.toml", folder, test=True)
    assert Path(result.folder) == folder.with_name("m-test")
    assert result.epochs <= 2
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_the_model_carries_the_parameters_of_its_specification_beside_class_names_and_scaling(tmp_path: Path) -> None:
    own = 'version = 7\n[parameters]\n"threshold:uint8" = 185\n[parameters.fe]\nwindow_ms = 25\n[model]'
    result = train(written(tmp_path, SPEC.replace("[model]", own)), tmp_path / "m", epochs=1)
    carried = nas.params(result.tflite)
    assert {key: carried[key] for key in ("version", "threshold", "fe.window_ms")} == {
        "version": "7",
        "threshold": 185,
        "fe.window_ms": 25,
    }
    assert carried["class_names"] == CLASSES
    alone = tmp_path / "alone.tflite"
    alone.write_bytes(Path(result.tflite).read_bytes())
    x = rows(5, 4)[0]
    np.testing.assert_array_equal(nas.load(alone).predict(x), nas.load(result.tflite).predict(x))
    assert result.footprint["file_bytes"] == alone.stat().st_size


def test_a_parameter_that_cannot_be_stored_is_refused_before_the_training(tmp_path: Path) -> None:
    spec = written(tmp_path, SPEC.replace("[model]", '[parameters]\n"threshold:uint8" = 300\n[model]'))
    with pytest.raises(InputError, match="threshold: must be from 0 to 255"):
        train(spec, tmp_path / "m")
    assert not (tmp_path / "m").exists()


def test_a_loss_that_is_no_number_ends_the_training_and_keeps_the_checkpoint(tmp_path: Path) -> None:
    loss = """
def rate(epoch, rate):
    return 1e-3 if epoch < 2 else float("nan")
"""
    spec = written(tmp_path, SPEC + 'schedule = "net.py:rate"\n', NET + loss)
    rule = (
        r"net: training diverged in epoch 3: loss must be a finite number, got nan; the checkpoint of epoch 2 is kept"
    )
    with pytest.raises(InputError, match=rule):
        train(spec, tmp_path / "m")
    assert checkpoint.known_epochs(tmp_path / "m" / "checkpoints") == [1, 2]


DATASETS = """
import numpy as np
import tensorflow as tf

def load():
    rng = np.random.default_rng(1)
    y = rng.integers(0, 3, 60)
    x = (rng.standard_normal((60, 20, 3)) + y[:, None, None]).astype(np.float32)
    all_rows = tf.data.Dataset.from_tensor_slices((x, y))
    return all_rows.take(40).shuffle(40, seed=2).batch(8), all_rows.skip(40).batch(8), ["still", "walk", "run"]
"""


def test_a_dataset_that_shuffles_itself_goes_on_where_it_was(tmp_path: Path) -> None:
    spec = written(tmp_path, SPEC + '[data]\nfunction = "rows.py:load"\n')
    (tmp_path / "rows.py").write_text(DATASETS)
    silent = {"tracking_uri": "none", "progress": False}
    whole = nas.train(spec, folder=tmp_path / "m", epochs=4, **silent)
    again = nas.train(spec, folder=tmp_path / "m", epochs=4, resume=2, **silent)
    assert again.weights_sha256 == whole.weights_sha256


@pytest.mark.parametrize(
    ("net", "line"),
    [
        ("def build(spec):\n    return 3", r"net.py:1: build: must return a Keras model, got int"),
        (
            "def build(spec):\n    x = 1\n    return x / 0",
            r"net.py:3: build raised ZeroDivisionError: division by zero",
        ),
        ("import nowhere\ndef build(spec): ...", r"net.py:1: running it raised ModuleNotFoundError: No module named"),
        (NET.replace("spec.classes", "7"), r"net.py:\d+: build: the model must have 3 outputs, one a class, got 7"),
        (NET.replace("*spec.input_shape)", "9, 9)"), r"net.py:\d+: build raised \w+"),
        ("def build(spec:\n", r"net.py:1: must be Python: "),
        ("def other(spec): ...", r"net.py: unknown function 'build'"),
    ],
)
def test_a_builder_that_gives_no_fitting_model_is_refused_with_file_and_line(
    tmp_path: Path, net: str, line: str
) -> None:
    with pytest.raises(InputError, match=line) as refused:
        train(written(tmp_path, net=net), tmp_path / "m")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ('optimizer = "adamm"', r"training.optimizer: unknown optimizer 'adamm'; did you mean Nadam"),
        (
            "optimizer_options = {beta1 = 0.9}",
            r"unknown argument of Adam 'beta1'; did you mean beta_1",
        ),
        ('loss = "crossentropi"', r"training.loss: unknown loss 'crossentropi'"),
        ('metrics = ["acuracy"]', r"training.metrics\[0\]: unknown metric .* did you mean accuracy\?"),
        ('schedule = "one_cicle"', r"training.schedule: unknown schedule .* did you mean one_cycle\?"),
        ("epochs = -1", r"training.epochs: needs a callback that ends the training, got -1"),
        (
            "class_weights = {sleep = 2.0}",
            r"training.class_weights: must name classes, got 'sleep'; known: still, walk",
        ),
        (
            '[[training.callbacks]]\nname = "EarlyStoping"',
            r"training.callbacks\[0\]: unknown callback 'EarlyStoping'; did you mean EarlyStopping\?",
        ),
        (
            '[[training.callbacks]]\nname = "EarlyStopping"\npatient = 3',
            r"unknown argument of EarlyStopping 'patient'; did you mean patience\?",
        ),
        (
            '[[training.callbacks]]\nname = "ReduceLROnPlateau"\nfactor = 2.0',
            r"ReduceLROnPlateau refuses its arguments: .* factor >= 1.0",
        ),
        ('[[training.callbacks]]\nname = "BackupAndRestore"', r"BackupAndRestore is not needed; nas train keeps"),
    ],
)
def test_a_setting_that_keras_does_not_have_is_refused_with_the_nearest(
    tmp_path: Path, settings: str, line: str
) -> None:
    base = SPEC.replace("epochs = 8\n", "") if settings.startswith("epochs") else SPEC
    with pytest.raises(InputError, match=line) as refused:
        train(written(tmp_path, f"{base}{settings}\n"), tmp_path / "m")
    assert "\n" not in str(refused.value)
