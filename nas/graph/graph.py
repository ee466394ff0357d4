"""An architecture lowered to the operators that TensorFlow Lite Micro runs.

The graph is the waist of the program: blocks write it, the footprint is estimated from it, and the network
is built from it, so that a new block is one `lower` function. Tensors and operators stand in the order in which
the converter writes them to the `.tflite`, since TFLM's planner breaks ties by that order.

Sequential only: every operator reads the tensor that the one before wrote.
"""

import dataclasses
import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ITEM_BYTES: Mapping[str, int] = {"int8": 1, "int16": 2, "int32": 4, "int64": 8, "float32": 4}


@dataclass(frozen=True, slots=True)
class Tensor:
    """One tensor of a graph.

    `scales` counts the quantization scales: 0 not quantized, 1 per tensor, else one an output channel.
    A constant lies in flash with the model; everything else is planned into the arena.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str = "int8"
    constant: bool = False
    scales: int = 1

    @property
    def elements(self) -> int:
        return math.prod(self.shape)

    @property
    def bytes(self) -> int:
        return self.elements * ITEM_BYTES[self.dtype]


@dataclass(frozen=True, slots=True)
class Op:
    """One operator: `kind` is TFLite's builtin name, tensors are indices into the graph.

    `options` are what the runtime reads (strides, padding, fused activation). `training` is what exists while
    a model is trained and is gone from the device: `batch_norm`, `dropout` (applied to the output), `l2`.
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

    @property
    def weights_bytes(self) -> int:
        """Bytes of all constant tensors: what `--budget-kb` limits."""
        return sum(t.bytes for t in self.tensors if t.constant)


def digest(graph: Graph) -> str:
    """Return 12 hex digits that are equal for two architectures if and only if their graphs are."""
    data = [
        [dataclasses.astuple(t) for t in graph.tensors],
        [[op.kind, op.inputs, op.outputs, sorted(op.options.items()), sorted(op.training.items())] for op in graph.ops],
    ]
    return hashlib.sha256(json.dumps(data).encode()).hexdigest()[:12]
