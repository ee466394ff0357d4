"""From a trained model to the int8 `.tflite` that runs on the device."""

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from nas.arrays import Floats, Ints
from nas.data.dataset import Part
from nas.graph.graph import LSTM
from nas.model.deploy.fake_quantized import FakeQuantizedNetwork
from nas.model.deploy.order import put_in_order
from nas.model.deploy.packing import plainly_packed
from nas.model.deploy.recurrent import exchange, needs_stand_ins, stand_in, stand_in_weights
from nas.model.deploy.slim import drop_reshapes, reorder, slim
from nas.model.network.operators import WEIGHTED
from nas.model.runtime import quiet, tf

CALIBRATION_ROWS = 512
# Quantized to 0 in every layer.
_TINY = 1e-30


def quantize(network: FakeQuantizedNetwork) -> bytes:
    """Return a network as a slimmed `.tflite`: int8 input and output, per-channel weights, batch 1.

    The file has the operators of the network's graph, its SOFTMAX or last LOGISTIC included if it has one.
    """
    return slim(convert(network), graph=network.graph)


def convert(network: FakeQuantizedNetwork) -> bytes:
    """Return the `.tflite` as TensorFlow's converter writes it, with names and metadata."""
    return _exchanged(network) if needs_stand_ins(network.graph) else _converted(network)


def _exchanged(network: FakeQuantizedNetwork) -> bytes:
    """Return the `.tflite` of a network with operators that the converter does not write, such as LSTMs."""
    graph, stood = network.graph, stand_in(network.graph)
    kinds = [op.kind for op in graph.ops if op.kind in WEIGHTED]
    weights = [(kernel.numpy(), bias.numpy()) for kernel, bias in network.fold()]
    given = [stand_in_weights(*own) if kind == LSTM else own for kind, own in zip(kinds, weights, strict=True)]
    other = network.in_place(stood, [(tf.constant(kernel), tf.constant(bias)) for kernel, bias in given])
    model = schema.ModelT.InitFromPackedBuf(_converted(other), 0)
    drop_reshapes(model)
    put_in_order(model, stood)
    recurrent = [own for kind, own in zip(kinds, weights, strict=True) if kind == LSTM]
    exchange(model, stood, graph, zip(recurrent, network.cells, strict=True))
    reorder(model.subgraphs[0])
    return plainly_packed(model)


def _converted(network: FakeQuantizedNetwork) -> bytes:
    shape = (1, *network.input_shape)
    deployed = [(kernel.numpy(), _keep(bias.numpy(), i)) for i, (kernel, bias) in enumerate(network.fold(), start=1)]
    call = tf.function(lambda x: network(x, deployed, probabilities=True), autograph=False)
    converter = tf.lite.TFLiteConverter.from_concrete_functions(
        [call.get_concrete_function(tf.TensorSpec(shape, tf.float32))]
    )
    # The graph is frozen in memory, which is faster than by way of a SavedModel on disk.
    converter.experimental_lower_to_saved_model = False
    converter.exclude_conversion_metadata = True
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.inference_input_type = converter.inference_output_type = tf.int8
    with quiet():
        return bytes(converter.convert())


def calibration_rows(train: Part, strata: Ints, *, count: int = CALIBRATION_ROWS, seed: int = 0) -> Floats:
    """Return about `count` random rows [n, ...] of `train`, the same number of each stratum; see `Task.strata`."""
    rng = np.random.default_rng(seed)
    known = np.unique(strata)
    share = -(-count // len(known))
    picked = [rng.permutation(np.flatnonzero(strata == stratum))[:share] for stratum in known]
    rows: Floats = train.x[np.sort(np.concatenate(picked))]
    return rows


def _keep(bias: Floats, layer: int) -> Floats:
    """Return a bias that the converter keeps.

    It drops a bias of zeros, and stores equal biases of two layers once, but in the graph each layer has its own.
    Zeros become values that differ from layer to layer and are quantized to 0.
    """
    return bias if np.any(bias) else np.full_like(bias, layer * _TINY)
