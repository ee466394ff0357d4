"""Columns of time: which names say so, and their values in seconds, whatever their form and unit."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from nas.data.options import DataOptions
from nas.data.readers.unlabelled import Wanted, read_unlabelled
from nas.data.source import load
from nas.data.tables.table import Table
from nas.data.tables.times import is_time, seconds
from nas.errors import InputError
from nas.signal.kind import Kind


def table(*columns: list[object], names: tuple[str, ...] = ("time",)) -> Table:
    frame = pd.DataFrame(dict(enumerate(columns)))
    return Table("here", frame, names, np.arange(2, len(frame) + 2))


@pytest.mark.parametrize(
    "name", ["t", "Time", "time_ms", "timestamp", "Elapsed (s)", "time of day", "Uhrzeit", "unix ns"]
)
def test_names_of_time_are_known_in_every_column(name: str) -> None:
    assert is_time(name, 0)
    assert is_time(name, 3)


@pytest.mark.parametrize("name", ["x", "time_series", "s", "temperature", "lap time", ""])
def test_names_that_only_remind_of_time_are_none(name: str) -> None:
    assert not is_time(name, 0)


RNG = np.random.default_rng(0)
COLD = 18 + RNG.normal(0, 3, 40)


def climate(path: Path, first: str, values: np.ndarray, **more: np.ndarray) -> Path:
    """A table of temperature, humidity and pressure with a class in each row, each row an example."""
    columns = {first: values, "RH": RNG.uniform(20, 90, len(values)), "P": RNG.normal(1013, 9, len(values)), **more}
    rows = zip(*columns.values(), np.repeat(["dry", "wet"], len(values) // 2 + 1)[: len(values)], strict=True)
    path.write_text("\n".join([",".join([*columns, "label"]), *(",".join(map(str, row)) for row in rows)]) + "\n")
    return path


@pytest.mark.parametrize("name", ["T", "t", "T_min"])
@pytest.mark.parametrize("given", [None, "none"])
def test_a_temperature_called_t_is_a_channel(name: str, given: str | None, tmp_path: Path) -> None:
    data = load(str(climate(tmp_path / "air.csv", name, COLD)), options=DataOptions(time_column=given))
    assert data.channel_names == (name, "RH", "P")
    np.testing.assert_allclose(data.train.x[:, 0], COLD, rtol=1e-6)


def test_a_column_called_t_that_increases_is_time_even_if_recordings_follow_each_other(tmp_path: Path) -> None:
    times = np.concatenate([np.arange(20), np.arange(20)]) / 50
    data = load(str(climate(tmp_path / "air.csv", "t", times)), options=DataOptions(window=4))
    assert (data.channel_names, data.sample_rate_hz) == (("RH", "P"), 50)


@pytest.mark.parametrize("given", ["none", "T_end"])
def test_beside_a_named_column_of_time_only_those_that_increase_are_left_out(given: str, tmp_path: Path) -> None:
    rising = {"T_end": np.arange(40) / 50, "time": np.arange(40.0), "epoch": COLD}
    path = climate(tmp_path / "air.csv", "T", COLD, **rising)
    data = load(str(path), options=DataOptions(time_column=given, window=4))
    own = ("T_end",) if given == "none" else ()  # `end` is no word of time, so only its name as a clock makes it one
    assert data.channel_names == ("T", "RH", "P", *own, "epoch")
    assert any(note == "columns of time beside the first left out: time" for note in data.notes)


@pytest.mark.parametrize("given", [None, "time"])
def test_a_temperature_beside_a_column_of_time_is_a_channel_even_where_it_increases(
    given: str | None, tmp_path: Path
) -> None:
    path = climate(tmp_path / "air.csv", "T", np.sort(COLD), time=np.arange(40) / 50)
    data = load(str(path), options=DataOptions(time_column=given, window=4))
    assert (data.channel_names, data.sample_rate_hz) == (("T", "RH", "P"), 50)


def test_elapsed_time_called_t_is_no_channel_beside_the_time_of_day(tmp_path: Path) -> None:
    path = climate(tmp_path / "air.csv", "timestamp", 1.7e9 + np.arange(40) / 50, t=np.arange(40) / 50)
    assert load(str(path), options=DataOptions(window=4)).channel_names == ("RH", "P")


def test_a_model_that_reads_a_channel_t_finds_it_in_a_table_where_it_increases(tmp_path: Path) -> None:
    climate(tmp_path / "air.csv", "T", np.sort(COLD)[:5])
    wanted = Wanted(DataOptions(kind=Kind.TABLE), ("T", "RH", "P"))
    (rows,), _ = read_unlabelled(str(tmp_path / "air.csv"), wanted)
    np.testing.assert_allclose(rows.x[:, 0], np.sort(COLD)[:5], rtol=1e-6)


def test_a_unit_behind_another_name_means_time_in_the_first_column_alone() -> None:
    assert is_time("clock_ms", 0)
    assert not is_time("clock_ms", 1)


@pytest.mark.parametrize(
    ("start", "step", "length", "note"),
    [
        (0, 0.02, 1.0, "unit of time: s, by its values"),
        (5, 20, 1e-3, "unit of time: ms, by its values"),
        (0, 1.5, 1e-3, "unit of time: ms, by its values"),
        (0, 20_000, 1e-6, "unit of time: us, by its values"),
        (0, 2e7, 1e-9, "unit of time: ns, by its values"),
        (1.7e9, 0.5, 1.0, "unit of time: Unix time in s, by its values"),
        (1.7e9, 10, 1.0, "unit of time: Unix time in s, by its values"),
        (1e9, 0.5, 1.0, "unit of time: Unix time in s, by its values"),
        (1.7e12, 1, 1e-3, "unit of time: Unix time in ms, by its values"),
        (1.7e12, 1000, 1e-3, "unit of time: Unix time in ms, by its values"),
        (1.7e15, 20_000, 1e-6, "unit of time: Unix time in us, by its values"),
        (4e9, 20, 1e-3, "unit of time: ms, by its values"),
    ],
)
def test_the_unit_is_the_one_that_gives_a_usual_rate_or_a_date(
    start: float, step: float, length: float, note: str
) -> None:
    times = start + step * np.arange(5)
    found, notes = seconds(table(times.tolist()), [0], None)
    np.testing.assert_allclose(found, step * length * np.arange(5), rtol=1e-6)
    assert notes == (note,)


@pytest.mark.parametrize(
    ("start", "step", "words"),
    [
        (0, 1.0, "steps of 1 mean 1 Hz in s or 1000 Hz in ms; give time_column='time:s' or 'time:ms'"),
        (0, 1e3, "steps of 1000 mean 1 Hz in ms or 1000 Hz in us"),
        (0, 1e6, "steps of 1e+06 mean 1 Hz in us or 1000 Hz in ns"),
        (1.7e9, 20, "steps of 20 mean 0.05 Hz in s or 50 Hz in ms"),
    ],
)
def test_a_unit_that_may_be_two_is_asked_for(start: float, step: float, words: str) -> None:
    ambiguous = table((start + step * np.arange(5)).tolist())
    with pytest.raises(InputError) as refusal:
        seconds(ambiguous, [0], None)
    assert words in str(refusal.value)
    found, notes = seconds(ambiguous, [0], "s")
    np.testing.assert_allclose(found, step * np.arange(5))
    assert notes == ()


@pytest.mark.parametrize(
    ("name", "length"),
    [("time_ms", 1e-3), ("t_s", 1.0), ("ms", 1e-3), ("time_min", 60.0), ("time in µs", 1e-6), ("time_h", 3600.0)],
)
def test_the_name_tells_the_unit(name: str, length: float) -> None:
    found, notes = seconds(table([0, 20, 40], names=(name,)), [0], None)
    np.testing.assert_allclose(found, [0, 20 * length, 40 * length])
    assert notes == ()


def test_a_letter_alone_names_no_unit() -> None:
    found, notes = seconds(table([0, 20, 40], names=("s",)), [0], None)
    np.testing.assert_allclose(found, [0, 0.02, 0.04])
    assert notes == ("unit of s: ms, by its values",)


def test_times_count_from_the_first_one_and_blank_ones_are_unknown() -> None:
    found, _ = seconds(table([None, 100.0, None, 140.0, 120.0]), [0], "ms")
    np.testing.assert_allclose(found, [np.nan, 0, np.nan, 0.04, 0.02])
    np.testing.assert_array_equal(seconds(table([7.0, 7.0]), [0], None)[0], [0, 0])


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["2024-05-01T12:00:00.5", "2024-05-01T12:00:02"], [0, 1.5]),
        (["2024-05-01 23:59:59+02:00", "2024-05-01 22:00:01Z"], [0, 2]),
        (["31.12.2024 23:59:59", "01.01.2025 00:00:01"], [0, 2]),
        (["13/02/2024 00:00:00", "13/02/2024 00:00:05"], [0, 5]),
        (["12:00:00,020", "12:00:00,040"], [0, 0.02]),
        (["12:00:00:020", "12:00:01:040"], [0, 1.02]),
        (["23:59:59.5", "00:00:00.5", "00:00:01.5"], [0, 1, 2]),
        (["23:59:59", "00:00:00", "23:59:59", "00:00:00"], [0, 1, 86_400, 86_401]),
        (["12:00:05", "12:00:03"], [0, -2]),
        (["59:59.5", "60:00.0"], [0, 0.5]),
        (["11:59:59 AM", "12:00:01 pm"], [0, 2]),
        (["", "12:00:01", "12:00:02"], [np.nan, 0, 1]),
    ],
)
def test_texts_are_read_as_times(texts: list[object], expected: list[float]) -> None:
    found, notes = seconds(table(texts), [0], None)
    np.testing.assert_allclose(found, expected, atol=1e-6)
    example = next(text for text in texts if text)
    assert notes[0].startswith("time holds times such as ")
    assert str(example)[:8] in notes[0]


def test_a_day_and_a_time_of_day_are_a_time_together() -> None:
    two = table(["2024-05-01", "2024-05-02", ""], ["23:59:58", "00:00:01", "00:00:02"], names=("date", "time"))
    np.testing.assert_allclose(seconds(two, [0, 1], None)[0], [0, 3, np.nan])
    np.testing.assert_allclose(seconds(two, [0], None)[0], [0, 86_400, np.nan])
    other = table(["12:00:00", "12:00:01"], ["23:59:58", "00:00:01"], names=("time", "utc"))
    np.testing.assert_allclose(seconds(other, [0, 1], None)[0], [0, 1])


def test_times_of_pandas_are_taken_as_they_are() -> None:
    moments = pd.to_datetime(["2024-05-01 12:00:00.00", "2024-05-01 12:00:00.25"]).tolist()
    np.testing.assert_allclose(seconds(table(moments), [0], None)[0], [0, 0.25])
    lengths = pd.to_timedelta([1.0, 1.5], unit="s").tolist()
    np.testing.assert_allclose(seconds(table(lengths), [0], None)[0], [0, 0.5])


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["12:34", "12:35"], "here: time may hold hours and minutes, or minutes and seconds, got 12:34"),
        (["01/02/2024", "02/02/2024"], "here: time may begin with the day or the month, got 01/02/2024"),
        (["12:00:00", "noon", "x"], "here:3: column time must be a time, got 'noon'"),
        (["2024-05-01", "2024-05-99"], "here:3: column time must be a time, got '2024-05-99'"),
    ],
)
def test_texts_that_are_no_times_or_two_are_refused(texts: list[object], message: str) -> None:
    with pytest.raises(InputError) as refusal:
        seconds(table(texts), [0], None)
    assert str(refusal.value).startswith(message)
