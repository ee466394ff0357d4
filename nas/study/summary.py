"""What a model is, layer by layer and tensor by tensor, whether it is a `.tflite` or a Keras model: plain data."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from nas.study.scheme import SCHEMES
from nas.target.details import TensorQuantization
from nas.target.footprint import Footprint
from nas.text import counted, facts_html

if TYPE_CHECKING:
    from nas.data.tables.reading import Frame

_INTEGERS: Mapping[str, tuple[int, int]] = {
    "int4": (-8, 7),
    "int8": (-128, 127),
    "uint8": (0, 255),
    "int16": (-32768, 32767),
    "int32": (-(2**31), 2**31 - 1),
}

TensorKind = Literal["input", "output", "activation", "constant"]


@dataclass(frozen=True, slots=True)
class TensorSummary:
    """A tensor: what flows between layers, or a constant.

    Attributes:
        shape: None where a size is open, such as the batch of a Keras model.
        bytes: of its data; with a batch of 1 where the batch is open, None if another size is.
        quantization: None if it has none.
    """

    index: int
    name: str
    kind: TensorKind
    shape: tuple[int | None, ...]
    dtype: str
    bytes: int | None
    quantization: TensorQuantization | None = None

    @property
    def elements(self) -> int:
        """How many numbers it holds, with 1 for an open size."""
        return math.prod(1 if size is None else size for size in self.shape)

    def represents(self) -> tuple[float, float] | None:
        """Return the least and the greatest number that a tensor with one scale can hold; None for any other."""
        known = self.quantization
        if known is None or known.per_channel or self.dtype not in _INTEGERS:
            return None
        low, high = ((end - known.zero_points[0]) * known.scales[0] for end in _INTEGERS[self.dtype])
        return low, high


@dataclass(frozen=True, slots=True)
class LayerSummary:
    """An operator of a `.tflite`, or a layer of a Keras model.

    Attributes:
        kind: TFLite's name of the operator (CONV_2D), or the layer's class (Conv1D).
        name: of the layer; of an operator, that of its first output.
        inputs: indices of the tensors that it reads, constants left out.
        outputs: indices of the tensors that it gives.
        weights: indices of the constants that it reads.
        parameters: how many numbers its weights and biases hold.
        trainable: how many of these training changes; None for an operator.
        macs: multiply-accumulates of one row; None if they are not known.
        options: by TFLite's or Keras's own names.
        latency_ms: on the target; None if it is not known.
        reason: why the runtime refuses it, or why nothing is known of it; None if it is supported.
    """

    index: int
    kind: str
    name: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    weights: tuple[int, ...]
    parameters: int
    trainable: int | None
    macs: int | None
    options: Mapping[str, Any]
    latency_ms: float | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Summary:
    """What a model is; `nas.summarize` gives one.

    Attributes:
        name: of the file, or of the study or training that the model comes from.
        format: of the model.
        scheme: how it is quantized, a name in `nas.study.scheme.SCHEMES`.
        layers: its operators or layers, in the order in which they run.
        tensors: at their indices.
        file_bytes: of the `.tflite` or `.keras` file.
        parameters: how many numbers its weights and biases hold, those of a shared layer once.
        trainable: how many of these training changes; None for a `.tflite`.
        facts: what else the file says of itself.
        footprint: of a `.tflite` on the target; None for a Keras model.
    """

    name: str
    format: Literal["tflite", "keras"]
    scheme: str
    layers: tuple[LayerSummary, ...]
    tensors: tuple[TensorSummary, ...]
    file_bytes: int
    parameters: int
    trainable: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    footprint: Footprint | None = None

    @property
    def macs(self) -> int:
        """Multiply-accumulates of one row, of the layers where they are known."""
        return sum(layer.macs or 0 for layer in self.layers)

    @property
    def unknown_macs(self) -> tuple[str, ...]:
        """The kinds of layers whose multiply-accumulates are not known, each once."""
        return tuple(dict.fromkeys(layer.kind for layer in self.layers if layer.macs is None))

    @property
    def weights_bytes(self) -> int:
        """Bytes of all constant tensors."""
        return sum(tensor.bytes or 0 for tensor in self.of_kind("constant"))

    @property
    def words(self) -> str:
        """How the model is quantized."""
        return SCHEMES[self.scheme]

    def of_kind(self, kind: TensorKind) -> Iterator[TensorSummary]:
        """Yield the tensors of a kind."""
        return (tensor for tensor in self.tensors if tensor.kind == kind)

    def refusals(self) -> dict[str, list[int]]:
        """Return why the runtime refuses layers, or why nothing is known of them, with the indices of the layers."""
        reasons: dict[str, list[int]] = {}
        for layer in self.layers:
            if layer.reason:
                reasons.setdefault(layer.reason, []).append(layer.index)
        return reasons

    def to_json(self) -> dict[str, Any]:
        """Return the document of `nas summarize --json`."""
        on_target = self.footprint
        return {
            "name": self.name,
            "format": self.format,
            "file_bytes": self.file_bytes,
            "quantization": {"scheme": self.scheme, "words": self.words},
            "parameters": self.parameters,
            "trainable_parameters": self.trainable,
            "weights_bytes": self.weights_bytes,
            "macs": self.macs,
            "macs_unknown": list(self.unknown_macs),
            "target": None if on_target is None else on_target.target,
            "supported": None if on_target is None else on_target.supported,
            "reasons": [{"reason": reason, "layers": layers} for reason, layers in self.refusals().items()],
            "inputs": [asdict(tensor) for tensor in self.of_kind("input")],
            "outputs": [asdict(tensor) for tensor in self.of_kind("output")],
            "layers": [asdict(layer) for layer in self.layers],
            "tensors": [asdict(tensor) for tensor in self.tensors],
            **self.facts,
        }

    def frame(self) -> "Frame":
        """Return a pandas DataFrame, one row a layer."""
        from nas.data.tables.reading import to_frame

        return to_frame([self._row(layer) for layer in self.layers])

    def _row(self, layer: LayerSummary) -> dict[str, object]:
        first = self.tensors[layer.outputs[0]] if layer.outputs else None
        return {
            "layer": layer.index,
            "kind": layer.kind,
            "name": layer.name,
            "output": None if first is None else first.shape,
            "type": None if first is None else first.dtype,
            "parameters": layer.parameters,
            "trainable": layer.trainable,
            "macs": layer.macs,
            "latency_ms": layer.latency_ms,
            "reason": layer.reason,
            **layer.options,
        }

    def __repr__(self) -> str:
        what = "operator" if self.format == "tflite" else "layer"
        return (
            f"<nas.Summary {self.name}: {self.words}, {counted(len(self.layers), what)}, "
            f"{self.parameters:,} parameters, {self.macs:,} MACs>"
        )

    def _repr_html_(self) -> str:
        facts = {
            "quantization": self.words,
            "operators" if self.format == "tflite" else "layers": f"{len(self.layers):,}",
            "parameters": f"{self.parameters:,}",
            "multiply-accumulates": f"{self.macs:,}",
            "file": f"{self.file_bytes:,} B",
        }
        if reasons := self.refusals():
            facts["refused"] = "; ".join(reasons)
        return facts_html(self.name, facts)
