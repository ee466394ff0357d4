"""Windows and whole recordings, as they are sent elsewhere: class, part, group, rate, and the classes of stretches."""

from itertools import groupby
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nas
from nas.data.choice import DataChoice
from nas.data.options import DataOptions
from nas.data.samples import recordings_of, spans_of, windows_of
from nas.data.tables.writing import write_tables
from nas.errors import InputError

X = np.arange(6 * 4 * 2, dtype=np.float32).reshape(6, 4, 2)
Y = np.array(["walk", "rest", "walk", "rest", "walk", "rest"])
GROUPS = np.array(["bo", "bo", "anna", "anna", "bo", "anna"])


def recording(folder: Path, name: str, text: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)


def test_windows_come_by_class_and_then_by_group_with_their_own_values() -> None:
    found = list(windows_of(nas.Data.from_arrays(X, Y, GROUPS, sample_rate_hz=50)))
    assert [(each.label, each.group) for each in found] == [
        *(("rest", "anna"), ("rest", "anna"), ("rest", "bo"), ("walk", "anna"), ("walk", "bo"), ("walk", "bo")),
    ]
    order = [3, 5, 1, 2, 0, 4]
    np.testing.assert_array_equal([each.recording.values for each in found], X[order])
    assert {each.recording.interval_ms for each in found} == {20.0}
    assert {each.part for each in found} == {"train"}


def test_windows_without_groups_have_none() -> None:
    assert {each.group for each in windows_of(nas.Data.from_arrays(X, Y, sample_rate_hz=50))} == {""}


def test_a_rate_is_taken_for_a_file_that_does_not_tell_it_and_must_be_there(tmp_path: Path) -> None:
    np.savez(tmp_path / "rows.npz", x_train=X, y_train=Y)
    source = str(tmp_path / "rows.npz")
    asked = DataChoice(source, DataOptions(rate_hz=100.0), 0)
    assert {each.recording.interval_ms for each in windows_of(asked)} == {10.0}
    with pytest.raises(InputError, match="must tell its sample rate"):
        windows_of(DataChoice(source, DataOptions(), 0))


def test_rows_of_a_table_are_no_windows() -> None:
    with pytest.raises(InputError, match="must be windows of a signal, got table rows"):
        windows_of(DataChoice("wine", DataOptions(), 0))


def test_whole_recordings_keep_their_samples_rate_and_class(tmp_path: Path) -> None:
    recording(tmp_path, "run/bo_1.csv", "t_s,a,b\n0,1,2\n0.5,3,4\n1.0,5,6\n")
    recording(tmp_path, "walk/bo_2.csv", "t_s,a,b\n0,7,8\n0.5,9,10\n")
    run, walk = recordings_of(DataChoice(str(tmp_path), DataOptions(), 0))
    assert (run.label, walk.label, run.recording.interval_ms, run.recording.sensors) == (
        "run",
        "walk",
        500.0,
        ("a", "b"),
    )
    np.testing.assert_array_equal(run.recording.values, [[1, 2], [3, 4], [5, 6]])
    assert run.spans == ()


def test_recordings_without_times_need_a_rate_and_a_blank_cell_or_a_file_is_refused(tmp_path: Path) -> None:
    recording(tmp_path, "run/bo_1.csv", "1,2\n3,4\n")
    recording(tmp_path, "walk/bo_2.csv", "1,2\n3,4\n")
    with pytest.raises(InputError, match=r"bo_1.csv: must have times, or a sample rate"):
        list(recordings_of(DataChoice(str(tmp_path), DataOptions(), 0)))
    first, _ = recordings_of(DataChoice(str(tmp_path), DataOptions(rate_hz=4.0), 0))
    assert (first.recording.interval_ms, first.recording.sensors) == (250.0, ("channel 0", "channel 1"))
    recording(tmp_path, "run/bo_1.csv", "1,2\n3,\n5,6\n")
    with pytest.raises(InputError, match="must have no blank cells"):
        list(recordings_of(DataChoice(str(tmp_path), DataOptions(rate_hz=4.0), 0)))
    for source in (str(tmp_path / "run/bo_1.csv"), "wine"):
        with pytest.raises(InputError, match="must be a folder to be taken as whole recordings"):
            recordings_of(DataChoice(source, DataOptions(), 0))


@given(st.lists(st.sampled_from(["", "a", "b"]), max_size=12))
def test_runs_of_equal_classes_are_those_that_itertools_finds(labels: list[str]) -> None:
    expected, first = [], 0
    for label, run in groupby(labels):
        last = first + len(list(run)) - 1
        if label:
            expected.append((first, last, label))
        first = last + 1
    assert list(spans_of(np.array(labels, dtype=str))) == expected


@pytest.mark.parametrize(("ending", "files"), [("csv", ["rates.csv", "rates_more.csv"]), ("XLSX", ["rates.XLSX"])])
def test_tables_are_written_as_pandas_reads_them(tmp_path: Path, ending: str, files: list[str]) -> None:
    tables = {"one": pd.DataFrame({"a": [1, 2]}), "more": pd.DataFrame({"b": ["x", "y"]})}
    written = write_tables(tmp_path / f"rates.{ending}", tables)
    assert [path.name for path in written] == files
    read = (
        [pd.read_csv(path) for path in written]
        if ending == "csv"
        else list(pd.read_excel(written[0], sheet_name=None).values())
    )
    for frame, table in zip(read, tables.values(), strict=True):
        pd.testing.assert_frame_equal(frame, table, check_dtype=False)


def test_tables_are_not_written_in_another_form(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"must end with \.csv or \.xlsx, got \.txt"):
        write_tables(tmp_path / "x.txt", {"one": pd.DataFrame()})
