"""From a trained model to the int8 `.tflite` that runs on the device."""

import numpy as np

from nas.arrays import Floats
from nas.data.dataset import Part
from nas.model.deploy.fake_quantized import RoundedNetwork
from nas.model.deploy.slim import slim
from nas.model.runtime import quiet, tf

CALIBRATION_ROWS = 512
_NEXT_TO_NOTHING = 1e-30


def quantize(network: RoundedNetwork) -> bytes:
    """Return a trained network as a `.tflite`: int8 in and out, weights per channel, batch 1, slimmed.

    The file holds the network's graph, operator by operator; logits become probabilities by its SOFTMAX, if it has one.
    """
    return slim(convert(network))


def convert(network: RoundedNetwork) -> bytes:
    """Return what TensorFlow's converter makes of it, with all that it adds."""
    shape = (1, *network.input_shape)
    deployed = [(kernel.numpy(), _keep(bias.numpy(), i)) for i, (kernel, bias) in enumerate(network.fold(), start=1)]
    call = tf.function(lambda x: network(x, deployed, softmax=True), autograph=False)
    converter = tf.lite.TFLiteConverter.from_concrete_functions(
        [call.get_concrete_function(tf.TensorSpec(shape, tf.float32))]
    )
    # Freezing in memory saves the way over a SavedModel on disk.
    converter.experimental_lower_to_saved_model = False
    converter.exclude_conversion_metadata = True
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.inference_input_type = converter.inference_output_type = tf.int8
    with quiet():
        return bytes(converter.convert())


def calibration_rows(train: Part, *, count: int = CALIBRATION_ROWS, seed: int = 0) -> Floats:
    """Pick about `count` rows [n, ...] of `train`, at random, as many of each class as of any other."""
    rng = np.random.default_rng(seed)
    classes = np.unique(train.y)
    share = -(-count // len(classes))
    picked = [rng.permutation(np.flatnonzero(train.y == label))[:share] for label in classes]
    rows: Floats = train.x[np.sort(np.concatenate(picked))]
    return rows


def _keep(bias: Floats, layer: int) -> Floats:
    """Keep the converter from dropping a bias of zeros, and from sharing one between layers.

    The graph says that each layer has its own; numbers as small as these are quantized to 0.
    """
    return bias if np.any(bias) else np.full_like(bias, layer * _NEXT_TO_NOTHING)
