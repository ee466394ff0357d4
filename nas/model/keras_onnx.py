"""A Keras model as float ONNX, written by Keras itself, which needs the package tf2onnx."""

import importlib.util
import logging
import re
import tempfile
from pathlib import Path
from typing import Any

from nas.errors import InputError
from nas.model.host.printed import captured
from nas.model.keras_file import keras_shapes
from nas.model.keras_runtime import keras, require_tensorflow
from nas.model.runtime import quiet

_OPSET = 15
"""What Keras writes by default, and runtimes have read since 2021."""


def keras_to_onnx(model: Any, place: object) -> bytes:
    """Return a Keras model as ONNX, with an open batch; input and output are as in Keras.

    Raises:
        InputError: at `place`: tf2onnx is not installed, or an operator of the model has no counterpart in ONNX.
    """
    require_tensorflow()
    if importlib.util.find_spec("tf2onnx") is None:
        raise InputError(place, "needs the package tf2onnx to become ONNX", hint="pip install 'nas[onnx]'")
    row, _ = keras_shapes(model, place)
    signature = [keras.InputSpec(dtype="float32", shape=(None, *row), name="input")]
    with tempfile.TemporaryDirectory() as folder, quiet(), captured():
        path = Path(folder) / "model.onnx"
        logged = logging.root.manager.disable
        logging.disable(logging.ERROR)  # tf2onnx logs each step, and the operators that it lacks
        try:
            model.export(path, format="onnx", verbose=False, input_signature=signature, opset_version=_OPSET)
        except Exception as error:  # tf2onnx and TensorFlow raise errors of many types
            raise _refusal(place, error) from error
        finally:
            logging.disable(logged)
        return path.read_bytes()


def _refusal(place: object, error: Exception) -> InputError:
    """Return why a model cannot become ONNX, with the operator that ONNX lacks if the error names it."""
    text = str(error)
    hint = "replace the layer, or take the .tflite"
    if missing := re.search(r"(?:Unsupported|not supported|No conversion function).*?([A-Z]\w+)", text):
        return InputError(place, "must have only operators that ONNX has", got=missing.group(1), hint=hint)
    return InputError(place, "must be a model that ONNX can express", got=text.partition("\n")[0], hint=hint)
