"""The float weights of a network as bytes, for archives and other processes."""

import io

import numpy as np

from nas.model.network.network import Network


def dump_weights(network: Network) -> bytes:
    """Return the content of an `.npz` file with the variables in the network's order."""
    file = io.BytesIO()
    np.savez_compressed(file, *network.get_weights())
    return file.getvalue()


def load_weights(network: Network, data: bytes) -> None:
    """Set the variables of `network` to those of a network of the same graph, from `dump_weights`."""
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        network.set_weights([arrays[f"arr_{i}"] for i in range(len(arrays.files))])
