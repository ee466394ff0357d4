"""Recordings as windows: what tables of a folder, of one file or from Python have in common once they are read."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from nas.arrays import Array, Floats
from nas.data import labels, multi_labels, targets
from nas.data.dataset import Dataset, Part
from nas.data.layouts.entry import Entry
from nas.data.options import DataOptions
from nas.data.readers.channels import same_channels, without_some
from nas.data.readers.rates import check_rate, common_rate
from nas.data.tables.sheet import Sheet
from nas.data.windows import Recording, cut, fill, labels_of, resample, segments
from nas.errors import InputError
from nas.task.task import CLASSES, LABELS, TARGETS

WINDOW = 128

ASSUMED: Mapping[str, tuple[str, ...]] = {TARGETS: (targets.NOTE,), LABELS: (multi_labels.NOTE,)}
"""What is told if the labels alone decided the task."""

_WINDOWS = {TARGETS: (targets.WINDOWS,), LABELS: (multi_labels.WINDOWS,)}


@dataclass(frozen=True, slots=True, eq=False)
class Take:
    """One recording with what is known of it.

    Attributes:
        place: where it comes from, for messages.
        recording: its samples; its labels are those of the samples, or None if `label` holds for all.
        label: its class; empty if the samples have classes of their own.
        group: who or what was recorded; empty if unknown.
        part: `train`, `val` or `test`.
        label_names: of several labels or targets of each sample; empty for one.
    """

    place: str
    recording: Recording
    label: str
    group: str
    part: str
    label_names: tuple[str, ...] = ()


def takes_of(sheet: Sheet, entry: Entry, resets: bool) -> list[Take]:
    """Divide a table into recordings: rows of one group and one recording, as long as time goes on.

    Args:
        sheet: the table.
        entry: the class, the group and the part of the whole table, as far as they are known.
        resets: whether time may begin again, which begins another recording; else it has to increase.

    Raises:
        InputError: time does not increase.
    """
    rows = np.arange(len(sheet.table)) if sheet.seconds is None else np.flatnonzero(~np.isnan(sheet.seconds))
    whole = Recording(sheet.values, sheet.channel_names, sheet.seconds, sheet.labels)
    keys = [column for column in (sheet.groups, sheet.takes, sheet.parts) if column is not None]
    found = []
    for part in _runs(rows, keys, sheet.seconds, resets):
        recording = whole.take(part)
        _check_time(sheet, recording, part)
        group = entry.group if sheet.groups is None else str(sheet.groups[part[0]])
        name = entry.part if sheet.parts is None else str(sheet.parts[part[0]])
        found.append(Take(sheet.table.place, recording, entry.label, group, name, sheet.label_names))
    return found


def to_dataset(source: str, takes: Sequence[Take], options: DataOptions, notes: Iterable[str]) -> Dataset:
    """Cut recordings into windows of one length at one rate.

    Args:
        source: the data in messages.
        takes: the recordings.
        options: window, stride, rate, and columns to drop that only some recordings have.
        notes: what was assumed until now.

    Raises:
        InputError: the recordings differ in channels or rate, or are shorter than a window.
    """
    recordings, left_out = without_some([take.recording for take in takes], options.drop_columns)
    recordings = same_channels([take.place for take in takes], recordings)
    takes = [replace(take, recording=recording) for take, recording in zip(takes, recordings, strict=True)]
    if left_out:
        notes = (*notes, f"left out as asked, where files have it: {', '.join(left_out)}")
    rate_hz = options.rate_hz or common_rate(takes)
    check_rate(takes, rate_hz or 0.0)
    window = options.window or WINDOW
    stride = options.stride or max(1, window // 2)
    counts: Counter[str] = Counter()
    cuts = [_windows(take, rate_hz, window, stride, counts) for take in takes]
    if not sum(len(x) for x, _ in cuts):
        raise _no_window(source, window, max(_samples(take, rate_hz) for take in takes), counts)
    parts = _parts(takes, cuts)
    if "train" not in parts:
        raise InputError(source, "must hold training rows", got=", ".join(parts))
    label_names = takes[0].label_names
    y, class_names, task = encode_labels({name: part.y for name, part in parts.items()}, label_names, options, source)
    coded = {name: replace(part, y=y[name]) for name, part in parts.items()}
    return Dataset(
        source=source,
        train=coded["train"],
        val=coded.get("val"),
        test=coded.get("test"),
        class_names=class_names,
        channel_names=takes[0].recording.channel_names,
        sample_rate_hz=None if rate_hz is None else float(rate_hz),
        stride=stride,
        left_out=left_out,
        recordings=tuple(take.place for take in takes),
        notes=(
            *notes,
            *_notes(takes, rate_hz, (window, stride), counts),
            *_WINDOWS.get(task, ()),
            *(() if options.task else ASSUMED.get(task, ())),
        ),
        task=task,
    )


def even_parts(recording: Recording, rate_hz: float | None, counts: Counter[str]) -> list[Recording]:
    """Return the parts of a recording between its gaps, without missing samples and at one rate.

    Args:
        recording: the recording.
        rate_hz: that rate; None if the recording has no times.
        counts: what was missing, by the words that tell it; added to.
    """
    filled, number = fill(recording)
    counts["samples that were missing, interpolated"] += number
    missing = int(np.isnan(filled.values).any(axis=1).sum())
    counts["samples missing in longer gaps, in no window"] += missing
    parts = list(segments(filled))
    counts["gaps"] += len(parts) > 1
    return [resample(part, rate_hz) for part in parts]


def count_notes(sheets: Sequence[Sheet]) -> Iterator[str]:
    """Yield each note of the tables once, with the number of tables if it does not hold for all.

    Notes that differ in their example alone are one.
    """
    counts, first = Counter[str](), dict[str, str]()
    for sheet in sheets:
        told = {note.partition(" such as ")[0]: note for note in reversed(sheet.notes)}
        counts.update(reversed(told))
        first = {**told, **first}
    for key, count in counts.items():
        note = first[key]
        yield note if count == len(sheets) else f"{note} (in {count} of {len(sheets)} files)"


def encode_labels(
    columns: Mapping[str, Array], names: Sequence[str], options: DataOptions, source: str
) -> tuple[Mapping[str, Array], tuple[str, ...], str]:
    """Return the labels of each part in the form of their task, the names of the outputs, and the task.

    Args:
        columns: labels as `nas.data.tables.label_columns` gives them.
        names: of several columns; empty for one.
        options: the name of one column.
        source: the data in messages.
    """
    own = tuple(names) or ((options.label_column,) if options.label_column else ())
    if all(column.dtype.kind == "f" for column in columns.values()):
        return *targets.encode(columns, own, source), TARGETS
    if all(column.ndim == 2 for column in columns.values()):
        return *multi_labels.encode(columns, own, source), LABELS
    return *labels.encode(columns, None, source), CLASSES


def as_labels(texts: Array) -> Array:
    """Return classes as whole numbers if all are, so that 10 comes behind 9; else as they are."""
    unique = np.unique(texts)
    plain = all(re.fullmatch(r"(?a:0|-?[1-9]\d{0,14})", text) for text in unique.tolist())
    return texts.astype(np.int64) if plain and len(unique) else texts


def _runs(rows: Array, keys: Sequence[Array], seconds: Array | None, resets: bool) -> Iterator[Array]:
    """Yield the numbers of the rows of each recording, in the order in which they begin."""
    ids = np.zeros(len(rows), np.int64)
    for key in keys:
        ids = np.unique(np.stack([ids, np.unique(key[rows], return_inverse=True)[1]]), axis=1, return_inverse=True)[1]
    members = [rows[ids == n] for n in np.unique(ids)] if keys else [rows]
    for member in sorted(members, key=lambda each: int(each[0]) if len(each) else 0):
        if seconds is None:
            breaks = np.diff(member) > 1
        else:
            breaks = np.diff(seconds[member]) < 0 if resets else np.zeros(max(0, len(member) - 1), bool)
        yield from (part for part in np.split(member, np.flatnonzero(breaks) + 1) if len(part))


def _check_time(sheet: Sheet, recording: Recording, rows: Array) -> None:
    if recording.seconds is None or len(recording) < 2:
        return
    stalled = ~(np.diff(recording.seconds) > 0)
    if stalled.any():
        row = int(rows[int(stalled.argmax()) + 1])
        raise InputError(
            sheet.table.at(row),
            f"{sheet.clock} must increase from line to line",
            hint="repair the line, or leave times out with --time-column none",
        )
    if not 1e-6 <= (recording.rate_hz or 0.0) <= 1e9:
        raise InputError(
            sheet.table.place,
            f"{sheet.clock} must give a rate between 1e-6 and 1e9 Hz",
            got=f"{recording.rate_hz:g} Hz",
            hint="check its unit, or give --time-column none",
        )


def _windows(
    take: Take, rate_hz: float | None, window: int, stride: int, counts: Counter[str]
) -> tuple[Floats, Array | None]:
    """Return the windows of a recording, and their classes if its samples have some."""
    even = even_parts(take.recording, rate_hz, counts)
    x = (
        np.concatenate([cut(part.values, window, stride) for part in even])
        if even
        else cut(take.recording.values[:0], window, 1)
    )
    counts["short" if len(even) == 1 else "apart"] += not len(x)
    if take.recording.labels is None or not even:
        return x, None
    y = np.concatenate([labels_of(part.labels, window, stride) for part in even if part.labels is not None])
    known = multi_labels.known_rows(y)
    counts["mixed"] += int((~known).sum())
    return x[known], y[known]


def _parts(takes: Sequence[Take], cuts: Sequence[tuple[Floats, Array | None]]) -> dict[str, Part]:
    found: dict[str, list[tuple[Floats, Array, Array, Array]]] = defaultdict(list)
    for number, (take, (x, y)) in enumerate(zip(takes, cuts, strict=True)):
        of_rows = np.repeat(np.array([take.label]), len(x)) if y is None else y
        found[take.part].append((x, of_rows, np.repeat(np.array([take.group]), len(x)), np.repeat(number, len(x))))
    grouped = all(take.group for take in takes)
    joined = {name: tuple(map(np.concatenate, zip(*rows, strict=True))) for name, rows in found.items()}
    labelled = np.concatenate([y for _, y, *_ in joined.values()])
    if any(y is not None for _, y in cuts) and labelled.dtype.kind == "U":
        labelled = as_labels(labelled)
    numbered = iter(np.split(labelled, np.cumsum([len(x) for x, *_ in joined.values()])[:-1]))
    return {
        name: Part(x, next(numbered), groups if grouped else None, numbers)
        for name, (x, _, groups, numbers) in joined.items()
    }


def _samples(take: Take, rate_hz: float | None) -> int:
    """Return the samples that a recording has at a rate."""
    own = take.recording.rate_hz
    return int(len(take.recording) * (rate_hz / own if rate_hz and own else 1))


def _no_window(source: str, window: int, longest: int, counts: Counter[str]) -> InputError:
    if counts["mixed"]:
        hint = f"give a smaller window, such as --window {max(1, window // 2)}"
        return InputError(source, "every window holds rows of several classes", hint=hint)
    if counts["samples missing in longer gaps, in no window"]:
        return InputError(
            source, f"no {window} samples in a row are complete", hint="remove columns that are mostly blank"
        )
    return InputError(
        source,
        f"a recording must hold at least {window} samples, one window",
        got=f"{longest} in the longest",
        hint=f"give a smaller window, such as --window {max(1, longest // 4)}",
    )


def _notes(takes: Sequence[Take], rate_hz: float | None, form: tuple[int, int], counts: Counter[str]) -> Iterator[str]:
    yield f"{len(takes)} recordings cut into windows of {form[0]} samples, {form[1]} apart"
    rates = sorted({rate for take in takes if (rate := take.recording.rate_hz)})
    if rate_hz and rates and (rates[0] < 0.99 * rate_hz or rates[-1] > 1.01 * rate_hz):
        span = f"{rates[0]:g}" if rates[0] == rates[-1] else f"{rates[0]:g} to {rates[-1]:g}"
        yield f"resampled from {span} Hz to {rate_hz:g} Hz by linear interpolation"
    if counts["short"]:
        yield f"recordings left out because they are shorter than a window: {counts['short']}"
    if counts["apart"]:
        yield f"recordings left out because no part between gaps is as long as a window: {counts['apart']}"
    if counts["gaps"]:
        yield f"recordings with gaps in time: {counts['gaps']}; no window spans a gap"
    if counts["mixed"]:
        yield f"windows with rows of several classes or of none, dropped: {counts['mixed']}"
    for words, number in counts.items():
        if words.startswith("samples") and number:
            yield f"{words}: {number}"
