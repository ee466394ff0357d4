import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from nas.model.deploy.params.kinds import make_params
from nas.model.deploy.params.metadata import with_metadata
from nas.model.deploy.params.store import read_params, write_params
from nas.model.deploy.slim import slim


def _read(tflite):
    return schema.ModelT.InitFromPackedBuf(tflite, 0)


def _run(tflite, q):
    kernels = OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    interpreter = Interpreter(model_content=tflite, num_threads=1, experimental_op_resolver_type=kernels)
    interpreter.allocate_tensors()
    (inputs,), (outputs,) = interpreter.get_input_details(), interpreter.get_output_details()
    interpreter.set_tensor(inputs["index"], q.reshape(inputs["shape"]))
    interpreter.invoke()
    return interpreter.get_tensor(outputs["index"])


def test_a_slimmed_model_computes_the_same_bytes(network):
    for q in np.random.default_rng(1).integers(-128, 128, size=(8, *network.x.shape[1:]), dtype=np.int8):
        np.testing.assert_array_equal(_run(network.tflite, q), _run(network.converted, q))


def test_a_slimmed_model_keeps_every_quantization_but_that_of_biases(network):
    def scales(tflite):
        tensors = _read(tflite).subgraphs[0].tensors
        found = [t for t in tensors if t.quantization is not None and t.quantization.scale is not None]
        return {
            (tuple(t.quantization.scale), tuple(t.quantization.zeroPoint), t.quantization.quantizedDimension)
            for t in found
            if t.type != schema.TensorType.INT32
        }

    assert scales(network.tflite) == scales(network.converted)


def test_a_slimmed_file_is_smaller_and_slimming_it_again_changes_nothing(network):
    assert len(network.tflite) < len(network.converted) - 200
    assert slim(network.tflite) == network.tflite


def test_a_slimmed_file_has_no_names_and_descriptions(network):
    model = schema.Model.GetRootAs(network.tflite, 0)
    graph = model.Subgraphs(0)
    assert model.Description() is None
    assert (model.MetadataLength(), model.SignatureDefsLength()) == (0, 0)
    assert not any(graph.Tensors(i).Name() for i in range(graph.TensorsLength()))


def test_every_buffer_but_the_first_holds_data_aligned_to_16_bytes(network):
    data = np.frombuffer(network.tflite, np.uint8)
    model = schema.Model.GetRootAs(network.tflite, 0)
    assert model.Buffers(0).DataLength() == 0
    assert model.BuffersLength() > 1
    for i in range(1, model.BuffersLength()):
        content = model.Buffers(i).DataAsNumpy()
        offset = content.__array_interface__["data"][0] - data.__array_interface__["data"][0]
        assert offset % 16 == 0
        assert 0 < offset < len(data)


def test_tensors_are_in_the_order_of_their_first_mention(network):
    (graph,) = schema.ModelT.InitFromPackedBuf(network.tflite, 0).subgraphs
    ends = (
        (*op.inputs, *op.outputs, *(() if op.intermediates is None else op.intermediates)) for op in graph.operators
    )
    mentions = dict.fromkeys(int(i) for i in (*graph.inputs, *(i for tensors in ends for i in tensors)) if i >= 0)
    assert list(mentions) == list(range(len(graph.tensors)))


def test_the_file_has_the_identifier_of_its_format(network):
    assert schema.Model.ModelBufferHasIdentifier(network.tflite, 0)


def test_tflm_computes_the_same_bytes_with_a_slimmed_model(network):
    micro = pytest.importorskip("tflite_micro", reason="tflite-micro has wheels for x86-64 Linux only")
    before, after = map(micro.runtime.Interpreter.from_bytes, (network.converted, network.tflite))
    for q in np.random.default_rng(1).integers(-128, 128, size=(64, 1, *network.x.shape[1:]), dtype=np.int8):
        for interpreter in (before, after):
            interpreter.set_input(q, 0)
            interpreter.invoke()
        np.testing.assert_array_equal(after.get_output(0), before.get_output(0))


def test_parameters_survive_and_what_the_converter_noted_does_not(network):
    params = make_params({"class_names": ["a", "b"]})
    file = with_metadata(write_params(network.converted, params), {"min_runtime_version": b"2.3.0" + bytes(11)})
    assert read_params(slim(file)) == params
    assert [entry.name for entry in _read(slim(file)).metadata] == [b"NAS_PARAMS"]
    assert slim(file, keep_metadata=False, graph=network.graph) == network.tflite
