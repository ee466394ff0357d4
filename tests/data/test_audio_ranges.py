"""Long recordings whose parts have classes, by a table of begins and ends or by label tracks."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from nas.data.dataset import Dataset
from nas.data.describe import describe
from nas.data.options import DataOptions
from nas.data.source import load
from nas.data.splits import split
from nas.errors import InputError

RATE = 1000
SECONDS = 10


def counting() -> np.ndarray:
    """Samples that tell where they are, and no two windows of them are equal."""
    return np.arange(SECONDS * RATE, dtype=np.int16)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("monday", "tuesday", "sunday"):
        soundfile.write(tmp_path / f"{name}.wav", counting(), RATE)
    return tmp_path


def listed(folder: Path, *lines: str, head: str = "file,begin,end,label") -> Path:
    (folder / "labels.csv").write_text("\n".join([head, *lines]) + "\n")
    return folder


def rows_of(folder: Path, **options: object) -> Dataset:
    return load(str(folder), options=DataOptions(**options))


def windows(data: Dataset, recording: str, label: str) -> list[tuple[int, int]]:
    """First and last sample of the rows of a recording with a class."""
    part, number = data.train, data.class_names.index(label)
    chosen = (part.groups == recording) & (part.y == number)
    return [(int(row[0]), int(row[-1])) for row in part.x[chosen][..., 0]]


def windows_with(data: Dataset, recording: str, y: list[int]) -> list[tuple[int, int]]:
    """First and last sample of the rows of a recording with these labels."""
    chosen = (data.train.groups == recording) & (data.train.y == y).all(axis=1)
    return [(int(row[0]), int(row[-1])) for row in data.train.x[chosen][..., 0]]


FULL = ("monday.wav,1.0,4.0,saw", "monday.wav,5.25,7,drill", "tuesday.wav,0,2,drill", "sunday,8,10,saw")


def test_rows_lie_inside_the_ranges_that_a_table_lists_and_overlap_by_half(folder: Path) -> None:
    data = rows_of(listed(folder, *FULL))
    assert (data.class_names, data.train.x.shape[1:], data.stride) == (("drill", "saw"), (1000, 1), 500)
    assert windows(data, "monday", "saw") == [(begin, begin + 999) for begin in range(1000, 3001, 500)]
    assert windows(data, "monday", "drill") == [(5250, 6249), (5750, 6749)]
    assert windows(data, "sunday", "saw") == [(8000, 8999), (8500, 9499), (9000, 9999)]
    assert len(data.train.x) == 13


def test_a_recording_is_a_group_and_so_in_one_part(folder: Path) -> None:
    data = rows_of(listed(folder, *FULL, "sunday,0,5,drill", "tuesday,5,9,saw"))
    parts = split(data, 0).parts().values()
    groups = [set(part.groups.tolist()) for part in parts]
    assert sum(map(len, groups)) == len(set.union(*groups)) == 3


def test_audacitys_label_tracks_give_the_same_rows_as_a_table(folder: Path) -> None:
    (folder / "monday.txt").write_text("5,25\t7,0\tdrill\n\\\t100.0\t2000.0\n1.000000\t4.000000\tsaw\n")
    (folder / "tuesday.txt").write_text("0.0\t2.0\tdrill\n")
    (folder / "sunday.txt").write_text("8.0\t10.02\tsaw\n")  # rounded a little beyond its end
    tracks = rows_of(folder)
    for track in folder.glob("*.txt"):
        track.unlink()
    table = rows_of(listed(folder, *FULL))
    for name in ("x", "y", "groups"):
        np.testing.assert_array_equal(getattr(tracks.train, name), getattr(table.train, name))


def test_columns_may_have_other_usual_names_and_milliseconds(folder: Path) -> None:
    cells = [line.split(",") for line in FULL]
    lines = [f"{file},{float(begin) * 1000:g},{float(end) * 1000:g},{label}" for file, begin, end, label in cells]
    data = rows_of(listed(folder, *lines, head="filename,onset_ms,offset (ms),class"))
    expected = rows_of(listed(folder, *FULL))
    np.testing.assert_array_equal(data.train.x, expected.train.x)


def test_a_range_shorter_than_a_row_has_what_surrounds_it_but_not_another_class(folder: Path) -> None:
    lines = ("monday,2,2,knock", "monday,5,5.2,knock", "monday,5.4,9,saw", "tuesday,0.1,0.2,knock", "sunday,1,9,saw")
    data = rows_of(listed(folder, *lines))
    assert windows(data, "monday", "knock") == [(1500, 2499)]  # the other is 0.2 s beside a saw
    assert windows(data, "tuesday", "knock") == [(0, 999)]
    assert any(note.endswith("too short for a row apart from other classes: 1") for note in data.notes)


def test_overlapping_ranges_of_one_class_are_one(folder: Path) -> None:
    data = rows_of(listed(folder, "monday,1,2.5,saw", "monday,2,4,saw", "monday,5,6,drill", "tuesday,0,2,drill"))
    assert windows(data, "monday", "saw") == [(begin, begin + 999) for begin in range(1000, 3001, 500)]


def test_ranges_that_overlap_have_several_labels_where_they_are_asked_for(folder: Path) -> None:
    spans = {"monday": {"saw": (1, 5), "drill": (3, 8)}, "tuesday": {"saw": (0, 6), "drill": (2, 4), "hum": (0, 10)}}
    listed(folder, *(f"{day},{a},{b},{label}" for day, told in spans.items() for label, (a, b) in told.items()))
    data = rows_of(folder, task="multi-label", classes="saw,drill,_background_")
    assert data.class_names == ("drill", "saw")
    for row, y, day in zip(data.train.x[..., 0], data.train.y, data.train.groups.tolist(), strict=True):
        first, last = int(row[0]) / RATE, (int(row[-1]) + 1) / RATE
        told = [spans[day].get(label, (0, 0)) for label in data.class_names]
        assert y.tolist() == [begin <= first and last <= end for begin, end in told]
        assert all(held or last <= begin or first >= end for held, (begin, end) in zip(y, told, strict=True))
    assert {tuple(y) for y in data.train.y.tolist()} == {(0, 0), (0, 1), (1, 0), (1, 1)}
    with pytest.raises(InputError, match="classes: unknown label 'sow'"):
        rows_of(folder, task="multi-label", classes="sow,drill")


def test_a_moment_is_in_no_row_that_lacks_its_label(folder: Path) -> None:
    listed(folder, "monday,1,5,saw", "monday,2.5,2.5,knock", "tuesday,4,4,knock", "tuesday,6,8,saw;hum")
    data = rows_of(folder, task="multi-label")
    assert data.class_names == ("hum", "knock", "saw")
    assert windows_with(data, "monday", [0, 0, 1]) == [(b, b + 999) for b in (1000, 1500, *range(2500, 4001, 500))]
    assert not windows_with(data, "monday", [0, 1, 1])  # its row would reach into a saw without a knock
    assert len(windows_with(data, "tuesday", [1, 0, 1])) == 3
    assert windows_with(data, "tuesday", [0, 1, 0]) == [(3500, 4499)]


def test_what_no_range_holds_is_left_out_or_a_class_of_at_most_as_many_rows(folder: Path) -> None:
    listed(folder, "monday,4,6,saw", "tuesday,0,10,drill", "sunday,0.5,9.8,drill")
    assert rows_of(folder).class_names == ("drill", "saw")
    data = rows_of(folder, classes="saw,_background_")
    assert data.class_names == ("_background_", "saw")
    background = windows(data, "monday", "_background_")
    assert len(background) <= len(windows(data, "monday", "saw")) == 3
    assert background[0] == (0, 999)
    assert all(last < 4000 or first >= 6000 for first, last in background)
    assert not windows(data, "sunday", "_background_")  # 0.5 s and 0.2 s are no row


def test_no_row_of_the_background_reaches_into_the_row_around_a_short_range(folder: Path) -> None:
    listed(folder, "monday,2,2,knock", "monday,4.1,4.3,knock", "monday,9.9,9.9,knock", "tuesday,0,10,saw")
    data = rows_of(folder, classes="knock,saw,_background_", stride=100)
    assert windows(data, "monday", "knock") == [(1500, 2499), (3700, 4699), (9000, 9999)]
    background = windows(data, "monday", "_background_")
    assert background
    for first, last in background:
        assert all(last < begin or first > end for begin, end in windows(data, "monday", "knock"))
    assert {(0, 999), (500, 1499), (2500, 3499), (2700, 3699), (4700, 5699), (8000, 8999)} <= set(background)


def test_no_row_of_the_background_holds_a_moment_of_a_class_that_is_left_out(folder: Path) -> None:
    listed(folder, "monday,2,2,knock", "tuesday,0,10,saw", "sunday,5,5,knock")
    background = windows(rows_of(folder, classes="saw,_background_", stride=100), "monday", "_background_")
    assert background
    assert all(last < 1500 or first >= 2500 for first, last in background)


def test_no_row_of_the_background_holds_a_moment_whose_own_row_is_left_out(folder: Path) -> None:
    listed(folder, "monday,2,2,knock", "monday,2.3,4,saw", "tuesday,0,10,saw", "sunday,5,5,knock")
    data = rows_of(folder, classes="knock,saw,_background_", stride=100)
    assert not windows(data, "monday", "knock")
    assert windows(data, "monday", "_background_")
    assert all(last < 1500 or first >= 4000 for first, last in windows(data, "monday", "_background_"))


def test_parts_and_groups_may_be_given_and_recordings_without_ranges_are_left_out(folder: Path) -> None:
    lines = ("monday,0,3,saw,hall,train", "monday,4,6,drill,hall,train", "sunday,0,3,saw,yard,test")
    data = rows_of(listed(folder, *lines, head="file,start,end,label,group,split"))
    assert data.test is not None
    assert (set(data.train.groups.tolist()), set(data.test.groups.tolist())) == ({"hall"}, {"yard"})
    assert "recordings without a range, left out: 1" in data.notes


def test_ranges_without_rows_are_neither_copies_nor_silent(folder: Path) -> None:
    short = [f"{day},{t}.4,{t}.6,knock" for day in ("monday", "tuesday") for t in range(3)]  # each 0.2 s beside a saw
    long = [f"{day},{t}.6,{t + 1}.4,saw" for day in ("monday", "tuesday") for t in range(3)]
    moments = ("monday,5,5,knock", "monday,5.1,9,saw", "sunday,2,2,knock", "sunday,4,9,saw")
    data = rows_of(listed(folder, *short, *long, *moments))
    assert any("too short for a row" in note for note in data.notes)
    assert {finding.kind for finding in data.found} & {"copied_files", "silent_files"} == set()
    assert {line[-1] for line in data.files[1].rows} == {0}


def test_the_description_tells_ranges_and_their_lengths(folder: Path) -> None:
    data = rows_of(listed(folder, *FULL))
    assert any(note.startswith("4 ranges of 3 files as rows of 1,000 samples, 1 s") for note in data.notes)
    assert "ranges" in str(describe(data).to_json()["files"])


def test_texts_that_are_no_label_tracks_are_none(tmp_path: Path) -> None:
    for label in ("go", "stop"):
        (tmp_path / label).mkdir()
        for who in ("anna", "bo"):
            soundfile.write(tmp_path / label / f"{who}.wav", counting()[:800], RATE)
            (tmp_path / label / f"{who}.txt").write_text(f"{who} says {label}\n")
    assert rows_of(tmp_path).train.x.shape == (4, 800, 1)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["monday,4,3,saw"], r"labels\.csv:2: must end at its begin or later, got 4 to 3 s"),
        (["monday,8,11,saw"], r"labels\.csv:2: a range must lie within its recording, got 8 to 11 s, of 10\.00 s"),
        (["monday,1,3,saw", "monday,2,5,drill"], r"labels\.csv:3: ranges of different classes must not overlap"),
        (["friday,1,3,saw"], r"labels\.csv:2: must name a file in the folder"),
        (["monday,soon,3,saw"], r"labels\.csv:2: begin and end must be times from 0 on, got 'soon'"),
        (["monday,-1,3,saw"], r"labels\.csv:2: begin and end must be times from 0 on"),
        (["monday,1,3,"], r"labels\.csv:2: must give a label"),
    ],
)
def test_a_wrong_line_is_refused_by_its_number(folder: Path, lines: list[str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        rows_of(listed(folder, *lines, *FULL[1:]))


@pytest.mark.parametrize(
    ("track", "message"),
    [
        ("1.0\t0.5\tsaw\n", r"monday\.txt:1: must end at its begin or later"),
        ("1.0\t2.0\tsaw\nhello\n", r"monday\.txt:2: begin and end must be times from 0 on, got 'hello'"),
        ("1.0\t2.0\n", r"monday\.txt:1: must give a label"),
        ("9.0\t12.0\tsaw\n", r"monday\.txt:1: a range must lie within its recording"),
    ],
)
def test_a_wrong_label_track_is_refused_by_its_line(folder: Path, track: str, message: str) -> None:
    (folder / "monday.txt").write_text(track)
    (folder / "tuesday.txt").write_text("0.0\t2.0\tdrill\n")
    with pytest.raises(InputError, match=message):
        rows_of(folder)
