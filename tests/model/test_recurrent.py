"""LSTMs: the float layer is Keras's (`test_network.py`), the int8 file runs in TFLM, LiteRT and plain C alike."""

import dataclasses

import keras
import numpy as np
import pytest
from plain_c_batch import tflm_answers

from nas.graph.builder import GraphBuilder
from nas.graph.graph import Graph
from nas.model.deploy.convert import quantize
from nas.model.deploy.fake_quantized import FakeQuantizedNetwork, fake_quantize
from nas.model.deploy.recurrent import cell_scale
from nas.model.deploy.tflite_model import TfliteModel
from nas.model.host.tflm import RECORDING, Tflm
from nas.model.network.network import Network
from nas.model.network.recurrent import initial_lstm, lstm_states
from nas.target.plain_c.batch import batch_of
from nas.target.plain_c.model import read_network
from nas.target.profiler import estimate
from nas.target.target import find_target


def _graph(units: int = 12) -> Graph:
    g = GraphBuilder((1, 40, 3))
    g.lstm(units)
    g.last()
    g.flatten()
    g.fully_connected(4, activation="NONE")
    return g.graph()


def _network(graph: Graph) -> tuple[FakeQuantizedNetwork, np.ndarray]:
    """Return a network with random weights, and rows."""
    rng, network = np.random.default_rng(2), Network(graph, seed=2)
    network.set_weights([array + 0.2 * rng.normal(size=array.shape) for array in network.get_weights()])
    x = rng.normal(size=(64, *network.input_shape)).astype(np.float32)
    return fake_quantize(network, x), x


def test_the_cells_are_those_of_keras() -> None:
    rng = np.random.default_rng(0)
    kernel, bias = initial_lstm(5, 3, rng)
    x = rng.normal(size=(7, 11, 3)).astype(np.float32)
    layer = keras.layers.LSTM(5, return_sequences=True, return_state=True)
    layer.build(x.shape)
    layer.set_weights([kernel[:3], kernel[3:], bias])
    states, _, cells = layer(x)
    found, found_cells = lstm_states(x, kernel, bias)
    np.testing.assert_allclose(np.transpose(found, (1, 0, 2)), states, atol=1e-6)
    np.testing.assert_allclose(found_cells[-1], cells, atol=1e-6)


def test_initial_weights_are_distributed_as_in_keras() -> None:
    kernel, bias = initial_lstm(24, 9, np.random.default_rng(0))
    assert 0.9 * np.sqrt(6 / (9 + 96)) < np.abs(kernel[:9]).max() <= np.sqrt(6 / (9 + 96))
    np.testing.assert_allclose(kernel[9:] @ kernel[9:].T, np.eye(24), atol=1e-5)
    layer = keras.layers.LSTM(24)
    layer.build((None, 5, 9))
    np.testing.assert_array_equal(bias, layer.cell.bias)


def test_tflm_answers_as_plain_c_to_the_bit_and_as_the_network_nearly() -> None:
    pytest.importorskip("tflite_micro.python.tflite_micro.runtime")
    network, x = _network(_graph())
    tflite = quantize(network)
    model, batch = TfliteModel(tflite), batch_of(tflite)
    q = model.quantize(x).reshape(len(x), -1)
    assert batch is not None
    expected = tflm_answers(tflite, read_network(tflite, "model"), q)
    np.testing.assert_array_equal(batch.run(q), expected)
    # LiteRT computes the curves of gates in another way, so that some outputs are a few steps off.
    other = TfliteModel(tflite, in_litert=True).run(q).astype(int)
    assert np.abs(other - expected).max() <= 4
    assert np.abs(other - expected).mean() < 0.5
    outputs = np.asarray(network(x))
    assert np.abs(model.predict(x) - outputs).mean() < 0.03 * np.ptp(outputs)


def test_rows_do_not_depend_on_those_before_them() -> None:
    network, x = _network(_graph())
    model = TfliteModel(quantize(network), in_litert=True)
    np.testing.assert_array_equal(model.predict(x[:8]), model.predict(x[7::-1])[::-1])


def test_the_arena_with_lstms_is_that_of_tflm() -> None:
    pytest.importorskip("tflite_micro.python.tflite_micro.runtime")
    target = dataclasses.replace(find_target("host"), tflm=RECORDING)
    for units in (1, 7, 24):
        graph = _graph(units)
        assert Tflm(quantize(_network(graph)[0])).arena_bytes == estimate(graph, target).detail.used


@pytest.mark.parametrize(("most", "scale"), [(0.0, 2**-12), (8.0, 2**-12), (8.1, 2**-11), (40, 2**-9), (1e4, 2**-9)])
def test_the_scale_of_cells_is_a_power_of_two_that_tflm_and_litert_accept(most: float, scale: float) -> None:
    assert cell_scale(most) == scale
