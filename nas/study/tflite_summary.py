"""The summary of a `.tflite`, and the values of its constants."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nas.arrays import Array
from nas.study.scheme import scheme_of
from nas.study.summary import LayerSummary, Summary, TensorSummary
from nas.target.details import OperatorDetails, TensorDetails, TensorQuantization, TfliteDetails, read_details
from nas.target.footprint import OpFootprint, TensorFootprint
from nas.target.profiler import profile
from nas.target.target import Target

_FLOATS = ("float32", "float16", "float64", "bfloat16")
_NUMBERS: Mapping[str, str] = {
    "float32": "<f4",
    "float16": "<f2",
    "float64": "<f8",
    "int8": "i1",
    "uint8": "u1",
    "int16": "<i2",
    "uint16": "<u2",
    "int32": "<i4",
    "uint32": "<u4",
    "int64": "<i8",
}


@dataclass(frozen=True, slots=True)
class WeightTensor:
    """A model's weights or biases with their values, as they are stored.

    Attributes:
        values: integers or floats, [n].
    """

    name: str
    dtype: str
    shape: tuple[int | None, ...]
    values: Array
    quantization: TensorQuantization | None = None

    def real(self) -> Array:
        """Return the numbers that the values stand for, float64 [n]."""
        if self.quantization is None:
            return self.values.astype(np.float64)
        each = self._of_each
        return (self.values - each(self.quantization.zero_points)) * each(self.quantization.scales)

    def _of_each(self, numbers: tuple[float, ...]) -> Array:
        """Return the scale or zero point of each value, [n] or [1]."""
        known, axis = self.quantization, 0 if self.quantization is None else self.quantization.axis
        if known is None or len(numbers) == 1 or not 0 <= axis < len(self.shape) or self.shape[axis] != len(numbers):
            return np.asarray(numbers[:1], np.float64)
        behind = math.prod(size or 1 for size in self.shape[axis + 1 :])
        before = math.prod(size or 1 for size in self.shape[:axis])
        return np.tile(np.repeat(np.asarray(numbers, np.float64), behind), before)


def summarize_tflite(model: bytes, target: Target, name: str, place: object = "model") -> Summary:
    """Return what a `.tflite` is.

    Args:
        model: the content of the file.
        target: by whose runtime operators are accepted or refused.
        name: of the model.
        place: the file in messages.

    Raises:
        InputError: the content is no valid `.tflite`.
    """
    footprint = replace(profile(model, target, place), file=name)
    details = read_details(model, place)
    # Scratch buffers come behind the tensors.
    tensors = tuple(map(_tensor, footprint.tensors, details.tensors))
    layers = tuple(_layer(op, known, tensors) for op, known in zip(footprint.ops, details.operators, strict=True))
    return Summary(
        name=name,
        format="tflite",
        scheme=scheme_of(footprint),
        layers=layers,
        tensors=tensors,
        file_bytes=footprint.file_bytes,
        parameters=sum(tensor.elements for tensor in tensors if _is_weight(tensor)),
        facts=_facts(details),
        footprint=footprint,
    )


def tflite_weights(model: bytes, summary: Summary) -> Iterator[WeightTensor]:
    """Yield the weights and biases of a summarized `.tflite`, in the order of its tensors."""
    for tensor, known in zip(summary.tensors, read_details(model).tensors, strict=True):
        start, size = known.data
        if not _is_weight(tensor) or not size:
            continue
        data = model[start : start + size]
        if (values := _values(data, tensor)) is not None:
            yield WeightTensor(tensor.name, tensor.dtype, tensor.shape, values, tensor.quantization)


def _tensor(row: TensorFootprint, known: TensorDetails) -> TensorSummary:
    kind: Any = row.kind
    return TensorSummary(row.index, row.name, kind, row.shape, row.dtype, row.bytes, known.quantization)


def _layer(op: OpFootprint, known: OperatorDetails, tensors: tuple[TensorSummary, ...]) -> LayerSummary:
    read = [tensors[i] for i in op.inputs if i >= 0]
    weights = [tensor for tensor in read if tensor.kind == "constant"]
    outputs = tuple(i for i in op.outputs if i >= 0)
    return LayerSummary(
        index=op.index,
        kind=op.name,
        name=tensors[outputs[0]].name if outputs else "",
        inputs=tuple(tensor.index for tensor in read if tensor.kind != "constant"),
        outputs=outputs,
        weights=tuple(tensor.index for tensor in weights),
        parameters=sum(tensor.elements for tensor in weights if _is_weight(tensor)),
        trainable=None,
        macs=op.macs if op.known else None,
        options={"version": known.version, **known.options},
        latency_ms=op.latency_ms,
        reason=op.reason,
    )


def _is_weight(tensor: TensorSummary) -> bool:
    """Return whether a tensor holds weights or biases; shapes and axes are whole numbers without a scale."""
    return tensor.kind == "constant" and (tensor.dtype in _FLOATS or tensor.quantization is not None)


def _values(data: bytes, tensor: TensorSummary) -> Array | None:
    """Return the values of a constant; None if their form is not known, or their number is not that of the shape."""
    count = tensor.elements
    if tensor.dtype == "int4":
        pairs = np.frombuffer(data, np.uint8)
        halves = np.stack([pairs & 15, pairs >> 4], axis=1).ravel()[:count].astype(np.int8)
        return (halves ^ 8) - 8 if len(halves) == count else None
    if tensor.dtype not in _NUMBERS or len(data) != count * np.dtype(_NUMBERS[tensor.dtype]).itemsize:
        return None
    return np.frombuffer(data, _NUMBERS[tensor.dtype])


def _facts(details: TfliteDetails) -> dict[str, Any]:
    return {
        "description": details.description,
        "metadata": [{"name": name, "bytes": size} for name, (_, size) in details.metadata.items()],
        "signatures": list(details.signatures),
        "subgraphs": [
            {
                "name": one.name,
                "operators": one.operators,
                "tensors": one.tensors,
                "inputs": one.inputs,
                "outputs": one.outputs,
            }
            for one in details.subgraphs
        ],
    }
