"""The events in recordings: which class begins when."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nas.api import STUDIES
from nas.api.loading import load
from nas.api.model import Model
from nas.api.params import params
from nas.api.prediction import Predictions, predict
from nas.data.options import DataOptions
from nas.errors import InputError
from nas.evaluation.spotting import Event, Spotter, Spotting
from nas.keywords import explains_keywords
from nas.task.classification import Classification
from nas.task.multi_label import MultiLabel
from nas.text import counted

if TYPE_CHECKING:
    from nas.data.tables.reading import Frame


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Classified:
    """The events in recordings; `nas.classify` gives them.

    Attributes:
        events: in the order of the recordings, and of time in each.
        predictions: the model's answers for all windows, from which the events come.
    """

    events: tuple[Event, ...]
    predictions: Predictions

    def to_json(self) -> list[dict[str, Any]]:
        """Return the events as objects with the keys `file`, `start_s`, `class` and `score`."""
        return [event.to_json() for event in self.events]

    def frame(self) -> "Frame":
        """Return the events as a pandas DataFrame."""
        from nas.data.tables.reading import to_frame

        return to_frame(self.to_json())

    def __repr__(self) -> str:
        found = counted(len(self.events), "event")
        return f"<nas.Classified: {found} in {counted(len(set(self.predictions.sources)), 'recording')}>"


@explains_keywords
def classify(
    model: Model | str | Path,
    data: str | Path,
    *,
    spotting: Spotting | None = None,
    options: DataOptions | None = None,
    root: Path | str = STUDIES,
) -> Classified:
    """Return the classes that begin in recordings, and when: a window slides over each, and means of answers decide.

    Args:
        model: a model, or what `nas.load` takes.
        data: a recording (audio, CSV, Excel, Parquet), or a folder of them.
        spotting: how answers become events; by default as the parameters in the model's file say.
        options: how files become rows; the stride is that of `spotting`.
        root: folder of studies.

    Raises:
        InputError: the model or the data cannot be read, the rows do not fit the model, or have no times.
    """
    loaded = model if isinstance(model, Model) else load(model, root)
    check_classes(loaded)
    settings = spotting_of(loaded) if spotting is None else spotting
    length = loaded.input_shape[0]
    rate_hz = (options.rate_hz if options else None) or loaded.sample_rate_hz
    stride = _stride(settings, length, rate_hz)
    found = predict(loaded, data, options=replace(options or DataOptions(), stride=stride))
    if np.isnan(found.start).any():
        raise InputError(str(data), "must be a recording with times, not rows", hint="use nas predict for rows")
    return Classified(tuple(_events(found, settings)), found)


def spotting_of(model: Model, **asked: Any) -> Spotting:
    """Return how a model's answers become events: as asked, else as the parameters in its file say, else by default.

    Args:
        model: the model.
        asked: fields of `Spotting`; None leaves one open.
    """
    told = params(model.tflite).values if model.tflite is not None else {}
    return Spotting.of(told, **asked)


def check_classes(model: Model) -> None:
    """Raise an InputError if a model does not give one class at a time, or a single label."""
    is_label = model.task.names_are == MultiLabel.names_are and len(model.class_names) == 1
    if model.task.names_are != Classification.names_are and not is_label:
        rule = "must give one class at a time"
        raise InputError(model.origin, rule, got=model.task.names_are, hint="use nas predict")


def _stride(settings: Spotting, length: int, rate_hz: float | None) -> int:
    """Return the samples from one window to the next; without a rate, a sample counts as a second."""
    rate = rate_hz or 1.0
    return max(1, round(settings.seconds(length / rate).latency_s * rate))


def _events(found: Predictions, settings: Spotting) -> Iterator[Event]:
    sources = np.asarray(found.sources)
    begins = np.flatnonzero(np.concatenate([[True], (sources[1:] != sources[:-1]) | (np.diff(found.start) <= 0)]))
    shares = found.task.class_shares(found.probabilities)
    for first, last in zip(begins, [*begins[1:], len(sources)], strict=True):
        window_s = float(found.end[first] - found.start[first])
        spotter = Spotter(str(sources[first]), found.class_names, settings, window_s, int(last - first))
        for row in range(first, last):
            event = spotter.take(float(found.start[row]), shares[row])
            if event is not None:
                yield event
