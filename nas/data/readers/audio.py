"""Reading a folder of audio files: a row is a window of samples of 16 bits, as a microphone gives them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from nas.data import labels
from nas.data.dataset import Dataset, Part
from nas.data.layouts.entry import Entry, Layout, most_are
from nas.data.layouts.grouped import with_groups
from nas.data.layouts.media import in_folders, listed_media, media_files
from nas.data.layouts.speech_commands import speech_commands
from nas.data.options import DataOptions
from nas.data.readers.by_part import parts_of
from nas.data.readers.clip_facts import class_table, clip_findings, format_table
from nas.data.readers.clips import Clip, Form, form_of, read_clips, read_headers, stacked
from nas.data.readers.picture import ENDINGS as PICTURES
from nas.data.readers.ranges import has_labels_beside, notes_on_ranges, ranges_of, read_ranges
from nas.data.readers.silence import is_noise, silence, training_noise
from nas.data.readers.sound import ENDINGS, Header
from nas.data.readers.wanted_classes import SILENCE, of_wanted_classes
from nas.data.source import READERS, Reader
from nas.data.tables.reading import TABLES
from nas.errors import InputError
from nas.text import counted

CHANNEL = "audio"


def read_audio(source: str, folder: Path, options: DataOptions) -> Dataset:
    """Read the audio files of a folder, and make rows of one length at one rate of them.

    Raises:
        InputError: there are no files of classes, the layout is ambiguous, or files cannot be read.
    """
    ranged = ranges_of(source, folder, options)
    layout = ranged or _layout(source, folder, options)
    noise = [entry for entry in layout.entries if is_noise(entry)]
    entries = [entry for entry in layout.entries if not is_noise(entry)]
    if not entries:
        raise InputError(source, "must hold audio of classes", got=f"{len(noise)} files of noise")
    entries, chosen = of_wanted_classes(entries, options)
    entries, told = with_groups(entries, options.group_regex)
    headers = read_headers(entries)
    form = form_of(headers, options, in_ranges=ranged is not None)
    clips = read_clips(entries, form) if ranged is None else read_ranges(entries, layout.entries, form)
    counts = _rows_by_part(entries, clips)
    extra = silence(noise, counts, form, options)
    noise_groups, mixed = ((), ()) if options.noise else training_noise(noise, list(counts), form.rate_hz)
    places = tuple(entry.place for entry in (*entries, *(entry for entry, _ in extra)))
    everything = [*zip(entries, clips, strict=True), *extra]
    rows = [clip.rows for _, clip in everything]
    files = [*{entry.path: header for entry, header in zip(entries, headers, strict=True)}.values()]
    what = "files" if ranged is None else "ranges"
    parts = parts_of(
        source,
        [entry for entry, _ in everything],
        list(map(len, rows)),
        lambda numbers: stacked([rows[n] for n in numbers], form.window),
    )
    y, class_names = labels.encode({name: part.y for name, part in parts.items()}, None, source)
    coded = {name: Part(part.x, y[name], part.groups, part.recordings) for name, part in parts.items()}
    return Dataset(
        source=source,
        train=coded["train"],
        val=coded.get("val"),
        test=coded.get("test"),
        class_names=class_names,
        channel_names=(CHANNEL,),
        sample_rate_hz=float(form.rate_hz),
        stride=form.stride,
        recordings=places,
        notes=(*layout.notes, *told, *chosen, *_notes(files, clips, form, what), *_of_noise(noise, extra)),
        files=(format_table(files), class_table(everything, what)),
        found=tuple(clip_findings(entries, headers, clips)),
        noise=mixed,
        noise_groups=noise_groups,
    )


def _layout(source: str, folder: Path, options: DataOptions) -> Layout:
    """Return the files with classes and parts; those of noise are among them, in the class of their folder."""
    listed = listed_media(folder, options, ENDINGS)
    if listed is not None:
        return listed
    files = media_files(source, folder, ENDINGS)
    noise = [entry for entry in files if is_noise(entry)]
    files = [entry for entry in files if not is_noise(entry)]
    found = speech_commands(folder, files) or in_folders(source, files, options.group_regex)
    return Layout((*found.entries, *noise), found.notes)


def _rows_by_part(entries: Sequence[Entry], clips: Sequence[Clip]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for entry, clip in zip(entries, clips, strict=True):
        counts[entry.part] += len(clip.rows)
    return dict(counts)


def _notes(headers: Sequence[Header], clips: Sequence[Clip], form: Form, what: str) -> Iterator[str]:
    window = f"{form.window:,} samples, {form.window / form.rate_hz:.4g} s"
    if what == "ranges":
        yield f"{len(clips)} ranges of {counted(len(headers), 'file')} as rows of {window}, of 16 bits and one channel"
        yield from notes_on_ranges(clips, form)
    else:
        yield f"{len(clips)} audio files as rows of {window}, of 16 bits and one channel"
        yield from _on_lengths(clips, form)
    yield from _on_files(headers, form)


def _on_files(headers: Sequence[Header], form: Form) -> Iterator[str]:
    rates = Counter(header.rate_hz for header in headers if header.rate_hz != form.rate_hz)
    if rates:
        listed = ", ".join(f"{rate:,} Hz ({count} files)" for rate, count in sorted(rates.items()))
        yield f"resampled to {form.rate_hz:,} Hz: {listed}"
    if mixed := sum(header.channels > 1 for header in headers):
        yield f"files of several channels, of which the mean is taken: {mixed}"
    if cut := sum(header.is_cut for header in headers):
        yield f"files that end before the length that they tell: {cut}"


def _on_lengths(clips: Sequence[Clip], form: Form) -> Iterator[str]:
    short = sum(0 < clip.seconds * form.rate_hz < form.window - 0.5 for clip in clips)
    if short:
        yield f"shorter files, padded with zeros at their end: {short}"
    if loudest := sum(clip.is_loudest for clip in clips):
        yield f"longer files, of which the loudest {form.window / form.rate_hz:.4g} s are a row: {loudest}"
    if several := sum(len(clip.rows) > 1 for clip in clips):
        yield f"longer files, cut into rows {form.stride:,} samples apart: {several}"
    if empty := sum(not len(clip.rows) for clip in clips):
        yield f"files without samples, left out: {empty}"


def _of_noise(files: Sequence[Entry], rows: Sequence[tuple[Entry, Clip]]) -> Iterator[str]:
    if rows:
        yield f"{SILENCE}: {len(rows)} rows, cut from {len(files)} recordings of noise at random places and loudness"
    elif files:
        yield f"noise, no class: {len(files)} files; for a class of silence add --silence-share 0.1"


READERS.register("audio")(
    Reader(
        accepts=lambda path: (
            path.is_dir() and (most_are(path, ENDINGS, (*TABLES, *PICTURES)) or has_labels_beside(path))
        ),
        read=read_audio,
        what="a folder of audio files",
        pattern="FOLDER OF AUDIO",
        summary="Your sounds (WAV, FLAC, OGG, MP3): <class>/<speaker>_1.wav, train/<class>/..., labels.csv ...",
        options=frozenset(
            {"window", "stride", "rate_hz", "labels", "group_regex", "classes", "unknown_share", "silence_share"}
        ),
    )
)
