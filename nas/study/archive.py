"""A trained model and everything that belongs to it, as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nas.data.choice import DataChoice
from nas.data.prepared import Scaling
from nas.signal.front_end import FrontEnd
from nas.signal.kind import Kind, row_of
from nas.signal.raw import RAW
from nas.space.architecture import front_end_of
from nas.study.model_spec_tables import TargetTable
from nas.study.recipe import Recipe
from nas.study.record import Record
from nas.study.result import Trained
from nas.task.classification import Classification
from nas.task.task import Task


@dataclass(frozen=True, slots=True)
class Quantization:
    """Affine quantization of a whole tensor: real = (int8 - zero_point) * scale."""

    scale: float
    zero_point: int


@dataclass(frozen=True, slots=True)
class Example:
    """An input and the model's output for it, by which a firmware can be checked.

    The input is made up: the values of one row of unit normal noise, quantized. It shows nothing of the data.
    """

    input: tuple[int, ...]
    output: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """What a training leaves of a model, as the contents of files.

    Attributes:
        tflite: the int8 model.
        weights: the float weights, see `nas.model.weights`; None for a model of an earlier release.
        soft_labels: what it learned from besides the labels, an `.npy` of [n, classes]; None if from nothing else.
    """

    tflite: bytes
    weights: bytes | None = None
    soft_labels: bytes | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the data and the target of a model are, so that it can be trained again.

    Attributes:
        data: the data; paths are as they are from the current folder.
        target: where the model is to run, likewise, and what it may use there.
        folder: the folder that the archive is written to; paths in files are written as they are from there.
    """

    data: DataChoice
    target: TargetTable
    folder: Path = field(default_factory=Path)


@dataclass(frozen=True, slots=True)
class Embedded:
    """The parameters that a `.tflite` carries in its metadata.

    Attributes:
        keys: of the parameters.
        bytes: that they add to the file.
        left_out: why there are none although there should be; empty if there is no reason.
    """

    keys: tuple[str, ...] = ()
    bytes: int = 0
    left_out: str = ""


@dataclass(frozen=True, slots=True)
class Archive:
    """A trained model and everything that belongs to it, ready to be written in any format.

    Attributes:
        name: of the study; C symbols begin with it.
        tflite: the model file.
        trained: how the model was trained, chosen and tested; None for a model that no study has found, of which only
            what a device needs is known.
        footprint: of `tflite` on its target: the JSON of `nas profile`.
        class_names: one for each output; of anomaly detection, of rows that are normal and that are not.
        scaling: of each channel, fitted on the training rows.
        input: quantization of the scaled input; `output` of the probabilities, logits or values.
        task: what the model answers, with what brings its outputs to answers: of regression, what brings them to the
            units of their targets; of anomaly detection and of several labels at once, thresholds.
        command: shell command that repeats the study; `command_note` says what it cannot repeat.
        recipe: the settings of its training.
        channel_names: one for each entry of the input's last axis, or empty.
        sample_rate_hz: of windows of a signal, else None.
        units_scale: the sensor's integers times this give units, if data came as integers.
        data: description of the data: source, digest, rows and groups of each part.
        budget: limits by name, None where there was none.
        example: by which a firmware is checked; None in archives of earlier releases.
        weights: the float weights, and `soft_labels` what they were learned from, see `ModelFiles`.
        keras: the float model as the content of a `.keras` file; None in archives of earlier releases.
        origin: of a model whose data can be found again; files in a study's folder do not hold it.
        parameters: which parameters the `.tflite` carries in its metadata, once it has been made ready to be written.
        streaming: rows in time from one answer to the next, for plain C that computes only what is new; 0 for whole
            windows.
        reads: of a model that no study has found, its front-end and the shape of a row, by the keys of an architecture;
            empty for raw rows.
    """

    name: str
    tflite: bytes
    trained: Trained | None
    footprint: Mapping[str, Any]
    class_names: tuple[str, ...]
    scaling: Scaling
    input: Quantization
    output: Quantization
    command: str
    recipe: Recipe = field(default_factory=Recipe)
    channel_names: tuple[str, ...] = ()
    sample_rate_hz: float | None = None
    units_scale: tuple[float, ...] | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    budget: Mapping[str, Any] = field(default_factory=dict)
    command_note: str = ""
    example: Example | None = None
    weights: bytes | None = None
    soft_labels: bytes | None = None
    keras: bytes | None = None
    origin: Origin | None = None
    parameters: Embedded = field(default_factory=Embedded)
    task: Task = field(default_factory=Classification)
    reads: Mapping[str, Any] = field(default_factory=dict)
    streaming: int = 0

    @property
    def found(self) -> Trained:
        """How the study has trained the model; only for a model that a study has found."""
        assert self.trained is not None, "a model that no study has found is written in other formats"
        return self.trained

    @property
    def record(self) -> Record:
        """The record of the training that made the model; only for a model that a study has found."""
        return self.found.record

    def spread_of_targets(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Return the mean and the deviation of each target over the training rows; only for regression in a study."""
        task = self.record.architecture
        return tuple(task["target_mean"]), tuple(task["target_std"])

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Of the model's input tensor, batch first."""
        return next(tuple(t["shape"]) for t in self.footprint["tensors"] if t["kind"] == "input")

    @property
    def front_end(self) -> FrontEnd:
        """What computes the model's features from a row of data."""
        return front_end_of(self._reads, "architecture")

    @property
    def row_shape(self) -> tuple[int, ...]:
        """The shape of a row of data, before the front-end; only where one is known."""
        return tuple(self._reads["input_shape"])

    @property
    def _reads(self) -> Mapping[str, Any]:
        return self.reads if self.trained is None else self.record.architecture

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Names of the channels that the network reads: those of the data, or of the front-end's features; or empty."""
        return self.front_end.channel_names(self.channel_names)

    @property
    def is_scaled(self) -> bool:
        """Whether the scaling is known: a lone `.tflite` without parameters has one that changes nothing."""
        return self.trained is not None or any(self.scaling.mean) or any(std != 1 for std in self.scaling.std)

    @property
    def inputs_are(self) -> str:
        """What the model is given, in the plural: `windows` of a signal, `images`, or `rows` of a table."""
        if self.front_end != RAW:
            return Kind.of(self.row_shape).plural
        row = row_of(self.input_shape)
        return Kind.of(row).plural if len(row) <= Kind.IMAGE.axes else "rows"

    @property
    def output_is(self) -> str:
        """What the model gives for each class: `probability`, or `logit`, whose greatest is the same class.

        Of regression, `value`; of anomaly detection, `reconstruction`.
        """
        ends = self.op_kinds[-1:] in (("SOFTMAX",), ("LOGISTIC",))
        return self.task.output_is or ("probability" if ends else "logit")

    @property
    def op_kinds(self) -> tuple[str, ...]:
        """TFLite's names of the operators, each once, in order of appearance."""
        return tuple(dict.fromkeys(op["op"] for op in self.footprint["ops"]))

    @property
    def int8_kinds(self) -> frozenset[str]:
        """Those of `op_kinds` whose inputs, weights and outputs are int8 in every operator."""
        types = {tensor["index"]: tensor["dtype"] for tensor in self.footprint["tensors"]}
        others = {
            op["op"]
            for op in self.footprint["ops"]
            # A third input is a bias, which is int32.
            if any(types.get(index) != "int8" for index in (*op["inputs"][:2], *op["outputs"]))
        }
        return frozenset(self.op_kinds) - others
