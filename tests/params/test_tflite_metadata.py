"""A model keeps everything but the parameters, and computes the same, when they are set, changed and removed."""

import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import flatbuffers
import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter

from nas.model.deploy.params.dictionary import encode
from nas.model.deploy.params.kinds import make_params
from nas.model.deploy.params.metadata import ENTRY, SILABS_ENTRY
from nas.model.deploy.params.store import read_params, without_params, write_params
from nas.target.profiler import profile

from .conftest import MODELS, packed, unpacked


def tree(value: Any) -> Any:
    """A model's object tree as nested plain data."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, list):
        return [tree(item) for item in value]
    return {name: tree(item) for name, item in vars(value).items()} if hasattr(value, "__dict__") else value


def rest(tflite: bytes) -> Any:
    """Everything that a model holds except its parameters: their entries, their bytes, and the list's length."""
    model = unpacked(tflite)
    entries = model.metadata or []
    ours = [entry for entry in entries if entry.name.decode() in (ENTRY, SILABS_ENTRY)]
    model.metadata = [entry for entry in entries if entry not in ours]
    for entry in ours:
        model.buffers[entry.buffer].data = None
    found = tree(model)
    while found["buffers"] and found["buffers"][-1]["data"] is None:
        found["buffers"].pop()
    return found


def others(shared: Path) -> dict[str, bytes]:
    paths = [path for name in ("models", "external") for path in sorted((shared / "truth" / name).glob("*.tflite"))][
        ::3
    ]
    assert len(paths) > 40
    return {path.stem: path.read_bytes() for path in paths}


def check(tflite: bytes, params: dict[str, Any]) -> None:
    written = write_params(tflite, params)
    assert read_params(written) == params
    assert rest(written) == rest(tflite)
    assert schema.Model.ModelBufferHasIdentifier(written, 0)
    assert aligned(written)
    again = write_params(write_params(written, make_params({"other": 1})), params)
    assert again == written
    bare = without_params(written)
    assert read_params(bare) == {}
    assert rest(bare) == rest(tflite)
    assert bare == without_params(tflite) == without_params(bare)


def aligned(tflite: bytes) -> bool:
    """Whether the data of every buffer that was aligned by its writer are, and those of the parameters."""
    model = schema.Model.GetRootAs(tflite, 0)
    start = np.frombuffer(tflite, np.uint8).__array_interface__["data"][0]
    entries = {model.Metadata(i).Name(): model.Metadata(i).Buffer() for i in range(model.MetadataLength())}
    data = model.Buffers(entries[ENTRY.encode()]).DataAsNumpy()
    return (data.__array_interface__["data"][0] - start) % 16 == 0


@pytest.mark.parametrize("name", MODELS)
def test_everything_but_the_parameters_stays(every_kind, name):
    check(MODELS[name], every_kind)


def test_everything_but_the_parameters_stays_in_the_models_of_other_converters(every_kind, shared):
    for tflite in others(shared).values():
        check(tflite, every_kind)


def test_the_bytes_behind_the_root_stay_as_they_are(every_kind):
    for tflite in MODELS.values():
        written = write_params(tflite, every_kind)
        kept = 0
        while kept < len(tflite) and tflite[-kept - 1] == written[-kept - 1]:
            kept += 1
        assert kept > 0.6 * len(tflite)
        assert (len(written) - len(tflite)) % 16 == 0


def test_a_model_that_was_slimmed_has_its_very_bytes_back_when_its_parameters_are_removed(every_kind):
    for name in ("cnn_image", "cnn_timeseries", "mlp_tabular"):
        assert without_params(write_params(MODELS[name], every_kind)) == MODELS[name]


def outputs(tflite: bytes, inputs: list[np.ndarray]) -> list[np.ndarray]:
    interpreter = Interpreter(model_content=tflite)
    interpreter.allocate_tensors()
    for detail, x in zip(interpreter.get_input_details(), inputs, strict=True):
        interpreter.set_tensor(detail["index"], x)
    interpreter.invoke()
    return [interpreter.get_tensor(detail["index"]) for detail in interpreter.get_output_details()]


