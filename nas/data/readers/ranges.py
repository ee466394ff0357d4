"""Ranges of long recordings as rows: windows inside each range, and windows around short ones."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from nas.data.layouts.entry import FILES_LOOKED_AT, Entry, Layout, find_files
from nas.data.layouts.media import LISTINGS
from nas.data.layouts.ranges import TRACK, Range, Ranges, gaps, label_tracks, listed_ranges
from nas.data.options import DataOptions
from nas.data.parts import part_of
from nas.data.readers.clips import Clip, Form, level_db, read_headers
from nas.data.readers.many_files import read_all
from nas.data.readers.picture import ENDINGS as PICTURES
from nas.data.readers.silence import is_noise
from nas.data.readers.sound import ENDINGS, FULL_SCALE, Samples, read_sound
from nas.data.readers.wanted_classes import BACKGROUND
from nas.data.tables.reading import TABLES
from nas.errors import InputError
from nas.task.task import LABELS

_TOLERATED_S = 0.05
"""How far beyond its recording a range may end, since labels are rounded."""


def has_labels_beside(folder: Path) -> bool:
    """Return whether a folder holds audio files with a list or label tracks beside them, and few other data."""
    files = find_files("", folder, (*ENDINGS, *TABLES, *PICTURES))[:FILES_LOOKED_AT]
    audio = {entry.path.with_suffix("") for entry in files if entry.path.suffix.lower() in ENDINGS}
    tracks = [entry for entry in files if entry.path.suffix == TRACK and entry.path.with_suffix("") in audio]
    listed = any((folder / name).is_file() for name in LISTINGS)
    return bool(audio) and (bool(tracks) or listed) and len(audio) >= len(files) - len(audio) - len(tracks)


def ranges_of(source: str, folder: Path, options: DataOptions) -> Layout | None:
    """Return the ranges of a folder's recordings, and its files of noise; None if nothing tells ranges.

    What no range holds is left out, unless `_background_` is among the classes that are asked for.

    Raises:
        InputError: ranges are damaged, contradict each other, or end behind their recording.
    """
    files = find_files(source, folder, ENDINGS)
    found = _told(folder, files, options)
    if found is None:
        return None
    wanted = {name.strip() for name in (options.classes or "").split(",")}
    recordings = [entry for entry in files if entry.path in found.by_file]
    entries: list[Entry] = []
    for entry, header in zip(recordings, read_headers(recordings), strict=True):
        ranges = found.by_file[entry.path]
        _check_ends(ranges, header.seconds)
        named = _named(entry, ranges)
        entries += [_part(named, each.label, each.begin_s, min(each.end_s, header.seconds)) for each in ranges]
        if BACKGROUND in wanted:
            entries += [_part(named, BACKGROUND, *gap) for gap in gaps(ranges, header.seconds)]
    if not entries:
        raise InputError(source, "must have ranges of recordings in its labels", got="none")
    noise = [entry for entry in files if entry.path not in found.by_file and is_noise(entry)]
    left_out = len(files) - len(recordings) - len(noise)
    without = (f"recordings without a range, left out: {left_out}",) if left_out else ()
    return Layout((*entries, *noise), (*found.notes, *without))


def _told(folder: Path, files: Sequence[Entry], options: DataOptions) -> Ranges | None:
    given = Path(options.labels).expanduser() if options.labels else None
    listing = given or next((folder / name for name in LISTINGS if (folder / name).is_file()), None)
    several = options.task == LABELS
    if listing is None:
        return label_tracks(files, several=several)
    return listed_ranges(listing, folder, ENDINGS, several=several)


def _check_ends(ranges: Sequence[Range], seconds: float) -> None:
    for each in ranges:
        if max(each.begin_s, each.end_s - _TOLERATED_S) > seconds:
            got = f"{each.begin_s:g} to {each.end_s:g} s, of {seconds:.2f} s"
            raise InputError(each.place, "a range must lie within its recording", got=got)


def _named(entry: Entry, ranges: Sequence[Range]) -> Entry:
    """Return a recording with its group and part: what its ranges say, else itself, and what its folder is called."""
    told = ranges[0] if ranges else None
    part = told.part if told and told.part != "train" else part_of(entry.folders[0] if entry.folders else "")
    group = told.group if told else ""
    return replace(entry, group=group or entry.inside.removesuffix(entry.path.suffix), part=part or "train")


def _part(entry: Entry, label: str, begin_s: float, end_s: float) -> Entry:
    place = f"{entry.place}, {begin_s:g} to {end_s:g} s"
    return replace(entry, label=label, place=place, seconds=(begin_s, end_s))


def read_ranges(entries: Sequence[Entry], told: Sequence[Entry], form: Form) -> list[Clip]:
    """Return the rows of each range; of the background at most as many as of all classes, evenly chosen.

    Rows lie inside a range, `form.stride` apart. One that is shorter than a row gives one with what surrounds it, or
    none if that would reach into a range of another class. Rows of the background do not reach into those rows.

    Args:
        entries: the ranges.
        told: those of all classes, also of classes that are left out.
        form: of the rows.

    Raises:
        InputError: a file is damaged.
    """
    by_file: dict[Path, list[int]] = defaultdict(list)
    for number, entry in enumerate(entries):
        by_file[entry.path].append(number)
    events: dict[Path, list[Entry]] = defaultdict(list)
    for entry in told:
        if entry.seconds is not None and entry.label != BACKGROUND:
            events[entry.path].append(entry)

    def read(first: Entry) -> list[Clip]:
        samples = read_sound(first.path, str(first.path), form.rate_hz).samples
        own = [entries[number] for number in by_file[first.path]]
        return [_clip(samples, entry, events[entry.path] if entry.label == BACKGROUND else own, form) for entry in own]

    clips: dict[int, Clip] = {}
    for numbers, found in zip(by_file.values(), read_all([entries[n[0]] for n in by_file.values()], read), strict=True):
        clips.update(zip(numbers, found, strict=True))
    return _fewer_of_background(entries, [clips[number] for number in range(len(entries))])


def _clip(samples: Samples, entry: Entry, others: Sequence[Entry], form: Form) -> Clip:
    begin, end = _samples_of(entry, len(samples), form)
    first, last = _apart(entry, others, len(samples), form) if entry.label == BACKGROUND else (begin, end)
    if last - first >= form.window:
        rows = np.lib.stride_tricks.sliding_window_view(samples[first:last], form.window)[:: form.stride].copy()
    elif entry.label == BACKGROUND:
        rows = np.empty((0, form.window), np.int16)
    else:
        rows = _around(samples, entry, others, form)
    heard = samples[begin:end] if end > begin else rows.reshape(-1)
    full = np.abs(heard.astype(np.int32)) >= FULL_SCALE - 1
    return Clip(rows, (end - begin) / form.rate_hz, level_db(heard), bool((full[1:] & full[:-1]).any()))


def _around(samples: Samples, entry: Entry, others: Sequence[Entry], form: Form) -> Samples:
    """Return the row [1, window] whose middle is that of a range, inside the recording, or none [0, window]."""
    start = _start_around(entry, len(samples), form)
    span = (start / form.rate_hz, (start + form.window) / form.rate_hz)
    for other in others:
        apart = other.seconds is None or other.seconds[0] >= span[1] or other.seconds[1] <= span[0]
        if not apart and other.label not in (entry.label, BACKGROUND):
            return np.empty((0, form.window), np.int16)
    row = samples[start : start + form.window]
    return np.pad(row, (0, form.window - len(row)))[None]


def _start_around(entry: Entry, length: int, form: Form) -> int:
    """Return the first sample of the row whose middle is that of a range, in a recording of so many samples."""
    assert entry.seconds is not None
    middle = round(sum(entry.seconds) / 2 * form.rate_hz)
    return min(max(0, middle - form.window // 2), max(0, length - form.window))


def _samples_of(entry: Entry, length: int, form: Form) -> tuple[int, int]:
    """Return the first sample of a range and the one behind its last."""
    assert entry.seconds is not None
    begin, end = (min(round(second * form.rate_hz), length) for second in entry.seconds)
    return begin, end


def _apart(gap: Entry, events: Sequence[Entry], length: int, form: Form) -> tuple[int, int]:
    """Return the samples of a gap without the rows around short ranges, so that no row of it holds half an event."""
    begin, end = _samples_of(gap, length, form)
    before = begin
    for other in events:
        first, last = _samples_of(other, length, form)
        if last - first >= form.window:
            continue
        start = _start_around(other, length, form)
        if last <= before:
            begin = max(begin, start + form.window)
        else:
            end = min(end, start)
    return begin, end


def _fewer_of_background(entries: Sequence[Entry], clips: Sequence[Clip]) -> list[Clip]:
    """Return the clips with every second, third ... row of the background, so that it is no more than all classes."""
    counts = Counter[bool]()
    for entry, clip in zip(entries, clips, strict=True):
        counts[entry.label == BACKGROUND] += len(clip.rows)
    step = max(1, -(-counts[True] // max(1, counts[False])))
    found, seen = [], 0
    for entry, clip in zip(entries, clips, strict=True):
        if entry.label != BACKGROUND:
            found.append(clip)
            continue
        found.append(replace(clip, rows=clip.rows[-seen % step :: step]))
        seen += len(clip.rows)
    return found


def notes_on_ranges(clips: Sequence[Clip], form: Form) -> Iterator[str]:
    """Yield how ranges became rows."""
    window_s = form.window / form.rate_hz
    long = sum(len(clip.rows) > 0 and clip.seconds >= window_s for clip in clips)
    short = sum(len(clip.rows) > 0 and clip.seconds < window_s for clip in clips)
    yield f"ranges of a row or more, cut into rows {form.stride:,} samples apart: {long}"
    if short:
        yield f"shorter ranges, whose row holds what surrounds them: {short}"
    if none := sum(not len(clip.rows) for clip in clips):
        yield f"ranges left out, too short for a row apart from other classes: {none}"
