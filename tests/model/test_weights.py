import numpy as np

from nas.model.network.network import Network
from nas.model.weights import dump_weights, load_weights


def test_weights_survive_a_round_trip_through_bytes(network):
    other = Network(network.graph, seed=9)
    load_weights(other, dump_weights(network.model))
    np.testing.assert_array_equal(other(network.x), network.model(network.x))
