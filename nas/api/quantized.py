"""What `nas.quantize` returns: a model by several schemes beside each other, and where quantization hurts."""

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from nas.study.layer_error import LayerError
from nas.study.quantization import Quantization
from nas.study.scores import as_accuracy
from nas.task.task import metric_title, score_text
from nas.text import kilobytes

if TYPE_CHECKING:
    from nas.data.tables.reading import Frame


@dataclass(frozen=True, slots=True)
class SchemeResult:
    """A model by one scheme.

    Attributes:
        scheme: its name, or `deployed` for the `.tflite` that the model came with.
        content: of the `.tflite`; None if it could not be made.
        file: where it was written; None if it was not.
        arena_bytes: what TFLM's `arena_used_bytes()` gives on the target; None where TFLM does not run it.
        arena_min_bytes: the arena to reserve: the smallest with which allocation and inference succeed.
        latency_ms: of an inference on the target; None if the target has no clock.
        score: in LiteRT, in `metric`; None without data.
        metric: what the score is: `accuracy`, or `rmse` of measured targets.
        supported: whether TFLM runs it.
        reason: why it could not be made, or why TFLM does not run it, and what to change.
    """

    scheme: str
    content: bytes | None = field(default=None, repr=False)
    file: str | None = None
    weights_bytes: int | None = None
    file_bytes: int | None = None
    arena_bytes: int | None = None
    arena_min_bytes: int | None = None
    latency_ms: float | None = None
    score: float | None = None
    metric: str = "accuracy"
    supported: bool = False
    reason: str | None = None

    @property
    def accuracy(self) -> float | None:
        """The score, if it is an accuracy."""
        return as_accuracy(self.metric, self.score)

    def to_json(self) -> dict[str, Any]:
        left_out = ("content", "file", "metric")
        facts = {name: getattr(self, name) for name in self.__dataclass_fields__ if name not in left_out}
        return {**facts, "accuracy": self.accuracy, "tflite": self.file}


@dataclass(frozen=True, slots=True, repr=False)
class Quantized:
    """A model by several schemes.

    Attributes:
        name: of the model.
        target: name of the target that arenas and latencies hold for.
        schemes: one after the other, as they were asked for.
        layers: the error of each layer, the worst first; empty if none was measured.
        layers_of: the scheme whose errors these are; None if there are none.
        deployed: the `.tflite` that the model came with; None if there is none.
        settings: of the converter.
        calibrated_on: the rows that ranges were measured on, in words.
        part: `test` or `val`, the rows that scores are of.
        rows: number of these rows.
        baseline: score of the best constant answer, the most frequent class or the mean target; None without data.
        metric: what scores and baseline are: `accuracy`, or `rmse` of measured targets.
        notes: what else there is to know, a sentence each.
    """

    name: str
    target: str
    schemes: tuple[SchemeResult, ...]
    layers: tuple[LayerError, ...]
    layers_of: str | None
    deployed: SchemeResult | None
    settings: Quantization
    calibrated_on: str
    part: str
    rows: int
    baseline: float | None
    notes: tuple[str, ...]
    metric: str = "accuracy"

    def to_json(self) -> dict[str, Any]:
        """Return the document of `nas quantize --json`."""
        return {
            "model": self.name,
            "target": self.target,
            "schemes": [row.to_json() for row in self.schemes],
            "layers": [asdict(layer) for layer in self.layers],
            "layers_of": self.layers_of,
            "deployed": None if self.deployed is None else self.deployed.to_json(),
            "metric": self.metric,
            "baseline_score": self.baseline,
            "calibration": self.calibrated_on,
            "part": self.part,
            "rows": self.rows,
            "baseline_accuracy": as_accuracy(self.metric, self.baseline),
            "notes": list(self.notes),
        }

    def frame(self) -> "Frame":
        """Return a pandas DataFrame, one row a scheme; the model's own `.tflite` comes last."""
        from nas.data.tables.reading import to_frame

        return to_frame([row.to_json() for row in (*self.schemes, *([self.deployed] if self.deployed else []))])

    def layers_frame(self) -> "Frame":
        """Return a pandas DataFrame, one row a layer, the worst first."""
        from nas.data.tables.reading import to_frame

        return to_frame([asdict(layer) for layer in self.layers])

    def _repr_html_(self) -> str:
        return str(self.frame().to_html())

    def __repr__(self) -> str:
        """Return the schemes with their sizes and accuracies, a line each."""
        rows = [f"  {row.scheme}: {_words(row, self.metric)}" for row in self.schemes]
        return "\n".join([f"<nas.Quantized {self.name}", *rows]) + ">"


def _words(row: SchemeResult, metric: str) -> str:
    if row.content is None:
        return row.reason or "could not be made"
    runs = "runs on TFLM" if row.supported else "does not run on TFLM"
    return f"{kilobytes(row.file_bytes)}, {metric_title(metric)} {score_text(metric, row.score)}, {runs}"
