"""The summary of a Keras model: its layers in the order in which they run, with those of models within it."""

import io
import math
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from nas.codec import parse_json
from nas.errors import InputError
from nas.model.keras_file import load_keras
from nas.model.keras_macs import macs_of
from nas.study.summary import LayerSummary, Summary, TensorSummary
from nas.study.tflite_summary import WeightTensor

# Of a layer's settings, those that say what it computes are told: no initializers, names and types.
_OPTIONS = (
    "units",
    "filters",
    "kernel_size",
    "pool_size",
    "strides",
    "padding",
    "dilation_rate",
    "depth_multiplier",
    "groups",
    "activation",
    "recurrent_activation",
    "return_sequences",
    "use_bias",
    "axis",
    "epsilon",
    "rate",
    "target_shape",
    "data_format",
    "num_heads",
    "key_dim",
    "input_dim",
    "output_dim",
)
_CHANNELS_LAST = ("data_format", "channels_last")
_FACTS = ("keras_version", "date_saved")


def summarize_keras(content: bytes, name: str, place: object = "model") -> tuple[Summary, list[WeightTensor]]:
    """Return what a Keras model is, and its weights.

    Args:
        content: of a `.keras` file.
        name: of the model.
        place: the file in messages.

    Raises:
        InputError: the content is no `.keras` file, holds what does not come with Keras, or no graph of layers.
    """
    model = load_keras(content, place)
    if (graph := _graph(model)) is None:
        rule = "must hold a functional or sequential model that is built"
        raise InputError(place, rule, got=type(model).__name__, hint="give it an Input, and save it again")
    walk = _Walk()
    walk.begin(graph.inputs)
    walk.end(walk.follow(graph, ""))
    summary = Summary(
        name=name,
        format="keras",
        scheme=_scheme(model),
        layers=tuple(walk.layers),
        tensors=tuple(walk.tensors),
        file_bytes=len(content),
        parameters=_count(model.weights),
        trainable=_count(model.trainable_weights),
        facts=_facts(content, place),
    )
    return summary, [
        WeightTensor(weight.path, str(weight.dtype), tuple(map(int, weight.shape)), np.asarray(weight).ravel())
        for weight in model.weights
    ]


class _Walk:
    """Follows a graph of layers from the inputs on, and numbers its layers and tensors.

    Life cycle: `begin`, `follow` the outermost graph, `end`; then `layers` and `tensors` are complete.
    """

    def __init__(self) -> None:
        self.layers: list[LayerSummary] = []
        self.tensors: list[TensorSummary] = []
        self._indices: dict[int, int] = {}
        self._weights: dict[int, int] = {}

    def begin(self, inputs: Sequence[Any]) -> None:
        for tensor in inputs:
            self._indices[id(tensor)] = self._add(tensor, str(tensor.name), "input")

    def end(self, outputs: Sequence[int]) -> None:
        for i in outputs:
            old = self.tensors[i]
            if old.kind == "activation":
                self.tensors[i] = TensorSummary(i, old.name, "output", old.shape, old.dtype, old.bytes)

    def follow(self, graph: Any, prefix: str) -> list[int]:
        """Add the layers of a graph whose inputs have been numbered; return the indices of its outputs."""
        for node in _nodes(graph):
            read = [self._indices[id(tensor)] for tensor in node.arguments.keras_tensors]
            inner = _graph(node.operation)
            if inner is not None:
                self._indices.update(zip(map(id, inner.inputs), read, strict=True))
                given = self.follow(inner, f"{prefix}{node.operation.name}/")
            else:
                given = self._layer(node, read, prefix)
            self._indices.update(zip(map(id, node.outputs), given, strict=True))
        return [self._indices[id(tensor)] for tensor in graph.outputs]

    def _layer(self, node: Any, read: Sequence[int], prefix: str) -> list[int]:
        layer, name = node.operation, f"{prefix}{node.operation.name}"
        given = [
            self._add(tensor, name if len(node.outputs) == 1 else f"{name}:{i}", "activation")
            for i, tensor in enumerate(node.outputs)
        ]
        weights = list(getattr(layer, "weights", ()))
        # The weights of a layer that is used twice count where it is used first.
        new = [weight for weight in weights if id(weight) not in self._weights]
        trainable = {id(weight) for weight in getattr(layer, "trainable_weights", ())}
        self.layers.append(
            LayerSummary(
                index=len(self.layers),
                kind=type(layer).__name__,
                name=name,
                inputs=tuple(dict.fromkeys(read)),
                outputs=tuple(given),
                weights=tuple(self._weight(weight) for weight in weights),
                parameters=_count(new),
                trainable=_count([weight for weight in new if id(weight) in trainable]),
                macs=macs_of(layer, *([self.tensors[i].shape for i in indices] for indices in (read, given))),
                options=_options(layer),
            )
        )
        return given

    def _weight(self, weight: Any) -> int:
        if id(weight) not in self._weights:
            self._weights[id(weight)] = self._add(weight, weight.path, "constant")
        return self._weights[id(weight)]

    def _add(self, tensor: Any, name: str, kind: Any) -> int:
        shape = tuple(None if size is None else int(size) for size in tensor.shape)
        open_sizes = None in (shape if kind == "constant" else shape[1:])
        size = None if open_sizes else math.prod(one or 1 for one in shape) * _width(str(tensor.dtype))
        self.tensors.append(TensorSummary(len(self.tensors), name, kind, shape, str(tensor.dtype), size))
        return len(self.tensors) - 1


def _graph(layer: Any) -> Any:
    """Return the graph of a model of layers, None for a layer that is none."""
    graph = getattr(layer, "_functional", layer)
    return graph if hasattr(graph, "_nodes_by_depth") else None


def _nodes(graph: Any) -> Iterator[Any]:
    """Yield the calls of layers in the order in which they run, without the inputs."""
    for depth in sorted(graph._nodes_by_depth, reverse=True):
        yield from (node for node in graph._nodes_by_depth[depth] if not node.is_input)


def _count(weights: Sequence[Any]) -> int:
    return sum(math.prod(map(int, weight.shape)) for weight in weights)


def _width(dtype: str) -> int:
    """Return the bytes of a number."""
    return 2 if dtype == "bfloat16" else np.dtype(dtype).itemsize if dtype in np.sctypeDict else 4


def _options(layer: Any) -> dict[str, Any]:
    config = layer.get_config() if hasattr(layer, "get_config") else {}
    plain = ((name, config.get(name)) for name in _OPTIONS)
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in plain
        if isinstance(value, bool | int | float | str | list | tuple) and (name, value) != _CHANNELS_LAST
    }


def _scheme(model: Any) -> str:
    types = {str(weight.dtype) for weight in model.weights if len(weight.shape) > 1} or {"float32"}
    known = {"float32": "float32", "float16": "float16", "int8": "int8_weights"}
    if "int8" in types:
        return "int8_weights"
    return known.get(types.pop(), "mixed") if len(types) == 1 else "mixed"


def _facts(content: bytes, place: object) -> dict[str, Any]:
    """Return what the file says of how it was saved."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if "metadata.json" not in archive.namelist():
            return {}
        known = parse_json(archive.read("metadata.json"), f"{place}: metadata.json")
    return {key: str(known[key]) for key in _FACTS if key in known} if isinstance(known, dict) else {}
