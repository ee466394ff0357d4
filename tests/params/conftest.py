"""Small models of every form, and parameters of every kind."""

from pathlib import Path
from typing import Any

import flatbuffers
import pytest
from ai_edge_litert import schema_py_generated as schema

from nas.model.deploy.params.kinds import Param, make_params

CORPUS = Path(__file__).parents[2] / "native" / "fuzz" / "corpus"
# Among them: several subgraphs, a state, a plan of the arena made offline, models with and without metadata.
MODELS = {path.stem: path.read_bytes() for path in sorted(CORPUS.glob("*.tflite"))}

EVERY_KIND: dict[str, Any] = {
    "on": True,
    "off": False,
    "int8:int8": -128,
    "uint8:uint8": 255,
    "int16:int16": -32768,
    "uint16:uint16": 65535,
    "int32:int32": -(2**31),
    "uint32:uint32": 2**32 - 1,
    "int64:int64": -(2**63),
    "uint64:uint64": 2**64 - 1,
    "zero:int64": 0,
    "float32:float32": 0.1,
    "float64:float64": 0.1,
    "minus_zero:float64": -0.0,
    "text": "größe",
    "empty": "",
    "texts": ["walk", "", "sit", "walk"],
    "no_texts:strings": [],
    "ints": [-(2**31), 0, 2**31 - 1],
    "floats": [0.1, -1.5, 3e38],
    "bytes": bytes(range(7)),
}


@pytest.fixture
def every_kind() -> dict[str, Param]:
    return make_params(EVERY_KIND)


def packed(model: Any) -> bytes:
    """The bytes of a model that the schema's own object tree holds."""
    builder = flatbuffers.Builder(0)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def unpacked(tflite: bytes) -> Any:
    return schema.ModelT.InitFromPackedBuf(tflite, 0)
