"""Reading a folder of CSV recordings: the files, their labels and groups, and the windows cut from them."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from nas.arrays import Floats
from nas.data import labels
from nas.data.dataset import DataOptions, Dataset, Part
from nas.data.groups import groups_of
from nas.data.readers.csv_recording import read_recording
from nas.data.source import READERS, Reader
from nas.data.windows import Recording, cut, resample, segments
from nas.errors import InputError

WINDOW = 128
RATE_TOLERANCE = 0.02
"""Recordings whose rates differ by at most this share count as one rate, as clocks of equal devices differ by less."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file to read.

    Attributes:
        path: the file.
        place: the file as messages name it.
        label: its class.
        group: who or what was recorded; empty if the name of the file has to tell.
    """

    path: Path
    place: str
    label: str
    group: str


def read_folder(source: str, folder: Path, options: DataOptions) -> Dataset:
    """Read the files `<class>/<group>[...].csv`, or those listed in a `labels.csv`, and cut them into windows.

    Raises:
        InputError: there are no recordings, a cell is not a number (the message gives file and line), or the
            recordings differ in channels or rate.
    """
    entries = _named(_entries(source, folder, options))
    recordings = [read_recording(entry.path, entry.place) for entry in entries]
    _check_channels(entries, recordings)
    rate_hz = options.rate_hz or _common_rate(entries, recordings)
    window = options.window or WINDOW
    stride = options.stride or max(1, window // 2)
    windows = [_windows(recording, rate_hz, window, stride) for recording in recordings]
    counts = [len(rows) for rows in windows]
    if not sum(counts):
        raise InputError(
            source, f"a recording must hold at least {window} samples, one window", hint="give a smaller --window"
        )
    y, class_names = labels.encode({"train": np.repeat([e.label for e in entries], counts)}, None, source)
    groups = np.repeat([entry.group for entry in entries], counts)
    return Dataset(
        source=source,
        train=Part(np.concatenate(windows), y["train"], groups),
        class_names=class_names,
        channel_names=recordings[0].channel_names,
        sample_rate_hz=None if rate_hz is None else float(rate_hz),
        notes=_notes(counts, recordings, rate_hz, window, stride),
    )


def _entries(source: str, folder: Path, options: DataOptions) -> list[Entry]:
    listing = Path(options.labels).expanduser() if options.labels else folder / "labels.csv"
    entries = _listed(listing, folder) if options.labels or listing.is_file() else _by_folder(source, folder)
    if not entries:
        raise InputError(
            source,
            "must hold <class>/<group>.csv recordings or a labels.csv",
            hint="put each recording into a folder named after its class",
        )
    return entries


def _by_folder(source: str, folder: Path) -> list[Entry]:
    """Return the files by the folder of their class. A folder between class and file names the group."""
    entries = []
    for path in sorted(p for p in folder.rglob("*") if p.suffix.lower() == ".csv" and not p.name.startswith(".")):
        inside = path.relative_to(folder)
        label, *between = inside.parts[:-1] or ("",)
        if label:
            entries.append(Entry(path, f"{source}/{inside.as_posix()}", label, between[0] if between else ""))
    return entries


def _named(entries: Sequence[Entry]) -> list[Entry]:
    """Return the entries, those without a group with the one that the names of their files tell."""
    bare = [entry for entry in entries if not entry.group]
    groups = iter(groups_of([entry.path.stem for entry in bare], [entry.label for entry in bare]))
    return [entry if entry.group else replace(entry, group=next(groups)) for entry in entries]


def _listed(listing: Path, folder: Path) -> list[Entry]:
    try:
        with listing.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, skipinitialspace=True)
            rows = [(reader.line_num, row) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(listing, "cannot be read", got=error) from error
    if not {"file", "label"} <= set(reader.fieldnames or ()):
        raise InputError(listing, "must have the columns file, label and optionally group", got=reader.fieldnames)
    return [_entry(f"{listing}:{number}", row, folder) for number, row in rows]


def _entry(place: str, row: dict[str, str | None], folder: Path) -> Entry:
    name, label = (row["file"] or "").strip(), (row["label"] or "").strip()
    if not name or not label:
        raise InputError(place, "must give a file and a label")
    path = folder / name
    if not path.is_file():
        raise InputError(place, "must name a file in the folder of recordings", got=name)
    return Entry(path, str(path), label, (row.get("group") or "").strip())


def _check_channels(entries: Sequence[Entry], recordings: Sequence[Recording]) -> None:
    first = recordings[0]
    for entry, recording in zip(entries, recordings, strict=True):
        if recording.values.shape[1] != first.values.shape[1] or recording.channel_names != first.channel_names:
            raise InputError(
                entry.place,
                f"must have the channels of {entries[0].place}",
                got=", ".join(recording.channel_names) or f"{recording.values.shape[1]} columns without names",
            )


def _common_rate(entries: Sequence[Entry], recordings: Sequence[Recording]) -> float | None:
    """Return the median rate of the recordings; None if none of them has a time column."""
    rates = [recording.rate_hz for recording in recordings]
    known = [rate for rate in rates if rate is not None]
    if not known:
        return None
    common = float(f"{np.median(known):.4g}")
    for entry, rate in zip(entries, rates, strict=True):
        if rate is not None and abs(rate / common - 1) > RATE_TOLERANCE:
            raise InputError(
                entry.place,
                f"must have the rate of the other recordings, {common:g} Hz",
                got=f"{rate:g} Hz",
                hint="give --rate-hz",
            )
    return common


def _windows(recording: Recording, rate_hz: float | None, window: int, stride: int) -> Floats:
    return np.concatenate([cut(resample(part, rate_hz), window, stride) for part in segments(recording)])


def _notes(
    counts: Sequence[int], recordings: Sequence[Recording], rate_hz: float | None, window: int, stride: int
) -> tuple[str, ...]:
    notes = [f"{len(recordings)} recordings cut into windows of {window} samples, {stride} apart"]
    rates = sorted({rate for recording in recordings if (rate := recording.rate_hz)})
    if rate_hz and rates and (rates[0] < 0.99 * rate_hz or rates[-1] > 1.01 * rate_hz):
        span = f"{rates[0]:g}" if rates[0] == rates[-1] else f"{rates[0]:g} to {rates[-1]:g}"
        notes.append(f"resampled from {span} Hz to {rate_hz:g} Hz by linear interpolation")
    if short := counts.count(0):
        notes.append(f"recordings left out because they are shorter than a window: {short}")
    gaps = sum(len(list(segments(recording))) > 1 for recording in recordings)
    if gaps:
        notes.append(f"recordings with gaps in time: {gaps}; no window spans a gap")
    return tuple(notes)


READERS.register("csv_folder")(
    Reader(
        accepts=Path.is_dir,
        read=read_folder,
        what="a folder of CSV recordings",
        pattern="FOLDER",
        summary="Your CSV recordings, one a file: <class>/<group>.csv, or listed in a labels.csv.",
        options=frozenset({"window", "stride", "rate_hz", "labels"}),
        any_folder=True,
    )
)
