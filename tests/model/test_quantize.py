from types import SimpleNamespace

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from nas.data.dataset import Part
from nas.data.prepared import prepare
from nas.data.splits import Splits
from nas.graph.builder import GraphBuilder
from nas.model.deploy.convert import calibration_rows, quantize
from nas.model.deploy.fake_quantized import fake_quantize
from nas.model.deploy.tflite_model import TfliteModel
from nas.model.network.network import Network

KINDS = {number: name for name, number in vars(schema.BuiltinOperator).items() if not name.startswith("_")}
DTYPES = {schema.TensorType.INT8: "int8", schema.TensorType.INT32: "int32", schema.TensorType.INT16: "int16"}
PADDING = {schema.Padding.SAME: "SAME", schema.Padding.VALID: "VALID"}
ACTIVATION = {
    schema.ActivationFunctionType.NONE: "NONE",
    schema.ActivationFunctionType.RELU: "RELU",
    schema.ActivationFunctionType.RELU6: "RELU6",
}


def _tensors(model):
    for tensor in model.subgraphs[0].tensors:
        scale = None if tensor.quantization is None else tensor.quantization.scale
        constant = model.buffers[tensor.buffer].data is not None
        shape = tuple(map(int, tensor.shape))
        yield shape, DTYPES[tensor.type], constant, 0 if scale is None else len(scale)


def _ops(model):
    for op in model.subgraphs[0].operators:
        kind = KINDS[model.operatorCodes[op.opcodeIndex].builtinCode]
        yield kind, tuple(map(int, op.inputs)), tuple(map(int, op.outputs))


def _options(model):
    """The options of sliding windows, dense layers and paddings, in the graph's words."""
    for op in model.subgraphs[0].operators:
        o, found = op.builtinOptions, {}
        kind = KINDS[model.operatorCodes[op.opcodeIndex].builtinCode]
        if hasattr(o, "strideH"):
            found = {"stride": (o.strideH, o.strideW), "padding": PADDING[o.padding]}
        if hasattr(o, "dilationHFactor"):
            found["dilation"] = (o.dilationHFactor, o.dilationWFactor)
        if hasattr(o, "filterHeight"):
            found["filter"] = (o.filterHeight, o.filterWidth)
        if kind == "UNIDIRECTIONAL_SEQUENCE_LSTM":
            assert o.fusedActivationFunction == schema.ActivationFunctionType.TANH
        elif hasattr(o, "fusedActivationFunction"):
            found["activation"] = ACTIVATION[o.fusedActivationFunction]
        if hasattr(o, "newShape"):
            found = {"shape": tuple(map(int, o.newShape[1:]))}
        if hasattr(o, "axis"):
            found = {"axis": o.axis}
        if o is None and kind == "FULLY_CONNECTED":
            found["activation"] = "NONE"  # without options, they are at their defaults
        if kind == "PAD":
            widths = model.buffers[model.subgraphs[0].tensors[op.inputs[1]].buffer].data
            _, (top, _), (left, _), _ = np.array(widths, np.uint8).view("<i4").reshape(4, 2).tolist()
            found = {"before": (top, left)}
        if kind == "SLICE":
            begin = model.buffers[model.subgraphs[0].tensors[op.inputs[1]].buffer].data
            found = {"begin": tuple(np.array(begin, np.uint8).view("<i4").tolist())}
        yield found


def test_the_file_has_the_graph_s_tensors_in_the_same_order(network):
    model = schema.ModelT.InitFromPackedBuf(network.tflite, 0)
    assert list(_tensors(model)) == [(t.shape, t.dtype, t.constant, t.scales) for t in network.graph.tensors]


def test_the_file_has_the_graph_s_operators_in_the_same_order(network):
    model = schema.ModelT.InitFromPackedBuf(network.tflite, 0)
    assert list(_ops(model)) == [(op.kind, op.inputs, op.outputs) for op in network.graph.ops]
    assert list(_options(model)) == [op.options for op in network.graph.ops]


