"""What `nas.convert` returns: the files, their sizes, and how far each answers as the model that it was made from."""

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from nas.errors import InputError
from nas.keywords import explains_fields
from nas.study.scores import as_accuracy
from nas.text import counted, kilobytes, percent

if TYPE_CHECKING:
    from nas.data.tables.reading import Frame


@explains_fields()
@dataclass(frozen=True, slots=True)
class Bounds:
    """How far a converted model may answer otherwise than the one that it was made from.

    Attributes:
        difference: of the outputs of float ONNX from those of Keras.
        steps: of the int8 outputs of ONNX from those of LiteRT.
        equal: least share of the int8 outputs of ONNX that are LiteRT's.
        agreement: least share of rows for which the int8 model gives the class that Keras gives.
    """

    difference: float = 1e-4
    steps: int = 1
    equal: float = 0.94
    agreement: float = 0.95

    def __post_init__(self) -> None:
        if not 0 <= self.difference < float("inf"):
            raise InputError("difference", "must be 0 or more", got=self.difference)
        if self.steps < 0:
            raise InputError("steps", "must be 0 or more", got=self.steps)
        for name in ("equal", "agreement"):
            if not 0 <= getattr(self, name) <= 1:
                raise InputError(name, "must be a share from 0 to 1", got=getattr(self, name))


@dataclass(frozen=True, slots=True)
class Agreement:
    """How a converted model answers, compared with the model that it was made from.

    Attributes:
        reference: what answered in its place: `Keras` or `LiteRT`.
        rows: number of rows that both answered.
        difference: the largest between two outputs.
        mean_difference: the mean of all.
        steps: the largest in steps of the int8 output; None for float outputs.
        equal: share of outputs in the same step; None for float outputs.
        agreement: share of rows for which both give the same class; None for measured targets.
        score: on the rows, in `metric`; None for noise.
        reference_score: the same of the reference.
        metric: what the scores are: `accuracy`, or `rmse` of measured targets.
        rule: what must hold, in words; empty where rows of noise cannot tell.
        passed: whether it holds; None where there is no rule.
    """

    reference: str
    rows: int
    difference: float
    mean_difference: float
    steps: int | None
    equal: float | None
    agreement: float | None
    score: float | None
    reference_score: float | None
    metric: str
    rule: str
    passed: bool | None

    @property
    def accuracy(self) -> float | None:
        """`score`, if it is an accuracy; `reference_accuracy` likewise."""
        return as_accuracy(self.metric, self.score)

    @property
    def reference_accuracy(self) -> float | None:
        return as_accuracy(self.metric, self.reference_score)

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "accuracy": self.accuracy, "reference_accuracy": self.reference_accuracy}


@dataclass(frozen=True, slots=True)
class ConvertedFile:
    """One format of a model.

    Attributes:
        format: its name.
        content: of the file.
        file_bytes: size of the file; None if it could not be made.
        file: where it was written; None if it was not.
        checked: how it answers; None if it was not checked.
        reason: why it could not be made, or be checked; None if it could.
    """

    format: str
    content: bytes | None = field(default=None, repr=False)
    file_bytes: int | None = None
    file: str | None = None
    checked: Agreement | None = None
    reason: str | None = None

    @property
    def verdict(self) -> str:
        """`passes`, `differs`, `not judged`, `not checked` or `not made`."""
        if self.reason is not None:
            return "not made" if self.content is None else "not checked"
        if self.checked is None or self.checked.passed is None:
            return "not judged"
        return "passes" if self.checked.passed else "differs"

    @property
    def failed(self) -> bool:
        """Whether it could not be made or checked, or differs beyond the bounds."""
        return self.verdict in ("not made", "not checked", "differs")

    def to_json(self) -> dict[str, Any]:
        facts = {"format": self.format, "file": self.file, "file_bytes": self.file_bytes, "verdict": self.verdict}
        return {**facts, "reason": self.reason, "checked": None if self.checked is None else self.checked.to_json()}


@dataclass(frozen=True, slots=True, repr=False)
class Conversion:
    """A model in several formats.

    Attributes:
        name: of the model.
        files: one a format, as they were asked for.
        keras_bytes: size of the Keras model; None if there is none.
        rows_are: the rows that were compared on, in words.
        notes: what else there is to know, a sentence each.
    """

    name: str
    files: tuple[ConvertedFile, ...]
    keras_bytes: int | None
    rows_are: str
    notes: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether every format could be made and none differs beyond its bounds."""
        return not any(file.failed for file in self.files)

    def to_json(self) -> dict[str, Any]:
        """Return the document of `nas convert --json`."""
        return {
            "model": self.name,
            "keras_bytes": self.keras_bytes,
            "rows": self.rows_are,
            "files": [file.to_json() for file in self.files],
            "passed": self.passed,
            "notes": list(self.notes),
        }

    def frame(self) -> "Frame":
        """Return a pandas DataFrame, one row a format."""
        from nas.data.tables.reading import to_frame

        rows = [file.to_json() for file in self.files]
        return to_frame([{**row, **(row.pop("checked") or {})} for row in rows])

    def __repr__(self) -> str:
        words = [
            f"{file.format} {kilobytes(file.file_bytes)} {file.verdict}"
            + (f" ({percent(file.checked.agreement)} same class)" if file.checked and file.checked.agreement else "")
            for file in self.files
        ]
        return f"<nas.Conversion {self.name}: {'; '.join(words) or counted(0, 'file')}>"