def noise(tflite: bytes) -> list[np.ndarray]:
    random = np.random.default_rng(0)
    found = []
    for detail in Interpreter(model_content=tflite).get_input_details():
        shape, dtype = detail["shape"], detail["dtype"]
        x = random.standard_normal(shape) if dtype == np.float32 else random.integers(0, 2, shape)
        found.append(x.astype(dtype))
    return found


def same_outputs(tflite: bytes, written: bytes) -> bool:
    """Whether LiteRT computes the same bytes with both files; it refuses both or none."""
    try:
        inputs = noise(tflite)
        expected = outputs(tflite, inputs)
    except (RuntimeError, ValueError):
        with pytest.raises((RuntimeError, ValueError)):
            outputs(written, noise(written))
        return False
    for got, wanted in zip(outputs(written, inputs), expected, strict=True):
        assert got.tobytes() == wanted.tobytes()
    return True


def test_litert_computes_the_same_bytes(every_kind):
    ran = [same_outputs(tflite, write_params(tflite, every_kind)) for tflite in MODELS.values()]
    assert sum(ran) > len(ran) / 2


def test_litert_computes_the_same_bytes_with_the_models_of_other_converters(every_kind, shared):
    small = [tflite for tflite in others(shared).values() if len(tflite) < 12_000]
    assert sum(same_outputs(tflite, write_params(tflite, every_kind)) for tflite in small) > 20


@pytest.mark.parametrize("name", ["cnn_image", "cnn_timeseries", "mlp_tabular"])
def test_tflm_computes_the_same_bytes(every_kind, name):
    micro = pytest.importorskip("tflite_micro", reason="tflite-micro has wheels for x86-64 Linux only")
    files = MODELS[name], write_params(MODELS[name], every_kind)
    before, after = map(micro.runtime.Interpreter.from_bytes, files)
    (x,) = noise(MODELS[name])
    for interpreter in (before, after):
        interpreter.set_input(x, 0)
        interpreter.invoke()
    np.testing.assert_array_equal(after.get_output(0), before.get_output(0))


@pytest.mark.parametrize("name", MODELS)
def test_parameters_cost_bytes_of_the_file_and_no_others(every_kind, name):
    tflite = MODELS[name]
    written = write_params(tflite, every_kind)
    before, after = profile(tflite, "cortex-m4"), profile(written, "cortex-m4")
    added = len(written) - len(tflite)
    assert after.file_bytes == before.file_bytes + added
    assert after.flash == replace(before.flash, model=before.flash.model + added)
    same = {"file_bytes": 0, "flash": before.flash}
    assert replace(after, **same) == replace(before, **same)


def silabs_style(tflite: bytes, content: bytes) -> bytes:
    """The file as tools write it that unpack a model, add an entry, and pack it again."""
    model = unpacked(tflite)
    entry = schema.MetadataT()
    entry.name, entry.buffer = SILABS_ENTRY, len(model.buffers)
    model.metadata = [*(model.metadata or []), entry]
    model.buffers.append(schema.BufferT(data=np.frombuffer(content, np.uint8)))
    return packed(model)


@pytest.mark.parametrize("name", MODELS)
def test_an_entry_that_another_tool_wrote_is_read_and_replaced(every_kind, name):
    theirs = silabs_style(MODELS[name], encode(every_kind))
    assert read_params(theirs) == every_kind
    changed = make_params({"threshold": 3})
    ours = write_params(theirs, changed, SILABS_ENTRY)
    assert read_params(ours) == changed
    assert rest(ours) == rest(theirs)
    assert rest(without_params(ours)) == rest(theirs)


def test_both_entries_can_be_in_one_file(every_kind):
    tflite = MODELS["offline_plan"]
    other = make_params({"a": 1})
    both = write_params(write_params(tflite, every_kind), other, SILABS_ENTRY)
    assert read_params(both) == every_kind
    assert read_params(both, SILABS_ENTRY) == other
    assert rest(both) == rest(tflite)
    assert write_params(write_params(both, make_params({"b": 2})), every_kind) == both
    alone = write_params(both, {}, ENTRY)
    assert len(both) - len(alone) >= len(write_params(tflite, every_kind)) - len(tflite) - 32
    assert read_params(alone) == other
    assert rest(alone) == rest(tflite)
    assert rest(without_params(both)) == rest(tflite)


