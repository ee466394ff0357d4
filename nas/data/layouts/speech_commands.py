"""The layout of Google's Speech Commands: a folder a word, the speaker in each name, and lists or hashes for parts.

Source: the README of the data set, and `which_set` of TensorFlow's examples/speech_commands/input_data.py.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from nas.data.layouts.entry import Entry, Layout
from nas.files import read_regular

LISTS = {"validation_list.txt": "val", "testing_list.txt": "test"}
NAMED = re.compile(r"(.+)_nohash_\d+")
"""Names of clips: who spoke, and the number of the clip."""

VAL_PERCENT, TEST_PERCENT = 10, 10
_MOST_CLIPS = 2**27 - 1
_MOST_BYTES = 1 << 26


def speech_commands(folder: Path, files: Sequence[Entry]) -> Layout | None:
    """Return class, speaker and official part of each clip; None for a folder of another layout.

    Parts are those of the lists in the folder, else those of the official hash of the speaker. Where that leaves
    training rows or another part without clips, as in a part of the data set, all are training rows.
    """
    lists = [folder / name for name in LISTS if (folder / name).is_file()]
    names = [NAMED.fullmatch(entry.path.stem) for entry in files]
    if not all(names) or any(len(entry.folders) != 1 for entry in files):
        return None
    speakers = [match[1] for match in names if match]
    if lists:
        told = {line: LISTS[path.name] for path in lists for line in _lines(path)}
        parts = [told.get(entry.inside, "train") for entry in files]
        how = f"as {' and '.join(path.name for path in lists)} give them"
    else:
        parts, how = [hash_part(speaker) for speaker in speakers], "by the official hash of the speaker"
    if len(set(parts)) < (2 if lists else 3):
        parts, how = ["train"] * len(files), ""
    entries = tuple(
        replace(entry, label=entry.folders[0], group=speaker, part=part)
        for entry, speaker, part in zip(files, speakers, parts, strict=True)
    )
    return Layout(
        entries, ("layout: Speech Commands, the speaker of a clip as its group", *([f"parts: {how}"] * bool(how)))
    )


def hash_part(speaker: str) -> str:
    """Return the part that Speech Commands' own rule puts a speaker into."""
    number = int(hashlib.sha1(speaker.encode(), usedforsecurity=False).hexdigest(), 16)
    percent = number % (_MOST_CLIPS + 1) * (100 / _MOST_CLIPS)
    return "val" if percent < VAL_PERCENT else "test" if percent < VAL_PERCENT + TEST_PERCENT else "train"


def _lines(path: Path) -> list[str]:
    return read_regular(path, _MOST_BYTES).decode("utf-8", "replace").split()
