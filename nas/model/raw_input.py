"""A network that takes raw rows: its scaling as a first layer, as a Keras model and as `.tflite` files."""

import io
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from nas.arrays import Floats
from nas.data.prepared import Scaling
from nas.model.deploy.schemes import KerasSource, finish
from nas.model.keras_file import load_keras
from nas.model.keras_runtime import keras
from nas.model.runtime import quiet
from nas.study.quantization import Quantization, Scheme

_EPOCH = (2026, 1, 1, 0, 0, 0)
"""The date of each file in an archive, so that equal models give equal archives."""


class RawModels:
    """A trained network behind its scaling.

    Args:
        content: of the `.keras` file, which takes scaled rows.
        scaling: of the rows.
        given_shape: shape of a raw row, as it will be given.
        row_shape: the same values as the scaling has them: its last axis is that of channels.
    """

    def __init__(
        self, content: bytes, scaling: Scaling, given_shape: tuple[int, ...], row_shape: tuple[int, ...]
    ) -> None:
        network = load_keras(content, "winner")
        x = inputs = keras.Input(given_shape, name="input", dtype="float32")
        if given_shape != row_shape:
            x = keras.layers.Reshape(row_shape, name="rows")(x)
        variance = tuple(float(std) ** 2 for std in scaling.std)
        x = keras.layers.Normalization(mean=scaling.mean, variance=variance, name="scaling", dtype="float32")(x)
        if tuple(network.inputs[0].shape[1:]) != row_shape:
            x = keras.layers.Reshape(tuple(network.inputs[0].shape[1:]), name="map")(x)
        x = network(x)
        if not _ends_in_softmax(network):
            x = keras.layers.Softmax(name="probabilities", dtype="float32")(x)
        self.model: Any = keras.Model(inputs, x, name="learning_block")

    def files(self, calibration: Floats) -> dict[str, bytes]:
        """Return the contents that Edge Impulse takes, by name; `calibration` are raw rows [n, *given_shape]."""
        source, settings = KerasSource(self.model), Quantization()
        return {
            "model.tflite": source.convert(Scheme.FLOAT32, settings),
            "model_quantized_int8_io.tflite": finish(source.convert(Scheme.INT8, settings, calibration), settings),
            "saved_model.zip": self._saved(),
        }

    def _saved(self) -> bytes:
        """Return a SavedModel, in a folder of this name, as a zip."""
        with tempfile.TemporaryDirectory() as folder, quiet():
            self.model.export(Path(folder) / "saved_model", format="tf_saved_model", verbose=False)
            buffer = io.BytesIO()
            with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
                for path in sorted(Path(folder).rglob("*")):
                    if path.is_file():
                        info = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _EPOCH)
                        archive.writestr(info, path.read_bytes(), zipfile.ZIP_DEFLATED)
        return buffer.getvalue()


def _ends_in_softmax(network: Any) -> bool:
    last = network.layers[-1]
    return isinstance(last, keras.layers.Softmax) or getattr(last, "activation", None) is keras.activations.softmax
