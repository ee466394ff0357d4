"""What is told of audio files: their encodings, and the length, loudness and faults of each class."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from nas.data.file_table import FileTable
from nas.data.finding import Finding
from nas.data.layouts.entry import Entry
from nas.data.readers.clips import Clip, levels
from nas.data.readers.sound import Header
from nas.data.readers.telling import copies, telling_forms

QUIET_DB = -60.0
"""A clip that is softer than this holds nothing that a microphone of a microcontroller would hear."""

LOUDER_DB = 10.0
"""If a class is louder than the others by this much, a network may tell it by its loudness alone."""

FEWEST_FILES = 5


def format_table(headers: Sequence[Header]) -> FileTable:
    """Return how many files have each encoding, rate and number of channels."""
    seconds: dict[tuple[str, int, int], list[float]] = defaultdict(list)
    for header in headers:
        seconds[header.encoding, header.rate_hz, header.channels].append(header.seconds)
    rows = sorted(seconds.items(), key=lambda item: -len(item[1]))
    return FileTable(
        ("format", "rate, Hz", "channels", "files", "minutes"),
        tuple((*key, len(each), round(sum(each) / 60, 2)) for key, each in rows),
    )


def class_table(files: Sequence[tuple[Entry, Clip]], what: str = "files") -> FileTable:
    """Return the number of files, or of `what` they are, the lengths, the loudness and the faults of each class."""
    rows = []
    for label in sorted({entry.label for entry, _ in files}):
        own = [clip for entry, clip in files if entry.label == label]
        lengths, level = np.array([clip.seconds for clip in own]), levels(own)
        shown = [None if not len(level) else round(float(value), 1) for value in _spread(level)]
        rows.append(
            (label, len(own), round(float(lengths.min()), 3), round(float(lengths.max()), 3), *shown,
             sum(clip.clipped for clip in own), sum(map(_is_silent, own)))
        )  # fmt: skip
    return FileTable(
        ("class", what, "s min", "s max", "dB min", "dB median", "dB max", "clipped", "silent"),
        tuple(rows),
    )


def clip_findings(entries: Sequence[Entry], headers: Sequence[Header], clips: Sequence[Clip]) -> Iterator[Finding]:
    """Yield what is wrong with audio files.

    Args:
        entries: class, group and part of each file.
        headers: what each file tells of itself.
        clips: its rows and what was measured.
    """
    # Other rates cut off other frequencies.
    forms = [f"{each.rate_hz:,} Hz and {each.channels} channel{'s'[: each.channels != 1]}" for each in headers]
    yield from telling_forms([entry.label for entry in entries], forms, "the recorder, not the sound")
    yield from _telling_loudness(entries, clips)
    quiet = [entry.place for entry, clip in zip(entries, clips, strict=True) if _is_silent(clip)]
    if quiet:
        text = f"{len(quiet)} files are silent, below {QUIET_DB:g} dB of full scale, such as {quiet[0]}"
        yield Finding(
            "audio", text, advice="listen to them, and take those away that hold nothing", kind="silent_files"
        )
    digests = [_digest(entry, clip) for entry, clip in zip(entries, clips, strict=True)]
    yield from copies([entry.place for entry in entries], digests, "sound")


def _telling_loudness(entries: Sequence[Entry], clips: Sequence[Clip]) -> Iterator[Finding]:
    """A class that is the loudest is told by its loudness, which changes with the distance to the microphone."""
    labels = sorted({entry.label for entry in entries})
    of_class = {label: levels([c for e, c in zip(entries, clips, strict=True) if e.label == label]) for label in labels}
    for label, own in of_class.items():
        others = np.concatenate([each for other, each in of_class.items() if other != label] or [np.empty(0)])
        if min(len(own), len(others)) < FEWEST_FILES:
            continue
        louder = float(np.median(own) - np.median(others))
        if abs(louder) > LOUDER_DB:
            words = f"{abs(louder):.0f} dB {'louder' if louder > 0 else 'softer'} than other classes"
            text = f"{label} is {words}: a network may tell it by its loudness alone"
            advice = "record all classes at one distance, or train with random gain"
            yield Finding(label, text, advice=advice, kind="telling_loudness")


def _is_silent(clip: Clip) -> bool:
    return len(clip.rows) > 0 and clip.level_db < QUIET_DB


def _digest(entry: Entry, clip: Clip) -> tuple[str, bytes] | None:
    """Return part and digest of a file's rows; None of digital silence, which is told otherwise, and without rows."""
    if not len(clip.rows) or not np.isfinite(clip.level_db):
        return None
    return entry.part, hashlib.blake2b(clip.rows.tobytes(), digest_size=16).digest()


def _spread(values: np.ndarray) -> tuple[float, float, float]:
    return (float(values.min()), float(np.median(values)), float(values.max())) if len(values) else (0.0, 0.0, 0.0)
