"""A model's answers for rows or recordings without classes, window by window."""

import csv
import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from nas.api import STUDIES
from nas.api.loading import load
from nas.api.model import Model
from nas.api.model_data import like_training
from nas.arrays import Array, Doubles
from nas.data.given import Data
from nas.data.options import DataOptions
from nas.data.readers.unlabelled import ROWS, Stretch, Wanted, numbered, read_unlabelled, rows_of_frame
from nas.data.source import READERS
from nas.errors import InputError
from nas.evaluation.channels import match_channels
from nas.files import write_atomic
from nas.keywords import explains_keywords
from nas.task.classification import Classification
from nas.task.task import Task, name_of

if TYPE_CHECKING:
    from nas.data.tables.reading import Frame

COLUMNS = ("source", "start", "end")
"""The first columns of every table; behind them are those of the task."""
NO_LABEL = "none"
"""Stands where no label holds."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Predictions:
    """A model's answers, a row or window each, in their order; `nas.predict` gives them.

    Attributes:
        class_names: of the columns of `probabilities`; of regression, the names of the targets.
        sources: the file of each window, or the array and number of each row [n].
        start: when each window begins, in seconds from the beginning of its recording [n]; NaN for rows without time.
        end: when it ends [n].
        probabilities: of each class [n, classes]; of regression, the value of each target [n, targets], in units; of
            anomaly detection, the score of each row [n, 1].
        notes: what was assumed or left out, one line each.
        task: of the model, with its thresholds.
    """

    class_names: tuple[str, ...]
    sources: tuple[str, ...]
    start: Doubles
    end: Doubles
    probabilities: Array
    notes: tuple[str, ...] = ()
    task: Task = field(default_factory=Classification)

    def __len__(self) -> int:
        return len(self.sources)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of tables: `source`, `start`, `end`, `class`, and one a class; of other tasks, their answers."""
        known = (*COLUMNS, *filter(None, [self.task.answer_column]))
        names, _ = self.task.figures(self.probabilities, self.class_names)
        return (*known, *(f"p({name})" if name in known else name for name in names))

    @property
    def classes(self) -> list[str]:
        """The class that the model gives to each row; its labels with `;` between, or `none`; none of regression."""
        return [";".join(names) or NO_LABEL for names in self.labels]

    @property
    def labels(self) -> list[list[str]]:
        """The labels that hold for each row, by the thresholds of the model; of other models its one class, if any."""
        return self.task.found(self.probabilities, self.class_names)

    def rows(self) -> list[list[Any]]:
        """Return the cells of each row; None for an unknown time."""
        times = [[None if np.isnan(t) else round(t, 6) for t in each.tolist()] for each in (self.start, self.end)]
        _, figures = self.task.figures(self.probabilities, self.class_names)
        cells = [self.sources, *times, *([self.classes] if self.task.answer_column else [])]
        return [[*cell, *map(_shortened, row)] for *cell, row in zip(*cells, figures, strict=True)]

    def to_csv(self) -> str:
        """Return a table with a line a row, as CSV."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(self.columns)
        writer.writerows(self.rows())
        return text.getvalue()

    def save(self, path: Path | str) -> Path:
        """Write the CSV file whole or not at all, and return its path."""
        return write_atomic(Path(path), self.to_csv())

    def to_json(self) -> dict[str, Any]:
        """Return all rows as objects, and the notes."""
        rows = [dict(zip(self.columns, row, strict=True)) for row in self.rows()]
        return {
            "rows": rows,
            "class_names": list(self.class_names),
            "task": name_of(self.task),
            "notes": list(self.notes),
        }

    def frame(self) -> "Frame":
        """Return a pandas DataFrame with the columns of the CSV file."""
        from nas.data.tables.reading import to_frame

        return to_frame([dict(zip(self.columns, row, strict=True)) for row in self.rows()])

    def _repr_html_(self) -> str:
        """Return the table, for notebooks."""
        html: str = self.frame()._repr_html_()  # type: ignore[operator]
        return html

    def __repr__(self) -> str:
        if self.task.measured:
            means = (f"{n} {v:.4g}" for n, v in zip(self.class_names, self.probabilities.mean(axis=0), strict=True))
            return f"<nas.Predictions: {len(self):,} rows, on average {', '.join(means)}>"
        given = [name for names in self.labels for name in names]
        counts = {name: given.count(name) for name in self.class_names}
        words = ", ".join(f"{name} {count:,}" for name, count in counts.items() if count)
        return f"<nas.Predictions: {len(self):,} rows of {len(set(self.sources)):,} sources: {words}>"


@explains_keywords
def predict(
    model: Model | str | Path,
    data: "str | Path | npt.ArrayLike | Frame | Data",
    *,
    options: DataOptions | None = None,
    smooth: int = 1,
    root: Path | str = STUDIES,
) -> Predictions:
    """Return a model's answers for all rows of a file or folder, window by window; classes in it are not needed.

    A recording is read as the training data were: its columns by name, resampled to their rate, and cut into windows of
    the model's length. The answers are the `.tflite`'s; of a model without one, the float model's.

    Args:
        model: a model, or what `nas.load` takes.
        data: an `.npz` file with rows, a table (CSV, Excel, Parquet), a folder of them, or the name of a data source;
            or rows in memory: an array `[n, *input_shape]`, a frame of pandas, which is read as a table, or `Data`.
        options: how files become rows, such as the stride from one window to the next; half a window by default.
        smooth: the mean probabilities of so many windows are taken, this one and those before it in its recording.
        root: folder of studies.

    Raises:
        InputError: the model or the data cannot be read, or the rows do not fit the model.
    """
    if smooth < 1:
        raise InputError("smooth", "must be 1 or more windows", got=smooth)
    loaded = model if isinstance(model, Model) else load(model, root)
    stretches, notes = _stretches(loaded, data, options or DataOptions())
    answers, told = [], list(notes)
    for stretch in stretches:
        x, note = _rows(loaded, stretch)
        told += [note] if note and note not in told else []
        outputs = loaded.predict(x) if loaded.tflite is not None else loaded.predict_float(x)
        outputs = outputs[:, :1] if loaded.task.reconstructs else outputs
        answers.append(outputs if stretch.start is None or smooth == 1 else _smoothed(outputs, smooth))
    return Predictions(
        class_names=loaded.class_names,
        sources=tuple(name for each in stretches for name in (each.names or (each.source,) * len(each.x))),
        start=_joined(stretches, 0.0),
        end=_joined(stretches, 1.0),
        probabilities=np.concatenate(answers),
        notes=tuple(told),
        task=loaded.task,
    )


def _shortened(cell: Any) -> Any:
    """Return a number with a fraction to six digits."""
    return float(f"{cell:.6g}") if isinstance(cell, float) else cell


def _stretches(model: Model, data: Any, options: DataOptions) -> tuple[list[Stretch], tuple[str, ...]]:
    """Return the rows of a source or of something in memory, and what was assumed of them."""
    if isinstance(data, str | Path):
        return read_unlabelled(str(data), Wanted(like_training(model, str(data), options), model.channel_names))
    if isinstance(data, Data):
        return [numbered(f"{ROWS}:{name}", part.x) for name, part in data.dataset().parts().items()], ()
    if hasattr(data, "columns"):  # a frame of pandas
        read_like = like_training(model, READERS.find("table_file", ROWS), options)
        return rows_of_frame(data, Wanted(read_like, model.channel_names))
    return [numbered(ROWS, model.checked(data))], ()


def _rows(model: Model, stretch: Stretch) -> tuple[Array, str]:
    """Return rows with the model's channels, and what was assumed; InputError if they do not fit."""
    channels, note = match_channels(stretch.channel_names, model.channel_names, stretch.source)
    x = stretch.x if channels is None else stretch.x[..., channels]
    if x.shape[1:] != model.input_shape:
        wanted = " x ".join(map(str, model.input_shape))
        got = " x ".join(map(str, x.shape[1:]))
        raise InputError(stretch.source, f"rows must have the shape of the model's input, {wanted}", got=got)
    return x, note


def _smoothed(outputs: Array, windows: int) -> Array:
    """Return the mean of each row [n, classes] and of as many before it, fewer at the beginning."""
    sums = np.cumsum(outputs, axis=0, dtype=np.float64)
    before = np.concatenate([np.zeros((min(windows, len(sums)), sums.shape[1])), sums[:-windows]])
    counts = np.minimum(np.arange(1, len(sums) + 1), windows)[:, None]
    return np.asarray((sums - before) / counts, outputs.dtype)


def _joined(stretches: list[Stretch], lengths: float) -> Doubles:
    """Return the time of each row: its beginning plus so many lengths of a row; NaN without times."""
    return np.concatenate(
        [
            np.full(len(each.x), np.nan) if each.start is None else each.start + lengths * (each.length or 0.0)
            for each in stretches
        ]
    )
