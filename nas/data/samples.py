"""Data as labelled recordings for others: each window as one, or whole recordings as they were read."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from nas.arrays import Array
from nas.data.acquisition import Acquisition
from nas.data.choice import DataChoice
from nas.data.dataset import Dataset
from nas.data.given import Data
from nas.data.readers.folder import read_recordings
from nas.data.readers.recordings import Take
from nas.data.source import SOURCES, load, options_of
from nas.errors import InputError
from nas.signal.kind import Kind

_RATE_HINT = "give it with --rate-hz"


@dataclass(frozen=True, slots=True, eq=False)
class LabelledRecording:
    """A recording with what is known of it.

    Attributes:
        recording: its samples.
        label: its class; empty if its parts have classes.
        part: `train`, `val` or `test`.
        group: who or what was recorded; empty if unknown.
        spans: classes of parts: first sample, last sample, class.
    """

    recording: Acquisition
    label: str
    part: str
    group: str = ""
    spans: tuple[tuple[int, int, str], ...] = ()


def windows_of(data: DataChoice | Data) -> Iterator[LabelledRecording]:
    """Yield each window of a data source as a recording, by part, class and group.

    Raises:
        InputError: the data cannot be read, are no windows of a signal, or have no sample rate.
    """
    rate_hz = None
    if isinstance(data, Data):
        dataset = data.dataset()
    else:
        options = data.options
        if options.rate_hz and "rate_hz" not in options_of(data.source):
            # The file does not tell the rate, and has nothing to resample.
            rate_hz, options = options.rate_hz, replace(options, rate_hz=None)
        dataset = load(data.source, seed=data.seed, options=options)
    return windows_in(dataset, dataset.sample_rate_hz or rate_hz)


def windows_in(dataset: Dataset, rate_hz: float | None) -> Iterator[LabelledRecording]:
    """Yield each window of a dataset as a recording at a rate, by part, class and group; see `windows_of`."""
    if dataset.kind is not Kind.WINDOW:
        raise InputError(dataset.source, "must be windows of a signal", got=f"{dataset.kind.value} rows")
    if dataset.has_columns:
        hint = "write a file that ends with .npz or .csv"
        raise InputError(dataset.source, "must have one class for each row", got=dataset.outputs_are, hint=hint)
    if not rate_hz:
        raise InputError(dataset.source, "must tell its sample rate", hint=_RATE_HINT)
    return _windows(dataset, rate_hz)


def recordings_of(data: DataChoice) -> Iterator[LabelledRecording]:
    """Yield the recordings of a folder whole.

    Raises:
        InputError: it is no folder, cannot be read, or a recording has no times and no rate is given.
    """
    folder = Path(data.source).expanduser()
    if data.source in SOURCES or not folder.is_dir():
        raise InputError(data.source, "must be a folder to be taken as whole recordings", hint="leave --whole out")
    return (_whole(take, data.options.rate_hz) for take in read_recordings(data.source, folder, data.options))


def _windows(dataset: Dataset, rate_hz: float) -> Iterator[LabelledRecording]:
    names = tuple(dataset.channel_name(i) for i in range(dataset.train.x.shape[-1]))
    for name, part in dataset.parts().items():
        groups = np.full(len(part), "") if part.groups is None else part.groups.astype(str)
        for row in np.lexsort((groups, part.y)):
            recording = Acquisition(part.x[row], 1000 / rate_hz, names)
            yield LabelledRecording(recording, dataset.class_names[part.y[row]], name, str(groups[row]))


def _whole(take: Take, rate_hz: float | None) -> LabelledRecording:
    recording, rate = take.recording, take.recording.rate_hz or rate_hz
    if not rate:
        raise InputError(take.place, "must have times, or a sample rate", hint=_RATE_HINT)
    if np.isnan(recording.values).any():
        hint = "fill the cells, or leave --whole out, which fills or leaves out"
        raise InputError(take.place, "must have no blank cells to be taken whole", hint=hint)
    names = recording.channel_names or tuple(f"channel {i}" for i in range(recording.values.shape[1]))
    spans = () if recording.labels is None else spans_of(recording.labels)
    return LabelledRecording(
        Acquisition(recording.values, 1000 / rate, names), take.label, take.part, take.group, spans
    )


def spans_of(labels: Array) -> tuple[tuple[int, int, str], ...]:
    """Return the runs of equal classes: first sample, last sample, class; samples without one are left out."""
    if not len(labels):
        return ()
    starts = [0, *(np.flatnonzero(labels[1:] != labels[:-1]) + 1).tolist()]
    ends = [start - 1 for start in starts[1:]] + [len(labels) - 1]
    return tuple((first, last, str(labels[first])) for first, last in zip(starts, ends, strict=True) if labels[first])
