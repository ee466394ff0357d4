"""Long recordings whose parts have classes: a table of begins and ends, or label tracks as Audacity writes them."""

import itertools
import math
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from nas.data.layouts.entry import Entry, within
from nas.data.names import FILES, GROUPS, LABELS, is_named, plain
from nas.data.parts import SPLITS, part_of
from nas.data.tables.encoding import decode, read_bytes
from nas.data.tables.reading import read_table
from nas.data.tables.table import Table
from nas.errors import InputError

TRACK = ".txt"
"""The ending of a label track, which lies beside its recording and has its name."""

_UNIT = r"(?:time|at)?(?:(ms|milliseconds)|s|secs?|seconds?)?"
_BEGIN, _END = re.compile(rf"(?:begin|start|onset|from){_UNIT}"), re.compile(rf"(?:end|stop|offset|to){_UNIT}")


@dataclass(frozen=True, slots=True)
class Range:
    """A part of a recording with a class.

    Attributes:
        begin_s: where it begins, in seconds; `end_s` where it ends, the same for a moment.
        label: its class.
        place: where it is told.
        group: who or what was recorded; empty for the recording itself.
        part: `train`, `val` or `test`.
    """

    begin_s: float
    end_s: float
    label: str
    place: str
    group: str = ""
    part: str = "train"


@dataclass(frozen=True, slots=True)
class Ranges:
    """The ranges of each recording, in the order of time, and what was assumed, one line each."""

    by_file: Mapping[Path, tuple[Range, ...]]
    notes: tuple[str, ...]


def listed_ranges(listing: Path, folder: Path, endings: Collection[str], *, several: bool = False) -> Ranges | None:
    """Return the ranges that a table lists, or None if it has no columns of begins and ends.

    Args:
        listing: the table.
        folder: of the recordings.
        endings: of their files.
        several: whether several labels may hold at once; ranges that overlap are then cut into pieces.

    Raises:
        InputError: a line is damaged, ranges of a recording contradict each other, or there is no such recording.
    """
    table = read_table(listing, str(listing))
    begin, end = (_time_column(table, pattern) for pattern in (_BEGIN, _END))
    if begin is None or end is None:
        return None
    file, label, group, part = (_column(table, words) for words in (FILES, LABELS, GROUPS, SPLITS))
    if file is None or label is None:
        got = ", ".join(table.names)
        raise InputError(listing, "must have the columns file, begin, end and label", got=got)
    texts = {n: table.texts(n).tolist() for n in (file, label, group, part, begin[0], end[0]) if n is not None}
    found: dict[Path, list[Range]] = defaultdict(list)
    for row in range(len(table)):
        place = table.at(row)
        times = [_seconds(texts[column][row], unit, place) for column, unit in (begin, end)]
        told = [texts[column][row] if column is not None else "" for column in (label, group, part)]
        path = within(folder, texts[file][row], place, endings)
        found[path].append(_range(times, told, place))
    told_in = f"classes of ranges: as {listing.name} gives them"
    return Ranges({path: _checked(ranges, several=several) for path, ranges in found.items()}, (told_in,))


def label_tracks(files: Sequence[Entry], *, several: bool = False) -> Ranges | None:
    """Return the ranges of files by the label tracks beside them; None if there are none.

    Other texts beside all of them are none, such as what is said in a recording.

    Raises:
        InputError: one of the tracks is damaged, or contradicts itself.
    """
    tracks = {entry.path: track for entry in files if (track := entry.path.with_suffix(TRACK)).is_file()}
    texts = {path: decode(read_bytes(track, str(track)), str(track))[0].splitlines() for path, track in tracks.items()}
    if not any(map(_is_track, texts.values())):
        return None
    found = {path: _checked(list(_track(tracks[path], lines)), several=several) for path, lines in texts.items()}
    names = f"{len(found)} label tracks beside them, such as {next(iter(tracks.values())).name}"
    return Ranges(found, (f"classes of ranges: from {names}",))


def _is_track(lines: Sequence[str]) -> bool:
    first = next((line for line in lines if line.strip()), "").split("\t")
    return len(first) in (2, 3) and all(re.fullmatch(r"\s*\d+(?:[.,]\d*)?\s*", cell) for cell in first[:2])