def test_each_layer_keeps_its_own_bias_even_if_it_is_zero():
    g = GraphBuilder((6,))
    g.fully_connected(6)
    g.fully_connected(6)
    g.softmax()
    graph = g.graph()
    x = np.random.default_rng(0).normal(size=(8, 6)).astype(np.float32)
    model = schema.ModelT.InitFromPackedBuf(quantize(fake_quantize(Network(graph), x)), 0)
    assert list(_tensors(model)) == [(t.shape, t.dtype, t.constant, t.scales) for t in graph.tensors]
    biases = [model.buffers[t.buffer].data for t in model.subgraphs[0].tensors if t.type == schema.TensorType.INT32]
    assert not any(np.any(data) for data in biases)


@pytest.mark.parametrize("bias", [-100.0, -2.0, 100.0])
def test_tflm_runs_a_hard_swish_whose_outputs_are_all_zero_or_large(bias):
    tflm = pytest.importorskip("tflite_micro.python.tflite_micro.runtime")
    g = GraphBuilder((1, 12, 2))
    g.conv2d(3, 3, activation="HARD_SWISH")
    network = Network(g.graph())
    biases = np.array([bias, bias - 0.5, bias + 0.5], np.float32)
    network.layers[0].bias.assign(biases)
    x = np.random.default_rng(0).normal(size=(16, 1, 12, 2)).astype(np.float32)
    tflite = quantize(fake_quantize(network, x, loss="mse"))
    interpreter = tflm.Interpreter.from_bytes(tflite)  # refuses scales that lie too far apart
    given, got = interpreter.get_input_details(0), interpreter.get_output_details(0)
    interpreter.set_input(np.full((1, 1, 12, 2), given["quantization_parameters"]["zero_points"][0], np.int8), 0)
    interpreter.invoke()
    scale, zero = (got["quantization_parameters"][name][0] for name in ("scales", "zero_points"))
    answer = scale * (interpreter.get_output(0).astype(float) - zero)
    expected = np.broadcast_to(biases * np.clip(biases + 3, 0, 6) / 6, answer.shape)
    np.testing.assert_allclose(answer, expected, atol=2 * scale + 0.01)


def test_same_model_gives_the_same_file(network):
    assert quantize(fake_quantize(network.model, network.x)) == network.tflite


def test_nothing_is_printed(network, capfd):
    quantize(fake_quantize(network.model, network.x[:4]))
    assert capfd.readouterr() == ("", "")


def _part(y):
    return SimpleNamespace(x=np.arange(len(y), dtype=np.float32)[:, None], y=np.asarray(y))


def test_calibration_takes_the_same_number_of_rows_of_each_class():
    y = np.array([0] * 900 + [1] * 90 + [2] * 10)
    rows = calibration_rows(_part(y), y, count=30).ravel().astype(int)
    assert len(set(rows)) == 30
    assert np.bincount(y[rows]).tolist() == [10, 10, 10]


def test_calibration_takes_all_rows_of_a_class_that_has_too_few():
    y = np.array([0] * 900 + [2] * 4)
    rows = calibration_rows(_part(y), y, count=30).ravel().astype(int)
    assert np.bincount(y[rows]).tolist() == [15, 0, 4]


def test_calibration_rows_depend_on_the_seed_alone():
    part = _part(np.arange(1000) % 5)
    first, again, other = (calibration_rows(part, part.y, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_bytes_of_a_camera_less_128_are_the_input_as_they_are():
    rng = np.random.default_rng(0)
    x = rng.integers(30, 180, (40, 4, 4, 3)).astype(np.uint8)  # the darkest and the brightest values never occur
    y = np.arange(40) % 2
    part = Part(x, y)
    data = prepare(Splits(part, part, part, ("a", "b"), (), None, None, "pictures", ""))
    g = GraphBuilder((4, 4, 3))
    g.conv2d(4, 3)
    g.mean()
    g.fully_connected(2, activation="NONE")
    g.softmax()
    model = TfliteModel(quantize(fake_quantize(Network(g.graph()), data.train.x, input_range=data.input_range)))
    every = np.arange(256, dtype=np.uint8).repeat(3).reshape(16, 16, 3)
    np.testing.assert_array_equal(model.quantize(data.scaling.apply(every)), every.astype(np.int16) - 128)
