"""Data to predict for, which need no classes: their rows in order, with the times at which they begin."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from nas.data.options import DataOptions
from nas.data.readers.unlabelled import Stretch, Wanted, read_unlabelled, rows_of_frame
from nas.data.source import load
from nas.errors import InputError
from nas.signal.kind import Kind

TABLE = Wanted(DataOptions(kind=Kind.TABLE), ("a", "b"))


def windowed(window: int = 4, names: tuple[str, ...] = ("ax", "ay"), **options) -> Wanted:
    return Wanted(DataOptions(kind=Kind.WINDOW, window=window, **options), names)


def recording(folder: Path, times: list[float] | None, count: int = 10, name: str = "one.csv") -> Path:
    """A file of a recording whose samples are numbered, with more columns than a model reads."""
    samples = [f"7.5,{n + 0.5},{n}.25" for n in range(len(times) if times else count)]
    lines = ["more,ay,ax", *samples]
    if times:
        lines = [f"{first},{rest}" for first, rest in zip(["time", *times], lines, strict=True)]
    (folder / name).write_text("\n".join(lines) + "\n")
    return folder / name


def read(path: Path | str, wanted: Wanted) -> tuple[list[Stretch], tuple[str, ...]]:
    return read_unlabelled(str(path), wanted)


def firsts(stretch: Stretch) -> list[float]:
    return stretch.x[:, 0, 0].tolist()


def test_lines_of_a_table_are_named_by_their_place_and_those_with_blanks_are_left_out(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text("b,x,a\n1.5,9.5,2.5\n,9.5,3.5\n4.5,,5.5\n")
    (rows,), notes = read(file, TABLE)
    assert rows.x.tolist() == [[2.5, 1.5], [5.5, 4.5]]
    assert (rows.channel_names, rows.x.dtype) == (("a", "b"), np.float32)
    assert rows.names == (f"{file}:2", f"{file}:4")
    assert "rows with blank cells left out: 1" in notes


@pytest.mark.parametrize(
    ("kind", "words"), [(Kind.IMAGE, "takes images; give pictures, or a folder"), (None, r"give rows as an \.npz file")]
)
def test_recordings_are_refused_for_a_model_of_neither_windows_nor_tables(
    tmp_path: Path, kind: Kind, words: str
) -> None:
    file = recording(tmp_path, None)
    rule = "needs a model of windows or of rows of a table to read recordings for"
    with pytest.raises(InputError, match=f"{rule}.*{words}"):
        read(file, Wanted(DataOptions(kind=kind)))
    with pytest.raises(InputError, match=f"rows: {rule}"):
        rows_of_frame(pd.read_csv(file), Wanted(DataOptions(kind=kind)))


def test_windows_begin_half_a_window_apart_and_have_the_times_of_the_file(tmp_path: Path) -> None:
    (one,), notes = read(recording(tmp_path, [n / 50 for n in range(10)]), windowed(rate_hz=50.0))
    assert (firsts(one), one.channel_names) == ([0.25, 2.25, 4.25, 6.25], ("ax", "ay"))
    np.testing.assert_allclose(one.start, [0, 0.04, 0.08, 0.12])
    assert one.length == pytest.approx(4 / 50)
    assert not any("left out" in note or "resampled" in note or "rate" in note for note in notes)


def test_windows_begin_as_far_apart_as_is_asked_for(tmp_path: Path) -> None:
    (one,), _ = read(recording(tmp_path, [n / 50 for n in range(10)]), windowed(rate_hz=50.0, stride=3))
    assert firsts(one) == [0.25, 3.25, 6.25]


def test_no_window_spans_a_gap_in_time(tmp_path: Path) -> None:
    times = [n / 50 for n in range(5)] + [1 + n / 50 for n in range(4)]
    one, other = read(recording(tmp_path, times), windowed(rate_hz=50.0))[0]
    assert (firsts(one), firsts(other)) == ([0.25], [5.25])
    np.testing.assert_allclose(other.start, [1.0])


def test_without_times_windows_are_told_in_samples_or_by_the_rate_that_is_given(tmp_path: Path) -> None:
    file = recording(tmp_path, None)
    (one,), notes = read(file, windowed())
    assert (one.start.tolist(), one.length) == ([0, 2, 4, 6], 4)
    assert any("numbers of samples" in note for note in notes)
    (one,), notes = read(file, windowed(rate_hz=20.0))
    np.testing.assert_allclose(one.start, [0, 0.1, 0.2, 0.3])
    assert one.length == pytest.approx(0.2)
    assert not any("numbers of samples" in note for note in notes)


def test_a_recording_at_another_rate_is_brought_to_that_of_the_model(tmp_path: Path) -> None:
    file = recording(tmp_path, [n / 100 for n in range(21)])
    (one,), notes = read(file, windowed(rate_hz=50.0))
    assert firsts(one) == [0.25, 4.25, 8.25, 12.25]
    assert "resampled from 100 to 100 Hz to 50 Hz by linear interpolation" in notes


def test_recordings_without_a_whole_window_are_counted_and_refused_if_there_are_no_others(tmp_path: Path) -> None:
    recording(tmp_path, None, 3, "short.csv")
    with pytest.raises(InputError, match="must hold at least 4 samples in a row, one window"):
        read(tmp_path, windowed())
    recording(tmp_path, None, 4, "whole.csv")
    (one,), notes = read(tmp_path, windowed())
    assert len(one.x) == 1
    assert "recordings without a whole window left out: 1" in notes


def test_all_columns_are_read_if_one_of_the_model_s_is_missing(tmp_path: Path) -> None:
    file = recording(tmp_path, None)
    for names in ((), ("ax", "az")):
        (one,), _ = read(file, windowed(names=names))
        assert one.channel_names == ("more", "ay", "ax")


def test_rows_of_arrays_and_of_sources_are_numbered(tmp_path: Path) -> None:
    x = np.arange(24, dtype=np.float32).reshape(2, 4, 3)
    np.savez(tmp_path / "rows.npz", x_train=x)
    (rows,), notes = read(tmp_path / "rows.npz", windowed())
    assert rows.x.tolist() == x.tolist()
    assert [name.rpartition("[")[2] for name in rows.names] == ["0]", "1]"]
    found, notes = read("wine", Wanted(DataOptions()))
    assert notes == ()
    assert sum(len(one.x) for one in found) == len(load("wine").train.x)
    assert found[0].names[3] == f"{found[0].source}[3]"


@pytest.mark.parametrize(("name", "got"), [("absent.csv", "no such file"), ("notes.pdf", "notes.pdf")])
def test_what_holds_no_rows_is_refused_by_its_name(name: str, got: str, tmp_path: Path) -> None:
    (tmp_path / "notes.pdf").touch()
    with pytest.raises(InputError, match=rf"must be an .npz file, a CSV, .* or a folder of such files, got .*{got}"):
        read(tmp_path / name, windowed())
