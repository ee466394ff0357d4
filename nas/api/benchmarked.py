"""What `nas.benchmark` returns: models on this computer, the table that collections of models print."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nas.study.scores import as_accuracy
from nas.target.footprint import Footprint
from nas.target.numbers import Numbers
from nas.text import kilobytes

if TYPE_CHECKING:
    from nas.data.tables.reading import Frame


@dataclass(frozen=True, slots=True)
class HostTime:
    """A model in one interpreter on this computer, on one thread.

    Attributes:
        median_us: median time of an inference in microseconds; None if the interpreter does not run the model.
        low_us: time that a tenth of the inferences stays below.
        high_us: time that nine tenths stay below.
        runs: number of timed inferences.
        score: on the test rows, in `metric`; None without data.
        metric: what the score is: `accuracy`, or `rmse` of measured targets.
        reason: why the interpreter does not run it.
    """

    median_us: float | None = None
    low_us: float | None = None
    high_us: float | None = None
    runs: int = 0
    score: float | None = None
    metric: str = "accuracy"
    reason: str | None = None

    @property
    def accuracy(self) -> float | None:
        """The score, if it is an accuracy."""
        return as_accuracy(self.metric, self.score)

    def to_json(self) -> dict[str, Any]:
        facts = asdict(self)
        del facts["metric"]
        return {**facts, "accuracy": self.accuracy}


@dataclass(frozen=True, slots=True)
class BenchmarkRow:
    """One model.

    Attributes:
        file: its path.
        numbers: how it is quantized.
        footprint: on the target; None if the file is no valid model.
        litert: in LiteRT with its built-in kernels.
        xnnpack: in LiteRT with XNNPACK's kernels, its default.
        tflm: in TFLM's reference kernels.
        tflm_arena_bytes: bytes of the arena that TFLM uses on this computer. Its package's interpreter records what it
            allocates, for which it needs some more than the arena of the footprint.
        tflm_expected_bytes: what we expect that interpreter to use.
        reason: why the file was not measured at all.
    """

    file: str
    numbers: Numbers | None = None
    footprint: Footprint | None = None
    litert: HostTime = HostTime()
    xnnpack: HostTime = HostTime()
    tflm: HostTime = HostTime()
    tflm_arena_bytes: int | None = None
    tflm_expected_bytes: int | None = None
    reason: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the row with each of its tensors."""
        tensors = [] if self.footprint is None else [asdict(t) for t in self.footprint.tensors]
        times = {name: getattr(self, name).to_json() for name in _INTERPRETERS}
        return {**self.totals(), **times, "tensors": tensors}

    def totals(self) -> dict[str, Any]:
        """Return the row's figures without those of interpreters and tensors."""
        known = self.footprint
        return {
            "file": self.file,
            "numbers": None if self.numbers is None else self.numbers.value,
            "weights_bytes": None if known is None else known.weights_bytes,
            "file_bytes": None if known is None else known.file_bytes,
            "arena_bytes": None if known is None or known.refused else known.detail.used,
            "tflm_arena_bytes": self.tflm_arena_bytes,
            "tflm_expected_bytes": self.tflm_expected_bytes,
            "macs": None if known is None else known.macs,
            "operators": None if known is None else len(known.ops),
            "tensor_count": None if known is None else len(known.tensors),
            "supported": known is not None and known.supported,
            "reason": self.reason,
        }

    def flat(self) -> dict[str, Any]:
        """Return the row as a table has it: figures of interpreters as columns with their names in front."""
        times = {
            f"{name}_{key}": value for name in _INTERPRETERS for key, value in getattr(self, name).to_json().items()
        }
        return {**self.totals(), **times}


_INTERPRETERS = ("litert", "xnnpack", "tflm")


@dataclass(frozen=True, slots=True, repr=False)
class Benchmark:
    """Models measured on this computer.

    Attributes:
        target: name of the target that footprints hold for.
        rows: one a model.
        test_rows: number of rows that scores are of; 0 without data.
        baseline: score of the best constant answer, the most frequent class or the mean target; None without data.
        metric: what scores and baseline are: `accuracy`, or `rmse` of measured targets.
    """

    target: str
    rows: tuple[BenchmarkRow, ...]
    test_rows: int = 0
    baseline: float | None = None
    metric: str = "accuracy"

    def to_json(self) -> dict[str, Any]:
        """Return the document of `nas benchmark --json`."""
        return {
            "target": self.target,
            "models": [row.to_json() for row in self.rows],
            "test_rows": self.test_rows,
            "metric": self.metric,
            "baseline_score": self.baseline,
            "baseline_accuracy": as_accuracy(self.metric, self.baseline),
        }

    def frame(self) -> "Frame":
        """Return a pandas DataFrame, one row a model."""
        from nas.data.tables.reading import to_frame

        return to_frame([row.flat() for row in self.rows])

    def tensors_frame(self) -> "Frame":
        """Return a pandas DataFrame, one row a tensor of a model."""
        from nas.data.tables.reading import to_frame

        return to_frame([tensor for row in self.rows for tensor in _tensors(row)])

    def write(self, path: str | Path) -> list[Path]:
        """Write the models and their tensors as tables, and return the files.

        Args:
            path: an `.xlsx` workbook with a sheet for each, or a `.csv` file for the models, beside which
                `<name>_tensors.csv` holds the tensors.

        Raises:
            InputError: the ending is another one, or a workbook needs a package that is not installed.
        """
        from nas.data.tables.writing import write_tables

        return write_tables(Path(path), {"models": self.frame(), "tensors": self.tensors_frame()})

    def _repr_html_(self) -> str:
        return str(self.frame().to_html())

    def __repr__(self) -> str:
        lines = [f"  {row.file}: {_words(row)}" for row in self.rows]
        return "\n".join([f"<nas.Benchmark of {len(self.rows)} models", *lines]) + ">"


def _tensors(row: BenchmarkRow) -> Iterator[dict[str, Any]]:
    for tensor in () if row.footprint is None else row.footprint.tensors:
        shape = "x".join(map(str, tensor.shape)) or "scalar"
        yield {"file": row.file, **asdict(tensor), "shape": shape}


def _words(row: BenchmarkRow) -> str:
    if row.footprint is None:
        return row.reason or "not measured"
    times = ", ".join(
        f"{name} {time.median_us:,.0f} us"
        for name in _INTERPRETERS
        if (time := getattr(row, name)).median_us is not None
    )
    return f"{row.numbers}, {kilobytes(row.footprint.weights_bytes)} of weights, {times}"
