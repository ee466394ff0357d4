"""What a `.tflite` says beyond its costs: scales, operators' options, where constants lie, metadata.

For people who look at a model; budgets and estimates read footprints (`nas.target.profiler`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from nas import _native
from nas.errors import InputError

Option: TypeAlias = bool | int | float | str | list[int] | list[float]


@dataclass(frozen=True, slots=True)
class TensorQuantization:
    """Affine quantization: real = (integer - zero point) * scale.

    Attributes:
        scales: one for the whole tensor, or one for each entry of an axis.
        zero_points: as many as scales.
        axis: of the tensor's shape, where there are several scales.
    """

    scales: tuple[float, ...]
    zero_points: tuple[int, ...]
    axis: int = 0

    @property
    def per_channel(self) -> bool:
        """Whether each entry of the axis has a scale of its own."""
        return len(self.scales) > 1


@dataclass(frozen=True, slots=True)
class TensorDetails:
    """A tensor's quantization, None if it has none, its shape with -1 where it may vary, and a constant's data.

    `data` are the first byte and the number of bytes in the file.
    """

    quantization: TensorQuantization | None
    signature: tuple[int, ...]
    data: tuple[int, int]


@dataclass(frozen=True, slots=True)
class OperatorDetails:
    """The version of an operator, and its options by their names in TFLite's schema."""

    version: int
    options: Mapping[str, Option]


@dataclass(frozen=True, slots=True)
class Subgraph:
    """A subgraph: how many tensors and operators it has, and its inputs and outputs, as indices over all subgraphs."""

    name: str
    tensors: int
    operators: int
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TfliteDetails:
    """The details of a file.

    Attributes:
        description: who made the file, in its own words.
        subgraphs: the first is the one that runs.
        tensors: of all subgraphs, in the order of a footprint.
        operators: of all subgraphs, in the order of a footprint.
        metadata: the first byte and the number of bytes of each entry, by name; the last of equal names.
        signatures: the names under which runtimes find inputs and outputs.
    """

    description: str
    subgraphs: tuple[Subgraph, ...]
    tensors: tuple[TensorDetails, ...]
    operators: tuple[OperatorDetails, ...]
    metadata: Mapping[str, tuple[int, int]]
    signatures: tuple[str, ...]


def read_details(model: bytes, place: object = "model") -> TfliteDetails:
    """Return the details of a `.tflite` that `nas.target.profiler.profile` has accepted.

    Raises:
        InputError: at `place`: a detail lies outside of the file.
    """
    try:
        read = _native.details(model)
    except ValueError as error:
        raise InputError(place, f"must be a valid .tflite file: {error}") from error
    return TfliteDetails(
        read.description,
        tuple(Subgraph(*row) for row in read.subgraphs),
        tuple(_tensor(row) for row in read.tensors),
        tuple(OperatorDetails(row.version, row.options) for row in read.ops),
        {row.name: (row.start, row.size) for row in read.metadata},
        tuple(read.signatures),
    )


def _tensor(row: "_native.TensorDetails") -> TensorDetails:
    scales = tuple(np.frombuffer(row.scales, "<f4").tolist())
    zero_points = tuple(np.frombuffer(row.zero_points, "<i8").tolist())
    known = TensorQuantization(scales, zero_points or (0,) * len(scales), row.axis) if scales else None
    return TensorDetails(known, row.signature, (row.start, row.size))
