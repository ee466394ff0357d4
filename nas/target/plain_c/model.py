"""A `.tflite` as plain C and ONNX see it: operators, and tensors with their scales and constant data."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from nas.arrays import Array
from nas.errors import InputError
from nas.target.details import read_details
from nas.target.profiler import profile
from nas.target.target import DEFAULT_TARGET

_TYPES: Mapping[str, np.dtype[Any]] = {"int8": np.dtype(np.int8), "int32": np.dtype("<i4"), "float32": np.dtype("<f4")}


@dataclass(frozen=True)
class Tensor:
    """A tensor; `data` is None unless it is a constant of a type that we read.

    Attributes:
        channel_scales: one a channel where there are several, else one; empty without quantization.
        axis: of the channels.
    """

    index: int
    name: str
    shape: tuple[int, ...]
    dtype: str
    channel_scales: tuple[float, ...]
    zero_points: tuple[int, ...]
    axis: int
    data: Array | None

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    @property
    def scale(self) -> float:
        """The scale of the whole tensor; ValueError if it has none."""
        if not self.channel_scales:
            raise ValueError(f"tensor {self.index} has no scale")
        return self.channel_scales[0]

    @property
    def zero_point(self) -> int:
        return self.zero_points[0] if self.zero_points else 0

    @property
    def is_constant(self) -> bool:
        return self.data is not None


@dataclass(frozen=True)
class Operator:
    """An operator: its inputs (None where an optional one is missing), outputs, and options by TFLite's names."""

    index: int
    kind: str
    inputs: tuple[Tensor | None, ...]
    outputs: tuple[Tensor, ...]
    options: Mapping[str, Any]

    @property
    def output(self) -> Tensor:
        return self.outputs[0]

    def input(self, place: int) -> Tensor:
        """Return an input; ValueError if it is missing."""
        tensor = self.inputs[place] if place < len(self.inputs) else None
        if tensor is None:
            raise ValueError(f"input {place} is missing")
        return tensor

    def optional(self, place: int) -> Tensor | None:
        return self.inputs[place] if place < len(self.inputs) else None


@dataclass(frozen=True)
class Network:
    """The operators in the order in which they run, and the tensors that are given and wanted."""

    operators: tuple[Operator, ...]
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]


def read_network(tflite: bytes, place: str) -> Network:
    """Return the network of a `.tflite`.

    Raises:
        InputError: at `place`: the file is damaged, or has several subgraphs.
    """
    footprint, details = profile(tflite, DEFAULT_TARGET, place), read_details(tflite, place)
    if len(details.subgraphs) != 1:
        rule = "must have one subgraph to be written as plain C"
        raise InputError(place, rule, got=len(details.subgraphs), hint="take --format tflm, which can express it")
    tensors = []
    for row, detail in zip(footprint.tensors, details.tensors, strict=False):  # scratch buffers follow the tensors
        scales = detail.quantization
        start, size = detail.data
        tensors.append(
            Tensor(
                index=row.index,
                name=row.name,
                shape=row.shape,
                dtype=row.dtype,
                channel_scales=scales.scales if scales else (),
                zero_points=scales.zero_points if scales else (),
                axis=scales.axis if scales else 0,
                data=_constant(tflite[start : start + size], row.shape, row.dtype),
            )
        )
    operators = tuple(
        Operator(
            index=row.index,
            kind=row.name,
            inputs=tuple(None if i < 0 else tensors[i] for i in row.inputs),
            outputs=tuple(tensors[i] for i in row.outputs),
            options=detail.options,
        )
        for row, detail in zip(footprint.ops, details.operators, strict=True)
    )
    (graph,) = details.subgraphs
    return Network(operators, tuple(tensors[i] for i in graph.inputs), tuple(tensors[i] for i in graph.outputs))


def _constant(content: bytes, shape: tuple[int, ...], dtype: str) -> Array | None:
    """Return a constant's numbers; None if there are none, or of another type or number than we read."""
    known = _TYPES.get(dtype)
    if not content or known is None or len(content) != known.itemsize * math.prod(shape):
        return None
    numbers: Array = np.frombuffer(content, known)
    return numbers.reshape(shape)
