"""Networks as Keras models, held against the networks themselves; Keras computes, TensorFlow's own operators check."""

import json
import zipfile
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from keras_twin import penalty
from space_walk import row_of

from nas.arrays import Floats
from nas.model.keras_file import dump_keras, load_keras
from nas.model.keras_model import architecture_to_keras, to_keras
from nas.model.keras_runtime import keras_outputs
from nas.model.network.network import Network
from nas.model.weights import dump_weights
from nas.space.dims import RandomChooser
from nas.space.file import load_space, space_names
from nas.task.classification import Classification

SHAPES = {"window": (40, 3), "image": (12, 12, 1), "table": (20,)}


def trained(network: Network) -> Network:
    """Give a network weights and statistics as after a training."""
    rng = np.random.default_rng(5)
    for variable in (*network.weights, *network.moving):
        value = variable.numpy()
        variable.assign(value + 0.2 * np.abs(rng.normal(size=value.shape)).astype(np.float32))
    return network


def rows(network: Network) -> Floats:
    return np.random.default_rng(0).normal(size=(30, *network.input_shape)).astype(np.float32)


def answers(network: Network, x: Floats) -> Any:
    return np.asarray(network(x, probabilities=True))


@pytest.mark.parametrize("softmax", [True, False], ids=["probabilities", "logits"])
@pytest.mark.parametrize("name", space_names())
def test_members_of_every_space_answer_in_keras_as_the_network_does(name: str, softmax: bool) -> None:
    space, chooser = load_space(name), RandomChooser(7)
    for _ in range(2 if softmax else 1):
        member = space.sample(chooser, row_of(space, SHAPES), 4)
        graph = (
            member.lower()
            if softmax
            else type(member)(member.space, member.input_shape, 4, member.blocks, Classification(softmax=False)).lower()
        )
        network = trained(Network(graph))
        x = rows(network)
        # Processors compute convolutions in different orders.
        np.testing.assert_allclose(to_keras(network)(x), answers(network, x), rtol=1e-3, atol=1e-4)


def test_every_operator_answers_in_a_keras_file_as_in_the_network(network: SimpleNamespace) -> None:
    again = load_keras(dump_keras(to_keras(network.model)), "model.keras")
    expected = np.asarray(network.model(network.x, probabilities=True))
    np.testing.assert_allclose(keras_outputs(again, network.x), expected, rtol=1e-4, atol=1e-5)


def test_what_exists_in_training_only_is_part_of_the_keras_model(network: SimpleNamespace) -> None:
    model = to_keras(network.model)
    assert float(sum(model.losses)) == pytest.approx(float(penalty(network.model)), rel=1e-5)
    wanted = [op.training["dropout"] for op in network.graph.ops if op.training.get("dropout")]
    assert [layer.rate for layer in model.layers if type(layer).__name__ == "Dropout"] == wanted


def test_layers_have_names_that_tell_what_they_are(network: SimpleNamespace) -> None:
    names = [layer.name for layer in to_keras(network.model).layers]
    assert names[0] == "input"
    assert names[-2:] == ["logits", "probabilities"]
    assert len(set(names)) == len(names)


def test_an_architecture_with_stored_weights_becomes_the_same_file_each_time() -> None:
    space = load_space("cnn_timeseries")
    member = space.sample(RandomChooser(3), (40, 3), 4)
    weights = dump_weights(trained(Network(member.lower())))
    one, other = (dump_keras(architecture_to_keras(member, weights, "mine")) for _ in range(2))
    assert one == other
    with zipfile.ZipFile(BytesIO(one)) as file:
        assert json.loads(file.read("config.json"))["config"]["name"] == "mine"
