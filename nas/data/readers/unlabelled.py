"""Data to predict for: rows of arrays, or recordings as windows in their order, whether or not they have classes."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nas.arrays import Array, Doubles
from nas.data.layouts.entry import Entry, find_files, most_are
from nas.data.layouts.media import media_files
from nas.data.options import DataOptions
from nas.data.readers.folder import read_tables
from nas.data.readers.many_files import read_all
from nas.data.readers.npz import read_bare_rows
from nas.data.readers.picture import ENDINGS as PICTURES
from nas.data.readers.picture import read_picture, read_picture_headers
from nas.data.readers.picture_form import form_of_pictures
from nas.data.readers.rates import check_rate
from nas.data.readers.recordings import Take, count_notes, even_parts, takes_of
from nas.data.readers.sound import ENDINGS, read_sound
from nas.data.source import SOURCES
from nas.data.tables.reading import TABLES, Frame, from_frame
from nas.data.tables.sheet import Sheet, read_sheet
from nas.data.windows import Recording, cut
from nas.errors import InputError
from nas.signal.kind import Kind

ROWS = "rows"
"""What rows in memory are called in messages and answers."""


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """Rows of one source that follow each other, without a gap.

    Attributes:
        source: where they come from: a file, or an array of a file.
        x: the rows [n, ...], in units, or whole numbers of an array without a scale.
        channel_names: one for each entry of x's last axis, or empty.
        start: when each row begins, in seconds from the beginning of its file [n]; None if rows have no time.
        length: seconds that a row takes; None if rows have no time.
        names: what each row is called if it is a source of its own, such as a line of a file; empty otherwise.
    """

    source: str
    x: Array
    channel_names: tuple[str, ...] = ()
    start: Doubles | None = None
    length: float | None = None
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """The rows that a model takes.

    Attributes:
        options: how files become rows; kind and window are those of the model.
        channel_names: of the model, or empty; other columns of a recording are left out if it has all of these.
    """

    options: DataOptions
    channel_names: tuple[str, ...] = ()


def read_unlabelled(source: str, wanted: Wanted, seed: int = 0) -> tuple[list[Stretch], tuple[str, ...]]:
    """Read all rows of a source in their order, whatever their classes.

    Args:
        source: name of a data source; an `.npz` file; a table, an audio file or a picture, or a folder of such files.
        wanted: the rows that are needed.
        seed: of simulated data.

    Returns:
        The rows, and what was assumed or left out, one line each.

    Raises:
        InputError: there is no such source, it cannot be read, or a recording is shorter than a window.
    """
    path = Path(source).expanduser()
    if source in SOURCES:
        parts = SOURCES[source](seed).parts()
        return [numbered(f"{source}:{name}", part.x) for name, part in parts.items()], ()
    if path.suffix == ".npz" and path.is_file():
        rows = read_bare_rows(source, path, wanted.options)
        return [numbered(f"{source}:{name}", x) for name, x in rows.items()], ()
    if path.suffix.lower() in ENDINGS or (path.is_dir() and most_are(path, ENDINGS, TABLES)):
        sounds = [Entry(path, source, path.name)] if path.is_file() else media_files(source, path, ENDINGS)
        return [_of_sound(entry, wanted) for entry in sounds], ()
    if path.suffix.lower() in PICTURES or (path.is_dir() and most_are(path, PICTURES, TABLES)):
        pictures = [Entry(path, source, path.name)] if path.is_file() else media_files(source, path, PICTURES)
        return [_of_pictures(source, pictures, wanted)], ()
    entries = find_files(source, path) if path.is_dir() else [Entry(path, source, path.name)]
    if not entries or not (path.is_dir() or (path.is_file() and path.suffix.lower() in TABLES)):
        rule = "must be an .npz file, a CSV, Excel, Parquet or audio file, a picture, or a folder of such files"
        raise InputError(source, rule, got="no such file" if not path.exists() else path.name)
    return _of_sheets(source, read_tables(entries, wanted.options, wanted.channel_names), entries, wanted)


def rows_of_frame(frame: Frame, wanted: Wanted) -> tuple[list[Stretch], tuple[str, ...]]:
    """Return all rows of a frame of pandas, read as a file with the same columns; see `read_unlabelled`."""
    sheet = read_sheet(from_frame(frame, ROWS), wanted.options, labelled=False, channels=wanted.channel_names)
    return _of_sheets(ROWS, [sheet], [Entry(Path(ROWS), ROWS, ROWS)], wanted)


def _of_sheets(
    source: str, sheets: Sequence[Sheet], entries: Sequence[Entry], wanted: Wanted
) -> tuple[list[Stretch], tuple[str, ...]]:
    """Return the rows of tables: each a row to predict for, or recordings that are cut into windows."""
    if wanted.options.kind not in (Kind.TABLE, Kind.WINDOW):
        rule, hint = (
            "needs a model of windows or of rows of a table to read recordings for",
            "give rows as an .npz file",
        )
        if wanted.options.kind == Kind.IMAGE:
            rule, hint = f"{rule}, and this one takes images", "give pictures, or a folder of them"
        raise InputError(source, rule, hint=hint)
    read = _examples(sheets, wanted) if wanted.options.kind == Kind.TABLE else _windows(source, sheets, entries, wanted)
    stretches, notes = read
    return stretches, (*count_notes(sheets), *notes)


def _of_sound(entry: Entry, wanted: Wanted) -> Stretch:
    """Return the windows of an audio file from its start on; a file that is shorter than one ends in zeros."""
    window, rate_hz = wanted.options.window, wanted.options.rate_hz
    if window is None or not rate_hz:
        raise InputError(entry.place, "needs a model of windows whose sample rate is known to read audio for")
    stride = wanted.options.stride or max(1, window // 2)
    samples = read_sound(entry.path, entry.place, round(rate_hz)).samples
    samples = np.pad(samples, (0, max(0, window - len(samples))))
    x = np.lib.stride_tricks.sliding_window_view(samples, window)[::stride, :, None]
    return Stretch(entry.place, x, ("audio",), np.arange(len(x)) * stride / rate_hz, window / rate_hz)


def _of_pictures(source: str, entries: Sequence[Entry], wanted: Wanted) -> Stretch:
    """Return pictures as rows of the model's size and colours, each called by its file."""
    if wanted.options.kind != Kind.IMAGE or wanted.options.image_size is None:
        raise InputError(source, "needs a model of images to read pictures for")
    form = form_of_pictures(read_picture_headers(entries), wanted.options)
    x = np.stack(read_all(entries, lambda entry: read_picture(entry.path, entry.place, form)))
    return Stretch(source, x, names=tuple(entry.place for entry in entries))


