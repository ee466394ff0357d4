"""A small network in every form in which a model file can come, and searches that start no worker processes."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from in_this_process import InThisProcess

from nas.optimizer.run import run

WINDOW, CHANNELS, CLASSES = 16, 2, 3


@pytest.fixture
def searches_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets searches train in this process."""
    monkeypatch.setattr("nas.api.search.run", partial(run, make_executor=InThisProcess))


@pytest.fixture(scope="session")
def model_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Paths of the network as `keras`, and as `.tflite` with inputs and outputs of each type."""
    from nas.model.keras_file import dump_keras
    from nas.model.runtime import quiet, tf

    tf.keras.utils.set_random_seed(1)
    network = tf.keras.Sequential(
        [
            tf.keras.Input((WINDOW, CHANNELS)),
            tf.keras.layers.Flatten(),
            tf.keras.layers.Dense(CLASSES, activation="softmax"),
        ]
    )
    rows = np.random.default_rng(0).normal(size=(50, 1, WINDOW, CHANNELS)).astype(np.float32)

    def convert(kind: str) -> bytes:
        converter = tf.lite.TFLiteConverter.from_keras_model(network)
        if kind != "float":
            ops = tf.lite.OpsSet
            int16 = ops.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
            converter.representative_dataset = lambda: ([row] for row in rows)
            converter.target_spec.supported_ops = [int16 if kind == "int16" else ops.TFLITE_BUILTINS_INT8]
            converter.inference_input_type = converter.inference_output_type = tf.dtypes.as_dtype(kind)
        with quiet():
            content: bytes = converter.convert()
        return content

    makers: dict[str, Callable[[], bytes]] = {
        "model.keras": lambda: dump_keras(network),
        **{f"{kind}.tflite": lambda kind=kind: convert(kind) for kind in ("float", "int8", "uint8", "int16")},
    }
    folder = tmp_path_factory.mktemp("models")
    for name, make in makers.items():
        (folder / name).write_bytes(make())
    return {path.stem: path for path in folder.iterdir()}
