"""The networks of the spaces as ONNX, against Keras and LiteRT."""

import numpy as np
import pytest

from nas.errors import InputError
from nas.exporters.onnx.check import check_onnx
from nas.exporters.onnx.qdq import tflite_to_onnx
from nas.model.deploy.tflite_model import TfliteModel
from nas.model.host.onnx_runtime import run_onnx
from nas.model.keras_file import dump_keras, load_keras
from nas.model.keras_model import to_keras
from nas.model.keras_onnx import keras_to_onnx
from nas.model.keras_runtime import keras, keras_outputs


def test_int8_onnx_answers_as_litert_within_a_step(network):
    model = TfliteModel(network.tflite, in_litert=True)
    answers = run_onnx(tflite_to_onnx(network.tflite, "model.tflite"), network.x, "model.onnx")
    steps = np.abs(answers - model.predict(network.x)) / model.output_quantization[0]
    kinds = {op.kind for op in network.graph.ops}
    # In ONNX, the state of an LSTM is no int8 number.
    has_lstm = "UNIDIRECTIONAL_SEQUENCE_LSTM" in kinds
    assert steps.max() < (2.5 if has_lstm else 1.5)
    # TFLite computes a hard swish in 16 bits, so that more values behind it differ from those by floats by a step.
    assert (steps < 0.5).mean() > (0.9 if has_lstm or "HARD_SWISH" in kinds else 0.98 if network.mixes else 0.99)


def test_float_onnx_answers_as_keras(network):
    content = dump_keras(to_keras(network.model))
    onnx = keras_to_onnx(load_keras(content, "model.keras"), "model.keras")
    check_onnx(onnx, "model.keras")
    answers, wanted = run_onnx(onnx, network.x, "model.onnx"), keras_outputs(load_keras(content, "m"), network.x)
    np.testing.assert_allclose(answers, wanted, atol=1e-5)
    np.testing.assert_array_equal(answers.argmax(axis=1), wanted.argmax(axis=1))


def test_keras_models_that_onnx_cannot_express_are_refused_in_one_line(capfd):
    inputs = keras.Input((8,))
    model = keras.Model(inputs, keras.ops.erfinv(inputs))
    with pytest.raises(InputError) as refusal:
        check_onnx(keras_to_onnx(model, "model.keras"), "model.keras")
    assert "\n" not in str(refusal.value)
    assert capfd.readouterr() == ("", "")