def numbered(source: str, x: Array) -> Stretch:
    """Return an array's rows [n, ...], each called by its number."""
    return Stretch(source, x, names=tuple(f"{source}[{row}]" for row in range(len(x))))


def _examples(sheets: Sequence[Sheet], wanted: Wanted) -> tuple[list[Stretch], tuple[str, ...]]:
    """Return each row of the tables as one to predict for, without those that have blank cells."""
    found, left_out = [], 0
    for sheet in sheets:
        values, names = _of_channels(sheet.values, sheet.channel_names, wanted)
        whole = np.flatnonzero(~np.isnan(values).any(axis=1))
        left_out += len(values) - len(whole)
        places = tuple(sheet.table.at(int(row)) for row in whole)
        found.append(Stretch(sheet.table.place, values[whole].astype(np.float32), names, names=places))
    return found, ((f"rows with blank cells left out: {left_out}",) if left_out else ())


def _windows(
    source: str, sheets: Sequence[Sheet], entries: Iterable[Entry], wanted: Wanted
) -> tuple[list[Stretch], tuple[str, ...]]:
    """Return the windows of each recording between its gaps."""
    takes = [take for sheet, entry in zip(sheets, entries, strict=True) for take in takes_of(sheet, entry, resets=True)]
    rate_hz, counts = wanted.options.rate_hz, Counter[str]()
    check_rate(takes, rate_hz or 0.0)
    found = [stretch for take in takes for stretch in _stretches(take, wanted, counts)]
    if not found:
        rule = f"a recording must hold at least {wanted.options.window} samples in a row, one window"
        raise InputError(source, rule, hint="record for longer, or fill the gaps")
    return found, tuple(_notes(takes, found, rate_hz, counts))


def _stretches(take: Take, wanted: Wanted, counts: Counter[str]) -> Iterator[Stretch]:
    values, names = _of_channels(take.recording.values, take.recording.channel_names, wanted)
    rate_hz, window = wanted.options.rate_hz, wanted.options.window
    assert window is not None
    stride = wanted.options.stride or max(1, window // 2)
    seconds = take.recording.seconds
    if seconds is None:
        # Without times and rate, samples count as seconds.
        seconds = np.arange(len(values)) / (rate_hz or 1.0)
    recording = Recording(values, names, seconds)
    length = window / (rate_hz or recording.rate_hz or 1.0)
    for part in even_parts(recording, rate_hz, counts):
        assert part.seconds is not None
        x = cut(part.values, window, stride)
        if len(x):
            yield Stretch(take.place, x, names, part.seconds[::stride][: len(x)], length)


def _of_channels(values: Doubles, names: tuple[str, ...], wanted: Wanted) -> tuple[Doubles, tuple[str, ...]]:
    """Return the columns of the model's channels, if all are there, so that gaps in others do not matter."""
    if not wanted.channel_names or not set(wanted.channel_names) <= set(names):
        return values, names
    return values[:, [names.index(name) for name in wanted.channel_names]], wanted.channel_names


def _notes(
    takes: Sequence[Take], found: Sequence[Stretch], rate_hz: float | None, counts: Counter[str]
) -> Iterator[str]:
    rates = sorted({rate for take in takes if (rate := take.recording.rate_hz)})
    if rate_hz and rates and (rates[0] < 0.99 * rate_hz or rates[-1] > 1.01 * rate_hz):
        yield f"resampled from {rates[0]:g} to {rates[-1]:g} Hz to {rate_hz:g} Hz by linear interpolation"
    if not rate_hz and not rates:
        yield "start and end are numbers of samples, since no rate is known: give --rate-hz for seconds"
    if short := len({take.place for take in takes} - {stretch.source for stretch in found}):
        yield f"recordings without a whole window left out: {short}"
    for words, number in counts.items():
        if words != "gaps" and number:
            yield f"{words}: {number}"
