"""Small files whose tables share long vectors, which whoever copies them would multiply into gigabytes."""

from collections.abc import Callable
from typing import Any

import flatbuffers
import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema
from single_operators import Case, T, model_of

from nas.errors import InputError
from nas.target.profiler import profile
from nas.target.target import find_target

LONG = 100_000
MANY = 2000


class SharingBuilder(flatbuffers.Builder):
    """Writes equal strings and vectors once."""

    def __init__(self) -> None:
        super().__init__(1024)
        self._written: dict[Any, int] = {}

    def CreateString(self, s: Any, *rest: Any) -> int:
        if s not in self._written:
            self._written[s] = super().CreateString(s, *rest)
        return self._written[s]

    def CreateNumpyVector(self, x: Any) -> int:
        key = (x.dtype.str, x.tobytes())
        if key not in self._written:
            self._written[key] = super().CreateNumpyVector(x)
        return self._written[key]


def shared(change: Callable[[Any], None]) -> bytes:
    """Return a RELU with a change, written without repeating anything."""
    model = model_of(Case("RELU", [T((1, 8))], [T((1, 8))]))
    change(model)
    builder = SharingBuilder()
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def long_options(model: Any) -> None:
    graph = model.subgraphs[0]
    graph.operators[0].customOptions = np.zeros(LONG, np.uint8)
    graph.operators *= MANY


def long_names(model: Any) -> None:
    graph = model.subgraphs[0]
    graph.tensors[0].name = "n" * LONG
    graph.tensors += [graph.tensors[0]] * MANY


def long_scales(model: Any) -> None:
    graph = model.subgraphs[0]
    graph.tensors[0].quantization.scale = np.zeros(LONG, np.float32)
    graph.tensors += [graph.tensors[0]] * MANY


def long_signatures(model: Any) -> None:
    tensor, signature = schema.TensorMapT(), schema.SignatureDefT()
    tensor.name, signature.inputs = "n" * LONG, [tensor]
    model.signatureDefs = [signature] * MANY


@pytest.mark.parametrize("change", [long_options, long_names, long_scales, long_signatures])
def test_vectors_that_are_shared_beyond_measure_are_refused(change: Callable[[Any], None]) -> None:
    with pytest.raises(InputError, match="vectors must not overlap so much that they outgrow the file"):
        profile(shared(change), find_target("cortex-m4"))


def test_a_long_code_of_a_custom_operator_is_told_in_short() -> None:
    def long_code(model: Any) -> None:
        model.operatorCodes[0].builtinCode = model.operatorCodes[0].deprecatedBuiltinCode = 32
        model.operatorCodes[0].customCode = "é" * LONG
        model.subgraphs[0].operators *= MANY

    footprint = profile(shared(long_code), find_target("cortex-m4"))
    assert not footprint.supported
    assert {len(op.reason or "") for op in footprint.ops} <= set(range(1, 400))