def handmade(root_fields: int = 5) -> bytes:
    """A model with data behind the FlatBuffer, which it finds by their place in the file, and with unknown fields."""
    builder = flatbuffers.Builder(0)
    builder.StartObject(4)
    builder.PrependUint64Slot(1, 1 << 40, 0)  # stands for the place until that is known
    builder.PrependUint64Slot(2, 8, 0)
    outside = builder.EndObject()
    builder.StartObject(3)
    empty = builder.EndObject()
    builder.StartVector(4, 2, 4)
    builder.PrependUOffsetTRelative(outside)
    builder.PrependUOffsetTRelative(empty)
    buffers = builder.EndVector()
    secret = builder.CreateString("of a later schema")
    builder.StartObject(30)
    builder.PrependUOffsetTRelativeSlot(29, secret, 0)
    graph = builder.EndObject()
    builder.StartVector(4, 1, 4)
    builder.PrependUOffsetTRelative(graph)
    graphs = builder.EndVector()
    builder.StartObject(30)
    builder.PrependUint32Slot(0, 3, 0)
    builder.PrependUOffsetTRelativeSlot(2, graphs, 0)
    builder.PrependUOffsetTRelativeSlot(4, buffers, 0)
    if root_fields > 10:
        builder.PrependUOffsetTRelativeSlot(root_fields - 1, buffers, 0)
    builder.Finish(builder.EndObject(), b"TFL3")
    content = bytes(builder.Output())
    content += bytes(-len(content) % 16)
    return content.replace(struct.pack("<Q", 1 << 40), struct.pack("<Q", len(content))) + b"external"


def external(tflite: bytes) -> bytes:
    buffer = schema.Model.GetRootAs(tflite, 0).Buffers(1)
    return tflite[buffer.Offset() : buffer.Offset() + buffer.Size()]


def test_data_behind_the_flatbuffer_are_found_where_they_moved_to(every_kind):
    tflite = handmade()
    assert external(tflite) == b"external"
    written = write_params(tflite, every_kind)
    assert external(written) == b"external"
    assert external(without_params(written)) == b"external"


def test_fields_of_a_later_schema_stay(every_kind):
    graph = schema.Model.GetRootAs(write_params(handmade(), every_kind), 0).Subgraphs(0)._tab
    assert graph.String(graph.Pos + graph.Offset(4 + 2 * 29)) == b"of a later schema"


def test_a_model_whose_root_has_fields_of_a_later_schema_is_refused(every_kind):
    with pytest.raises(ValueError, match="later format"):
        write_params(handmade(root_fields=12), every_kind)


def test_a_buffer_that_something_else_uses_too_is_not_touched(every_kind):
    model = unpacked(MODELS["cnn_image"])
    index = max(tensor.buffer for tensor in model.subgraphs[0].tensors)
    entry = schema.MetadataT()
    entry.name, entry.buffer = ENTRY, index
    model.metadata = [entry]
    shared_buffer = packed(model)
    written = write_params(shared_buffer, every_kind)
    assert read_params(written) == every_kind
    before, after = (unpacked(file).buffers[index].data for file in (shared_buffer, written))
    np.testing.assert_array_equal(after, before)


def test_damaged_files_are_refused_or_written_and_nothing_else(every_kind):
    random = np.random.default_rng(0)
    names = list(MODELS)
    refused = 0
    for trial in range(300):
        content = write_params(MODELS[names[trial % len(names)]], every_kind)
        mutated = bytearray(content[: random.integers(len(content))] if trial % 3 == 0 else content)
        for _ in range(random.integers(1, 6)):
            # The head, which every reader needs, is hit more often.
            place = random.integers(min(len(mutated), 1200)) if trial % 2 else random.integers(len(mutated) or 1)
            mutated[place : place + 1] = bytes([random.choice([0, 1, 128, 255, random.integers(256)])])
        try:
            read_params(bytes(mutated))
            write_params(bytes(mutated), every_kind)
        except ValueError:
            refused += 1
    assert 25 < refused < 300
