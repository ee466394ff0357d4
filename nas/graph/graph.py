"""A network as the operators that TensorFlow Lite Micro (TFLM) runs.

All parts of the program meet in the graph: blocks write it, the footprint is estimated from it, and the network is
built from it, so a new block needs no more than a `lower` function. Tensors and operators have the order of the
`.tflite` that the converter writes, since TFLM's planner breaks ties by that order.

Operators stand in an order in which they can run, and in which the device runs them; one may read the outputs of
several earlier ones.
"""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

LSTM = "UNIDIRECTIONAL_SEQUENCE_LSTM"
LSTM_STATES = slice(18, 20)
"""Places of the state and of the cells among the inputs of an LSTM (lstm_shared.h of TFLM)."""
ITEM_BYTES: Mapping[str, int] = {"int8": 1, "int16": 2, "int32": 4, "int64": 8, "float32": 4}


@dataclass(frozen=True, slots=True)
class Tensor:
    """One tensor of a graph.

    `scales` is the number of quantization scales: 0 if not quantized, 1 per tensor, else one for each output channel.
    A constant is stored in flash with the model; every other tensor has its place in the arena. A variable, such
    as the state of an LSTM, keeps its value from one inference to the next.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str = "int8"
    constant: bool = False
    scales: int = 1
    variable: bool = False

    @property
    def elements(self) -> int:
        return math.prod(self.shape)

    @property
    def bytes(self) -> int:
        return self.elements * ITEM_BYTES[self.dtype]


@dataclass(frozen=True, slots=True)
class Op:
    """One operator: `kind` is the name of TFLite's builtin operator, `inputs` and `outputs` index the graph's tensors.

    An input of -1 is an optional one that is left out.

    `options` are part of the model (strides, padding, fused activation). `training` is what exists in training only and
    not on the device: `batch_norm`, `dropout` (of the output), `l2`.
    """

    kind: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options: Mapping[str, Any] = field(default_factory=dict)
    training: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Graph:
    """A network as TFLM sees it, batch 1, int8 in and out.

    `inputs` and `outputs` index `tensors`.
    """

    tensors: tuple[Tensor, ...]
    ops: tuple[Op, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]

    def data_inputs(self, op: Op) -> tuple[int, ...]:
        """Return the tensors that an operator reads, without its constants and its own variables."""
        return tuple(i for i in op.inputs if i >= 0 and not (self.tensors[i].constant or self.tensors[i].variable))

    def multiplier(self, op: Op) -> int:
        """Return how many outputs a depthwise convolution has for each input; 1 for any other operator."""
        before, after = (self.tensors[i].shape[-1] for i in (op.inputs[0], op.outputs[0]))
        return after // before if op.kind == "DEPTHWISE_CONV_2D" else 1

    def gives_probabilities(self, op: Op) -> bool:
        """Return whether an operator makes probabilities of the last layer's outputs: a softmax, or a last sigmoid."""
        return op.kind == "SOFTMAX" or (op.kind == "LOGISTIC" and op.outputs[0] in self.outputs)

    @property
    def weights_bytes(self) -> int:
        """Bytes of all constant tensors: what `--budget-kb` limits."""
        return sum(t.bytes for t in self.tensors if t.constant)


def digest(graph: Graph) -> str:
    """Return 12 hex digits that are equal for two architectures exactly if their graphs are."""
    # Earlier releases wrote a scale for each bias, and studies know networks by the digests of those.
    data = [
        [[t.name, t.shape, t.dtype, t.constant, t.elements if t.name == "bias" else t.scales] for t in graph.tensors],
        [[op.kind, op.inputs, op.outputs, sorted(op.options.items()), sorted(op.training.items())] for op in graph.ops],
    ]
    return hashlib.sha256(json.dumps(data).encode()).hexdigest()[:12]
