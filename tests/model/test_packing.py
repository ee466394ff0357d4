import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

from nas.model.deploy.packing import pack


def _tree(item):
    """Everything that a reader of the file sees, as plain data."""
    if isinstance(item, (list, tuple, np.ndarray)):
        return [_tree(part) for part in item]
    if hasattr(item, "__dict__"):
        return {name: _tree(value) for name, value in vars(item).items()}
    return item.item() if isinstance(item, np.generic) else item


def _plainly(model):
    builder = flatbuffers.Builder()
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def _read(tflite):
    return schema.ModelT.InitFromPackedBuf(tflite, 0)


def test_a_packed_file_has_the_content_of_the_model(network):
    for file in (network.converted, network.tflite):
        assert _tree(_read(pack(_read(file)))) == _tree(_read(_plainly(_read(file))))


def test_sharing_equal_parts_makes_the_file_smaller(network):
    assert len(network.tflite) < len(_plainly(_read(network.tflite)))


def test_equal_zero_points_of_weights_are_stored_once(network):
    graph = schema.Model.GetRootAs(network.tflite, 0).Subgraphs(0)
    places = {}
    for i in range(graph.TensorsLength()):
        quantization = graph.Tensors(i).Quantization()
        if graph.Tensors(i).Buffer() and quantization is not None:
            zeros = quantization.ZeroPointAsNumpy()
            places.setdefault(bytes(zeros), set()).add(zeros.__array_interface__["data"][0])
    assert places
    assert all(len(addresses) == 1 for addresses in places.values())
