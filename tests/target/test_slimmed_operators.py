"""Slimming models of every operator, of several subgraphs, and of several signatures."""

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter
from single_operators import T, cases, model_bytes, packed
from whole_models import Node, Part, write

from nas.model.deploy.slim import slim
from nas.target.profiler import profile


def _read(tflite):
    return schema.ModelT.InitFromPackedBuf(tflite, 0)


def _relu():
    """A chain of one operator, and a tensor that nothing reads."""
    tensors = {"unread": T((1, 3)), "x": T((1, 4)), "y": T((1, 4))}
    return _read(write(Part(tensors, [Node("RELU", ("x",), ("y",))], ("x",), ("y",))))


def test_tflm_computes_the_same_bytes_with_a_dense_layer_of_one_scale_and_keeps_that_of_its_bias():
    micro = pytest.importorskip("tflite_micro", reason="tflite-micro has wheels for x86-64 Linux only")
    rng = np.random.default_rng(2)
    tensors = {
        "x": T((1, 16), scale=0.5),
        "w": T((4, 16), scales=1, data=rng.integers(-127, 128, 64).tolist(), scale=0.5),
        "b": T((4,), "int32", data=[400, -3, 0, 7], scales=1, scale=0.25),
        "y": T((1, 4), scale=2.0),
    }
    model = write(Part(tensors, [Node("FULLY_CONNECTED", "xwb", "y", "FullyConnectedOptions")], ("x",), ("y",)))
    graph = _read(slim(model)).subgraphs[0]
    assert graph.tensors[graph.operators[0].inputs[2]].quantization.scale == [0.25]
    before, after = (micro.runtime.Interpreter.from_bytes(file, arena_size=1 << 16) for file in (model, slim(model)))
    for q in rng.integers(-128, 128, size=(16, 1, 16), dtype=np.int8):
        for interpreter in (before, after):
            interpreter.set_input(q, 0)
            interpreter.invoke()
        np.testing.assert_array_equal(after.get_output(0), before.get_output(0))


def test_every_operator_costs_the_same_memory_and_work_after_slimming():
    def figures(tflite):
        found = profile(tflite, "cortex-m4")
        return found.detail.head, found.weights_bytes, found.macs, found.latency_ms, [op.reason for op in found.ops]

    for case in cases():
        model = model_bytes(case)
        assert figures(slim(model)) == figures(model), case
        assert slim(slim(model)) == slim(model)


def test_a_model_of_several_subgraphs_is_slimmed_too():
    inner = {"x": T((1, 4)), "y": T((1, 4))}
    choice = {"c": T((1,), "bool"), "x": T((1, 4)), "y": T((1, 4))}
    branches = {"thenSubgraphIndex": 1, "elseSubgraphIndex": 2}
    model = write(
        Part(choice, [Node("IF", ("c", "x"), ("y",), "IfOptions", branches)], ("c", "x"), ("y",)),
        *(Part(inner, [Node(kind, ("x",), ("y",))], ("x",), ("y",)) for kind in ("RELU", "RELU6")),
    )
    small = slim(model)
    assert len(small) < len(model)
    before, after = (profile(file, "host") for file in (model, small))
    assert (before.detail.head, before.detail.min) == (after.detail.head, after.detail.min)
    assert [op.op for op in before.ops] == [op.op for op in after.ops]


def test_signatures_of_which_there_are_several_stay_with_their_tensors():
    model = _relu()
    model.signatureDefs = []
    for name in (b"first", b"second"):
        signature = schema.SignatureDefT()
        signature.signatureKey, signature.inputs, signature.outputs = name, [schema.TensorMapT()], []
        signature.inputs[0].name, signature.inputs[0].tensorIndex = b"x", 1
        model.signatureDefs.append(signature)
    interpreter = Interpreter(model_content=slim(packed(model)))
    assert interpreter.get_signature_list().keys() == {"first", "second"}
    assert [s.inputs[0].tensorIndex for s in _read(slim(packed(model))).signatureDefs] == [0, 0]


def test_a_model_with_data_behind_its_flatbuffer_is_left_alone():
    model = _relu()
    model.buffers[0].offset, model.buffers[0].size = 64, 8
    with pytest.raises(NotImplementedError):
        slim(packed(model))
