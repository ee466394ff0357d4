import dataclasses

import numpy as np
import pytest

from nas.model.deploy.convert import quantize
from nas.model.deploy.fake_quantized import fake_quantize
from nas.model.deploy.tflite_model import TfliteModel, float_outputs
from nas.model.network.network import Network
from nas.model.runtime import tf


def _run_micro(tflite, q):
    micro = pytest.importorskip("tflite_micro", reason="tflite-micro has wheels for x86-64 Linux only")
    interpreter = micro.runtime.Interpreter.from_bytes(tflite)
    outputs = []
    for row in q:
        interpreter.set_input(row[None], 0)
        interpreter.reset()
        interpreter.invoke()
        outputs.append(interpreter.get_output(0)[0].copy())
    return np.array(outputs)


def _random_inputs(network, rows):
    return np.random.default_rng(1).integers(-128, 128, size=(rows, *network.x.shape[1:]), dtype=np.int8)


def test_outputs_equal_those_of_tflm(network):
    q = _random_inputs(network, 200)
    np.testing.assert_array_equal(TfliteModel(network.tflite).run(q), _run_micro(network.tflite, q))


def test_litert_s_own_outputs_are_near_on_request(network):
    q = _random_inputs(network, 200)
    outputs, expected = TfliteModel(network.tflite, in_litert=True).run(q), TfliteModel(network.tflite).run(q)
    # Of a chain, a few in a thousand differ by one step; a sum behind branches has the differences of both.
    most, share = (2, 0.03) if network.mixes else (1, 0.01)
    assert np.abs(outputs.astype(int) - expected).max() <= most
    assert np.mean(outputs != expected) < share


def test_the_outputs_for_a_row_do_not_depend_on_the_other_rows(network):
    model = TfliteModel(network.tflite)
    q = _random_inputs(network, 300)
    together = model.run(q)
    np.testing.assert_array_equal(together[::60], np.concatenate([model.run(q[i : i + 1]) for i in range(0, 300, 60)]))


def test_probabilities_equal_those_of_the_float_network_up_to_quantization(network):
    expected = np.asarray(tf.nn.softmax(network.model(network.x)))
    np.testing.assert_allclose(TfliteModel(network.tflite).predict(network.x), expected, atol=0.06)


def test_without_the_softmax_the_answer_is_the_same(network):
    graph = dataclasses.replace(network.graph, ops=network.graph.ops[:-1], outputs=network.graph.ops[-1].inputs)
    bare = Network(dataclasses.replace(graph, tensors=graph.tensors[:-1]))
    bare.set_weights(network.model.get_weights())
    q = _random_inputs(network, 300)
    logits, probabilities = (
        TfliteModel(quantize(fake_quantize(bare, network.x))).run(q),
        TfliteModel(network.tflite).run(q),
    )
    # A probability is rounded to 1/256, so that several may share the first place; the greatest logit is among them.
    greatest = np.take_along_axis(probabilities, logits.argmax(axis=1)[:, None], axis=1)[:, 0]
    np.testing.assert_array_equal(greatest, probabilities.max(axis=1))


def test_inputs_are_rounded_to_the_nearest_step_and_clipped(network):
    model = TfliteModel(network.tflite)
    interpreter_input = model._interpreter.get_input_details()[0]
    scale, zero = interpreter_input["quantization"]
    back = (model.quantize(network.x).astype(np.float64) - zero) * scale
    lowest, highest = ((end - zero) * scale for end in (-128, 127))
    assert np.abs(back - np.clip(network.x, lowest, highest)).max() <= scale / 2 + 1e-6
    assert model.quantize(np.float32([1e9, -1e9])).tolist() == [127, -128]


def test_rows_may_come_in_the_shape_of_the_data(network):
    x = network.x.reshape(len(network.x), -1)
    model = TfliteModel(network.tflite)
    np.testing.assert_array_equal(model.predict(x), model.predict(network.x))
    np.testing.assert_array_equal(float_outputs(network.model, x), network.model(network.x))
