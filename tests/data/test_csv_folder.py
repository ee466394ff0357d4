"""Folders of CSV recordings: files, labels, groups, times, and errors of one line that name file and line."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nas.data.dataset import Dataset
from nas.data.layouts.entry import Entry
from nas.data.options import DataOptions
from nas.data.readers.recordings import takes_of
from nas.data.source import load
from nas.data.splits import split
from nas.data.tables.reading import read_table
from nas.data.tables.sheet import read_sheet
from nas.data.windows import Recording
from nas.errors import InputError


def read_recording(path: Path, place: str) -> Recording:
    sheet = read_sheet(read_table(path, place), DataOptions(), labelled=True)
    return takes_of(sheet, Entry(path, place, place, "run"), resets=False)[0].recording


def write(path: Path, rows: np.ndarray, header: str = "t,a,b") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [",".join(f"{cell:.6f}" for cell in row) for row in rows]
    path.write_text("\n".join(([header] if header else []) + lines) + "\n")


def signal(samples: int, rate: float = 50.0, offset: float = 0.0) -> np.ndarray:
    t = np.arange(samples) / rate
    return np.stack([t, np.arange(samples) + offset, -t], axis=1)


def folder(tmp_path: Path, **more: np.ndarray) -> Path:
    for label in ("run", "walk"):
        for subject in range(3):
            write(tmp_path / label / f"sub_{subject}_x.csv", signal(20))
    return tmp_path


def read(path: Path, **options: object) -> Dataset:
    return load(str(path), options=DataOptions(**{"window": 8, "stride": 4, **options}))


def test_classes_are_folders_and_groups_come_from_names(tmp_path: Path) -> None:
    data = read(folder(tmp_path))
    assert data.class_names == ("run", "walk")
    assert set(data.train.groups.tolist()) == {"sub_0", "sub_1", "sub_2"}
    assert data.channel_names == ("a", "b")
    assert data.sample_rate_hz == 50.0


def test_only_visible_csv_files_in_folders_of_classes_are_read(tmp_path: Path) -> None:
    write(folder(tmp_path) / "run/sub_8.CSV", signal(20))
    for other in ("notes_1.csv", "run/.sub_9.csv", "walk/sub_9.wav", "walk/README.txt"):
        write(tmp_path / other, signal(20))
    data = read(tmp_path)
    assert data.class_names == ("run", "walk")
    assert set(data.train.groups.tolist()) == {"sub_0", "sub_1", "sub_2", "sub_8"}


def test_windows_start_a_stride_apart_and_never_leave_their_recording(tmp_path: Path) -> None:
    write(tmp_path / "run/s1.csv", signal(20))
    write(tmp_path / "walk/s2.csv", signal(13, offset=100))
    first = read(tmp_path).train.x[:, :, 0]
    starts = [0, 4, 8, 12, 100, 104]
    np.testing.assert_array_equal(first, np.array(starts)[:, None] + np.arange(8))


def test_a_folder_below_the_class_is_the_group(tmp_path: Path) -> None:
    write(tmp_path / "run/anna/2024-05-01.csv", signal(20))
    write(tmp_path / "walk/bo/2024-05-01.csv", signal(20))
    assert set(read(tmp_path).train.groups.tolist()) == {"anna", "bo"}


def test_a_labels_file_gives_class_and_group(tmp_path: Path) -> None:
    for name in ("one.csv", "two.csv"):
        write(tmp_path / name, signal(20))
    (tmp_path / "labels.csv").write_text("file,label,group\none.csv,run,anna\ntwo.csv,walk,bo\n")
    data = read(tmp_path)
    assert (data.class_names, sorted(set(data.train.groups.tolist()))) == (("run", "walk"), ["anna", "bo"])


def test_a_labels_file_may_lie_elsewhere_and_leave_out_groups(tmp_path: Path) -> None:
    write(tmp_path / "rec/sub1_a.csv", signal(20))
    write(tmp_path / "rec/sub2_b.csv", signal(20))
    (tmp_path / "mine.csv").write_text("file,label\nsub1_a.csv,run\nsub2_b.csv,walk\n")
    data = read(tmp_path / "rec", labels=str(tmp_path / "mine.csv"))
    assert set(data.train.groups.tolist()) == {"sub1", "sub2"}


def test_recordings_shorter_than_a_window_are_left_out_and_counted(tmp_path: Path) -> None:
    write(folder(tmp_path) / "run/sub_9.csv", signal(7))
    data = read(tmp_path)
    assert "sub_9" not in data.train.groups
    assert any("shorter than a window: 1" in note for note in data.notes)


def test_resampling_agrees_with_numpy_interp(tmp_path: Path) -> None:
    t = np.cumsum(np.random.default_rng(0).uniform(0.5, 1.5, 300)) / 75
    t -= t[0]
    rows = np.stack([t, np.sin(3 * t), np.cos(t)], axis=1).round(6)
    write(tmp_path / "run/s1.csv", rows)
    write(tmp_path / "walk/s2.csv", rows)
    x = read(tmp_path, window=90, stride=90, rate_hz=25).train.x
    grid = np.arange(90) / 25
    np.testing.assert_allclose(x[0, :, 0], np.interp(grid, rows[:, 0], rows[:, 1]), atol=1e-5)
    np.testing.assert_allclose(x[0, :, 1], np.interp(grid, rows[:, 0], rows[:, 2]), atol=1e-5)


def test_a_signal_with_the_wanted_rate_is_left_unchanged(tmp_path: Path) -> None:
    data, plain = read(folder(tmp_path), rate_hz=50), read(tmp_path)
    np.testing.assert_array_equal(data.train.x, plain.train.x)


def test_no_window_spans_a_gap_in_time(tmp_path: Path) -> None:
    rows = signal(40)
    rows[20:, 0] += 5.0
    write(tmp_path / "run/s1.csv", rows)
    write(tmp_path / "walk/s2.csv", signal(20))
    data = read(tmp_path)
    first = data.train.x[data.train.groups == "s1", :, 0]
    assert not ((first < 20).any(axis=1) & (first >= 20).any(axis=1)).any()
    assert any("gaps in time: 1;" in note for note in data.notes)


@pytest.mark.parametrize(
    ("name", "factor", "rate"),
    [
        ("t", 1, 50), ("time", 1, 50), ("Timestamp", 1e3, 50), ("time", 1e6, 50), ("timestamp", 1e9, 50),
        ("time_ms", 1e3, 50), ("t_s", 1, 50), ("clock_ms", 1e3, 50), ("time [ms]", 1e3, 50), ("seconds_elapsed", 1, 50),
        ("ms", 1e3, 50), ("seconds", 1, 50), ("time_s", 50.0, 1),
    ],
)  # fmt: skip
def test_a_time_column_gives_the_rate_and_is_no_channel(tmp_path: Path, name: str, factor: float, rate: float) -> None:
    rows = signal(20)
    rows[:, 0] = 1000 + rows[:, 0] * factor
    write(tmp_path / "a.csv", rows, f"{name},a,b")
    recording = read_recording(tmp_path / "a.csv", "a.csv")
    assert recording.channel_names == ("a", "b")
    assert recording.rate_hz == pytest.approx(rate, rel=1e-3)


@pytest.mark.parametrize(
    "text", ["1,2\n3,4\n", "a;b\n1;2\n3;4\n", "a\tb\n1\t2\n3\t4", '\ufeff"a","b"\r\n1,2\r\n\r\n3,4\r\n']
)
def test_all_usual_delimiters_headers_and_line_ends_are_read(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.csv").write_bytes(text.encode())
    assert read_recording(tmp_path / "a.csv", "a.csv").values.tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("t,a\n0,1\n1,x\n", "a.csv:3: column a must be a finite number, got 'x'"),
        ("t,a\n0,1\n\n1,inf\n", "a.csv:4: column a must be a finite number, got 'inf'"),
        ("1,2\n3,4\n5,oops\n", "a.csv:3: column 2 must be a finite number, got 'oops'"),
        ("t,a\n0,1\n1,2,3\n", "a.csv:3: must have 2 cells like the first line, got 3"),
        ("t,a\n0,1.5,5\n1,2.5,5\n", "a.csv:2: must have 2 cells like the first line, got 3"),
        ("t_s,a\n0,1\n2,1\n1,1\n", "a.csv:4: t_s must increase"),
        ("t\n0\n1\n", "a column other than time"),
        ("t,a\n", "has only a header"),
        ("", "is empty"),
    ],
)
def test_errors_in_a_recording_name_file_and_line(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(InputError, match=message):
        read_recording(tmp_path / "a.csv", "a.csv")


def test_all_files_that_cannot_be_read_are_told_at_once_in_order(tmp_path: Path) -> None:
    root = folder(tmp_path)
    (root / "walk/sub_1_x.csv").write_text("")
    (root / "run/sub_2_x.csv").write_text("t,a,b\n0,1,ERR\n1,2,3\n")
    with pytest.raises(InputError) as error:
        read(root)
    first, second = (
        "run/sub_2_x.csv:2: column b must be a finite number",
        "walk/sub_1_x.csv: must hold samples, but is empty",
    )
    assert str(error.value).startswith("2 of 6 files: must be readable, but are not: (1) ")
    assert 0 < str(error.value).index(first) < str(error.value).index(f"(2) {root}/{second}")


def test_of_many_files_that_cannot_be_read_some_are_told_and_the_rest_counted(tmp_path: Path) -> None:
    for number in range(11):
        write(tmp_path / f"run/sub_{number}_x.csv", signal(20))
        (tmp_path / f"run/sub_{number}_y.csv").write_text("")
    with pytest.raises(InputError, match=r"^11 of 22 files: .*\(8\) .* and 3 more$"):
        read(tmp_path)


def test_a_binary_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="cannot be read as text"):
        read_recording(tmp_path / "a.csv", "a.csv")


@given(st.lists(st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=3), min_size=1, max_size=20))
def test_numbers_are_read_exactly_as_written(tmp_path_factory: pytest.TempPathFactory, rows: list[list[float]]) -> None:
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    path.write_text("\n".join(",".join(map(repr, row)) for row in rows))
    np.testing.assert_array_equal(read_recording(path, "a.csv").values, rows)


def test_recordings_with_different_channels_are_refused(tmp_path: Path) -> None:
    write(folder(tmp_path) / "walk/sub_9.csv", signal(20), "t,a,c")
    with pytest.raises(InputError, match=r"walk/sub_9.csv: must have the channels of .*sub_0_x.csv, a, b, got a, c"):
        read(tmp_path)


def test_files_with_an_extra_column_are_all_listed_with_the_column_to_drop(tmp_path: Path) -> None:
    root = folder(tmp_path)
    for name in ("walk/sub_8.csv", "walk/sub_9.csv"):
        rows = signal(20)
        write(root / name, np.column_stack([rows, rows[:, -1]]), "t,a,b,c")
    with pytest.raises(InputError) as error:
        read(tmp_path)
    assert "walk/sub_8.csv: must have the channels of" in str(error.value)
    assert "walk/sub_9.csv" in str(error.value)
    assert str(error.value).endswith("leave out what not all have: drop_columns='c'")


def test_a_column_that_only_some_files_have_can_be_dropped(tmp_path: Path) -> None:
    root = folder(tmp_path)
    rows = signal(20)
    write(root / "walk/sub_9.csv", np.column_stack([rows, rows[:, -1]]), "t,a,b,c")
    dataset = load(str(root), options=DataOptions(window=4, drop_columns="C"))
    assert dataset.channel_names == ("a", "b")
    assert any("left out as asked, where files have it: c" in note for note in dataset.notes)


def test_a_note_tells_from_which_rates_to_which_rate_recordings_were_resampled(tmp_path: Path) -> None:
    write(folder(tmp_path) / "walk/sub_9.csv", signal(40, rate=100))
    assert any("resampled from 50 to 100 Hz to 25 Hz" in note for note in read(tmp_path, rate_hz=25).notes)
    unchanged = read(folder(tmp_path / "even"), rate_hz=50)
    assert not any("resampled" in note for note in unchanged.notes)


def test_rates_that_differ_by_less_than_2_percent_count_as_one(tmp_path: Path) -> None:
    write(folder(tmp_path) / "walk/sub_9.csv", signal(40, rate=50.9))
    assert read(tmp_path).sample_rate_hz == 50
    write(tmp_path / "walk/sub_9.csv", signal(40, rate=51.2))
    with pytest.raises(InputError, match="recordings must have one rate"):
        read(tmp_path)


def test_recordings_with_different_rates_are_refused_unless_a_rate_is_given(tmp_path: Path) -> None:
    write(folder(tmp_path) / "walk/sub_9.csv", signal(40, rate=100))
    with pytest.raises(
        InputError,
        match=r"must have one rate, got 50 Hz in 6, such as .*run/sub_0_x.csv; 100 Hz in 1, such as .*walk/sub_9.csv; "
        "give rate_hz=50",
    ):
        read(tmp_path)
    assert read(tmp_path, rate_hz=50).sample_rate_hz == 50


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ("where,what\na.csv,run\n", "must have the columns file, label"),
        ("file,label\nb.csv,run\n", "labels.csv:2: must name a file in the folder of recordings, got b.csv"),
        ("file,label\na.csv,\n", "labels.csv:2: must give a file and a label"),
        ("file,label\n", "labels.csv: must hold samples, but has only a header"),
    ],
)
def test_errors_in_a_labels_file_name_its_line(tmp_path: Path, labels: str, message: str) -> None:
    write(tmp_path / "a.csv", signal(20))
    (tmp_path / "labels.csv").write_text(labels)
    with pytest.raises(InputError, match=message):
        read(tmp_path)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"must hold <class>/<group>\.csv"):
        read(tmp_path)


def test_a_window_longer_than_every_recording_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a recording must hold at least 100 samples"):
        read(folder(tmp_path), window=100)


def test_recordings_of_a_single_class_are_loaded_but_not_split(tmp_path: Path) -> None:
    for subject in range(4):
        write(tmp_path / f"run/s{subject}.csv", signal(20))
    with pytest.raises(InputError, match="two classes or more"):
        split(read(tmp_path), 0)


def test_uci_hapt_recordings_give_all_subjects_at_50_hz(shared: Path) -> None:
    data = load(str(shared / "data/uci_hapt_csv"), options=DataOptions(window=128, stride=64))
    assert set(data.train.groups.tolist()) == {f"sub_{subject:02}" for subject in range(1, 31)}
    assert (data.sample_rate_hz, data.train.x.shape[1:], len(data.class_names)) == (50.0, (128, 6), 6)
    assert min(len(part) for part in split(data, 0).parts().values()) > 200
