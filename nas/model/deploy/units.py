"""The deployment of a network, of a regression with outputs in the units of the targets.

Such a network learns standardized targets, (target - mean) / std. The deviation goes into the scales of the last layer,
the mean into its bias and into the zero point of the output, so that the int8 numbers that the device computes stay the
same, and scale * (q - zero) is the answer.
"""

from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from nas.model.deploy.convert import convert, quantize
from nas.model.deploy.fake_quantized import FakeQuantizedNetwork
from nas.model.deploy.slim import slim_model
from nas.model.network.network import Network
from nas.task.task import Task


def deploy(network: Network, rounded: FakeQuantizedNetwork, task: Task) -> bytes:
    """Return the `.tflite` of a rounded network; it and the float network then give the outputs that the task deploys.

    Args:
        network: the float network; its last layer is changed if the task's outputs are brought to units.
        rounded: what is deployed of it.
        task: what it has learned.
    """
    scale = task.unit_scale()
    if scale is None:
        return quantize(rounded)
    _bring_to_units(network, *scale)
    model = schema.ModelT.InitFromPackedBuf(convert(rounded), 0)
    _rescale(model, *scale)
    return slim_model(model, graph=rounded.graph)


def _bring_to_units(network: Network, mean: float, std: float) -> None:
    last = network.layers[-1]
    last.kernel.assign(last.kernel.numpy() * np.float32(std))
    last.bias.assign(last.bias.numpy() * np.float32(std) + np.float32(mean))


def _rescale(model: Any, mean: float, std: float) -> None:
    """Change the scales of the last layer, its bias and the zero point of its output in a model's object tree."""
    graph = model.subgraphs[0]
    (place,) = map(int, graph.outputs)
    layer = next(op for op in graph.operators if place in map(int, op.outputs))
    output, (weights, bias) = graph.tensors[place], (graph.tensors[int(i)] for i in layer.inputs[1:])
    for tensor in (weights, bias, output):
        tensor.quantization.scale = (tensor.quantization.scale * std).astype(np.float32)
    buffer = model.buffers[bias.buffer]
    steps = np.frombuffer(bytes(bytearray(buffer.data)), "<i4") + np.round(mean / bias.quantization.scale)
    buffer.data = steps.astype("<i4").view(np.uint8)
    zero = output.quantization.zeroPoint - np.round(mean / output.quantization.scale)
    output.quantization.zeroPoint = np.clip(zero, -128, 127).astype(np.int64)
