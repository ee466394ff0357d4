"""Reading a folder of pictures: a row is a picture of bytes, as a camera gives them."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from nas.arrays import Array
from nas.data import labels
from nas.data.dataset import Dataset
from nas.data.file_table import FileTable
from nas.data.finding import Finding
from nas.data.groups import SUBJECT
from nas.data.layouts.entry import Entry, Layout, most_are
from nas.data.layouts.grouped import grouped_by
from nas.data.layouts.media import in_folders, listed_media, media_files
from nas.data.options import DataOptions
from nas.data.readers.by_part import parts_of
from nas.data.readers.many_files import read_all
from nas.data.readers.picture import (
    ENDINGS,
    GREYS,
    Fit,
    PictureForm,
    PictureHeader,
    read_picture,
    read_picture_headers,
)
from nas.data.readers.picture_form import form_of_pictures
from nas.data.readers.sound import ENDINGS as SOUNDS
from nas.data.readers.telling import copies, telling_forms
from nas.data.readers.wanted_classes import of_wanted_classes
from nas.data.source import READERS, Reader
from nas.data.tables.reading import TABLES

MOST_SIZES = 6
GREY, COLOURS = ("grey",), ("red", "green", "blue")


def read_pictures(source: str, folder: Path, options: DataOptions) -> Dataset:
    """Read the pictures of a folder, and make rows of one size of them.

    Raises:
        InputError: there are no pictures of classes, the layout is ambiguous, or pictures cannot be read.
    """
    layout = _layout(source, folder, options)
    entries, chosen = of_wanted_classes(layout.entries, options)
    entries, told = _with_groups(entries, options.group_regex)
    headers = read_picture_headers(entries)
    form = form_of_pictures(headers, options)
    x = np.stack(read_all(entries, lambda entry: read_picture(entry.path, entry.place, form)))
    if options.image_color is None and x.shape[-1] > 1 and bool((x == x[..., :1]).all()):
        x = np.ascontiguousarray(x[..., :1])
    parts = parts_of(source, entries, [1] * len(entries), lambda numbers: x if len(numbers) == len(x) else x[numbers])
    y, class_names = labels.encode({name: part.y for name, part in parts.items()}, None, source)
    coded = {name: replace(part, y=y[name]) for name, part in parts.items()}
    return Dataset(
        source=source,
        train=coded["train"],
        val=coded.get("val"),
        test=coded.get("test"),
        class_names=class_names,
        channel_names=GREY if x.shape[-1] == 1 else COLOURS,
        recordings=tuple(entry.place for entry in entries),
        notes=(*layout.notes, *told, *chosen, *_notes(headers, form, options, x.shape[-1])),
        files=(_formats(headers), _classes(entries, x)),
        found=tuple(_findings(entries, headers, x)),
    )


def _layout(source: str, folder: Path, options: DataOptions) -> Layout:
    listed = listed_media(folder, options, ENDINGS)
    return listed or in_folders(source, media_files(source, folder, ENDINGS), options.group_regex)


def _with_groups(entries: Sequence[Entry], regex: str | None) -> tuple[list[Entry], tuple[str, ...]]:
    """Return the pictures with groups: of an expression, of the layout, or of a word for a person in each name."""
    if regex is not None:
        return grouped_by(entries, regex)
    named = [SUBJECT.search(entry.path.stem) for entry in entries]
    if any(entry.group for entry in entries) or not all(named):
        return list(entries), ()
    found = [replace(entry, group=match[0].lower()) for entry, match in zip(entries, named, strict=True) if match]
    return found, (f"groups: from the names of files, such as {found[0].group} in {found[0].path.name}",)


def _notes(headers: Sequence[PictureHeader], form: PictureForm, options: DataOptions, channels: int) -> Iterator[str]:
    yield f"{len(headers)} pictures as rows of {form.width} x {form.height} {'grey' if channels == 1 else 'RGB'} bytes"
    scaled = sum((header.width, header.height) != (form.width, form.height) for header in headers)
    if scaled:
        ways = {Fit.COVER: "what sticks out cut off", Fit.CONTAIN: "the rest black", Fit.STRETCH: "stretched"}
        asked = "" if options.image_size else "; --image-size WxH and --image-fit contain or stretch change that"
        yield f"pictures of other sizes, scaled, {ways[form.fit]}: {scaled}{asked}"
    if channels == 1 and not form.grey:
        yield "all pictures are grey, stored as colours: one channel is used"
    if form.grey and (coloured := sum(header.mode not in GREYS for header in headers)):
        yield f"pictures in colour, made grey: {coloured}"
    if clear := sum(header.mode in ("LA", "PA", "RGBA") for header in headers):
        yield f"pictures with transparency, which is white now: {clear}"


def _formats(headers: Sequence[PictureHeader]) -> FileTable:
    """Return how many pictures have each format, kind of colours and size, the most frequent first."""
    counts = Counter((header.form, header.mode, header.size) for header in headers)
    rows: list[tuple[str | int, ...]] = [(*key, count) for key, count in counts.most_common(MOST_SIZES)]
    if rest := sum(counts.values()) - sum(count for _, count in counts.most_common(MOST_SIZES)):
        rows.append((f"{len(counts) - MOST_SIZES} others", "", "", rest))
    return FileTable(("format", "colours", "size", "files"), tuple(rows))


def _classes(entries: Sequence[Entry], x: Array) -> FileTable:
    """Return number, brightness and contrast of the pictures of each class, in bytes."""
    rows = []
    names = np.array([entry.label for entry in entries])
    bright = np.array([row.mean() for row in x])
    spread = np.array([row.std() for row in x])
    for label in sorted(set(names.tolist())):
        own = names == label
        rows.append((label, int(own.sum()), round(float(bright[own].mean()), 1), round(float(spread[own].mean()), 1)))
    return FileTable(("class", "files", "brightness", "contrast"), tuple(rows))


def _findings(entries: Sequence[Entry], headers: Sequence[PictureHeader], x: Array) -> Iterator[Finding]:
    """Yield what is wrong with pictures."""
    classes = [entry.label for entry in entries]
    forms = [f"{header.size} pixels, {header.mode}, {header.form}" for header in headers]
    yield from telling_forms(classes, forms, "how they were stored, not what they show")
    digests = [
        (entry.part, hashlib.blake2b(row.tobytes(), digest_size=16).digest())
        for entry, row in zip(entries, x, strict=True)
    ]
    yield from copies([entry.place for entry in entries], digests, "picture")


READERS.register("pictures")(
    Reader(
        accepts=lambda path: path.is_dir() and most_are(path, ENDINGS, (*TABLES, *SOUNDS)),
        read=read_pictures,
        what="a folder of pictures",
        pattern="FOLDER OF PICTURES",
        summary="Your pictures (PNG, JPEG, BMP): <class>/<picture>.png, train/<class>/..., labels.csv ...",
        options=frozenset(
            {"labels", "group_regex", "classes", "unknown_share", "image_size", "image_fit", "image_color"}
        ),
    )
)