def _track(path: Path, lines: Sequence[str]) -> Iterator[Range]:
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("\\"):  # the frequencies of the label before
            continue
        place, (begin, end, label, *_) = f"{path}:{number}", [*line.split("\t"), "", "", ""]
        yield _range([_seconds(begin, 1.0, place), _seconds(end, 1.0, place)], [label.strip(), "", ""], place)


def _range(times: Sequence[float], told: Sequence[str], place: str) -> Range:
    (begin, end), (label, group, part) = times, told
    if not label:
        raise InputError(place, "must give a label", hint="name the class of the range, or delete the line")
    if end < begin:
        raise InputError(place, "must end at its begin or later", got=f"{begin:g} to {end:g} s")
    named = part_of(part) if part else "train"
    if named is None:
        raise InputError(place, "part must be train, val or test", got=repr(part))
    return Range(begin, end, label, place, group, named)


def _checked(ranges: Sequence[Range], *, several: bool) -> tuple[Range, ...]:
    """Return the ranges of a recording in order; those of one class that overlap become one.

    Raises:
        InputError: ranges of different classes overlap, unless several labels may hold, or the recording is in two
            parts or groups.
    """
    found: list[Range] = []
    for each in sorted(ranges, key=lambda one: (one.begin_s, one.end_s)):
        last = found[-1] if found else each
        if (each.group, each.part) != (last.group, last.part):
            rule, got = "a recording must be in one group and one part", f"{each.group or each.part}"
            raise InputError(each.place, rule, got=f"{got}, but {last.group or last.part} in {last.place}")
        if not several and each.begin_s < last.end_s and each.label != last.label:
            got = f"{each.label} from {each.begin_s:g} s, but {last.label} to {last.end_s:g} s in {last.place}"
            raise InputError(each.place, "ranges of different classes must not overlap", got=got)
        if not several and found and each.begin_s < last.end_s:
            found[-1] = replace(last, end_s=max(last.end_s, each.end_s))
        else:
            found.append(each)
    return tuple(_pieces(found) if several else found)


def _pieces(ranges: Sequence[Range]) -> list[Range]:
    """Return ranges that do not overlap, each with all labels that hold in it, with ; between.

    A moment ends the piece that it lies in, so that no row holds it without its label.
    """
    moments = {each.begin_s for each in ranges if each.begin_s == each.end_s}
    times = sorted({time for each in ranges for time in (each.begin_s, each.end_s)})
    found: list[Range] = []
    for begin, end in sorted((*itertools.pairwise(times), *((time, time) for time in moments))):
        held = [each for each in ranges if each.begin_s <= begin and end <= each.end_s]
        label = ";".join(sorted({each.label for each in held}))
        if found and begin not in moments and (found[-1].end_s, found[-1].label) == (begin, label):
            found[-1] = replace(found[-1], end_s=end)
        elif held:
            found.append(replace(held[0], begin_s=begin, end_s=end, label=label))
    return found


def _column(table: Table, words: Collection[str]) -> int | None:
    named = [column for column, name in enumerate(table.names) if is_named(name, frozenset(words))]
    return min(named, key=lambda column: plain(table.names[column]) not in words, default=None)


def _time_column(table: Table, pattern: re.Pattern[str]) -> tuple[int, float] | None:
    """Return the first column of such a name, and its unit in seconds."""
    for column, name in enumerate(table.names):
        if found := pattern.fullmatch(re.sub(r"[\W_]+", "", name.lower())):
            return column, 0.001 if found[1] else 1.0
    return None


def _seconds(text: str, unit: float, place: str) -> float:
    try:
        value = float(text.strip().replace(",", ".")) * unit
    except ValueError:
        value = math.nan
    if not 0 <= value < math.inf:
        raise InputError(place, "begin and end must be times from 0 on", got=repr(text))
    return value


def gaps(ranges: Sequence[Range], seconds: float) -> list[tuple[float, float]]:
    """Return what no range of a recording holds, as begins and ends in seconds."""
    ends = itertools.accumulate((each.end_s for each in ranges), max, initial=0.0)
    begins = [*(each.begin_s for each in ranges), seconds]
    return [(begin, end) for begin, end in zip(ends, begins, strict=True) if end > begin]
