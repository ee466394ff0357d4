"""Filling, dividing and resampling of recordings, and cutting them into windows."""

import dataclasses

import numpy as np
import pytest

from nas.data.options import DataOptions
from nas.data.readers.rates import common_rate
from nas.data.readers.recordings import Take, to_dataset
from nas.data.windows import Recording, cut, fill, labels_of, resample, segments

LEFT_OUT = "recordings left out because"


def recording(seconds: np.ndarray) -> Recording:
    return Recording(np.sin(9 * seconds)[:, None], ("a",), seconds)


def test_a_signal_with_irregular_times_is_resampled_even_at_its_own_rate() -> None:
    seconds = np.arange(40) / 50
    seconds[7] += 0.3 / 50
    irregular = recording(seconds)
    assert irregular.rate_hz == 50
    values = resample(irregular, 50).values
    np.testing.assert_allclose(values[:, 0], np.interp(np.arange(40) / 50, seconds, irregular.values[:, 0]))
    assert not np.array_equal(values, irregular.values)


def test_a_signal_at_a_rate_of_a_few_percent_more_is_resampled() -> None:
    assert len(resample(recording(np.arange(106) / 52.5), 50)) == 101


def test_resampling_keeps_a_last_sample_whose_time_has_a_rounding_error() -> None:
    seconds = np.arange(59) / 200
    assert int(seconds[-1] * 100) == 28  # in exact numbers, 0.29 s are 29 steps of 100 Hz
    np.testing.assert_allclose(resample(recording(seconds), 100).values[-1], np.sin(9 * 0.29))


RATES = (12.5, 25, 50, 52, 60, 100, 104, 119, 125, 200, 208, 238, 400, 416, 500)


def in_milliseconds(rate_hz: float, seed: int) -> np.ndarray:
    """Times of 3,000 samples in seconds, in whole milliseconds as loggers write them."""
    return np.floor((np.arange(3000) / rate_hz + np.random.default_rng(seed).uniform()) * 1000) / 1000


@pytest.mark.parametrize("rate_hz", RATES)
def test_the_rate_of_times_in_whole_milliseconds_is_the_one_they_were_recorded_at(rate_hz: float) -> None:
    assert [recording(in_milliseconds(rate_hz, seed)).rate_hz for seed in range(10)] == [rate_hz] * 10


@pytest.mark.parametrize("rate_hz", RATES)
def test_lost_samples_and_a_gap_change_the_rate_by_less_than_half_a_percent(rate_hz: float) -> None:
    for seed in range(10):
        times = in_milliseconds(rate_hz, seed)
        times[1500:] += 5
        lost = np.random.default_rng(seed).choice(len(times), 60, replace=False)
        assert recording(np.delete(times, lost)).rate_hz == pytest.approx(rate_hz, rel=0.005)


def test_times_that_stand_still_give_an_infinite_rate_which_is_refused_elsewhere() -> None:
    assert recording(np.zeros(9)).rate_hz == np.inf


def test_recordings_at_400_hz_in_whole_milliseconds_have_one_rate() -> None:
    takes = [Take(f"{n}.csv", recording(in_milliseconds(400, n)[:200]), "a", "", "train") for n in range(10)]
    assert common_rate(takes) == pytest.approx(400, rel=0.001)


def take(number: int, seconds: np.ndarray) -> Take:
    return Take(f"{number}.csv", recording(seconds), ("run", "walk")[number % 2], f"s{number}", "train")


def test_recordings_that_resampling_makes_shorter_than_a_window_are_counted() -> None:
    takes = [take(n, np.arange(200 + n % 4 * 100) / 100) for n in range(24)]
    data = to_dataset("here", takes, DataOptions(rate_hz=25, window=64), ())
    missing = 24 - len(np.unique(data.train.recordings))
    assert missing == 6  # 50 samples at 25 Hz
    assert [note for note in data.notes if "left out" in note] == [f"{LEFT_OUT} they are shorter than a window: 6"]
    longer = to_dataset("here", takes, DataOptions(rate_hz=200, window=210), ())
    assert not any("left out" in note for note in longer.notes)


def test_recordings_whose_parts_between_gaps_are_shorter_than_a_window_are_counted() -> None:
    seconds = np.arange(20) / 50
    takes = [take(0, seconds), take(1, seconds), take(2, np.where(seconds < 0.2, seconds, seconds + 9))]
    notes = to_dataset("here", takes, DataOptions(window=12), ()).notes
    told = [f"{LEFT_OUT} no part between gaps is as long as a window: 1"]
    assert [note for note in notes if "left out" in note] == told


def test_windows_shorter_than_a_recording_are_cut_and_longer_ones_are_not() -> None:
    values = np.arange(10.0)[:, None]
    assert cut(values, 10, 3).shape == (1, 10, 1)
    assert cut(values, 11, 3).shape == (0, 11, 1)
    assert cut(values, 4, 3)[:, 0, 0].tolist() == [0, 3, 6]


def line(missing: list[int], seconds: np.ndarray | None = None) -> Recording:
    """A recording whose values lie on a line over the times, or over the samples, with missing ones."""
    at = np.arange(20.0) if seconds is None else seconds
    values = np.stack([3 * at, -at], axis=1)
    values[missing, 0] = np.nan
    return Recording(values, ("a", "b"), seconds)


@pytest.mark.parametrize("first", [1, 7, 14])
def test_a_gap_of_at_most_five_steps_is_filled_on_a_straight_line(first: int) -> None:
    seconds = np.cumsum(np.random.default_rng(first).uniform(0.5, 2, 20))
    for recording, number in ((line([*range(first, first + 4)]), 4), (line([first, first + 2], seconds), 2)):
        filled, count = fill(recording)
        assert count == number
        np.testing.assert_allclose(filled.values[:, 0], -3 * filled.values[:, 1])
        assert np.isnan(recording.values[first, 0])


@pytest.mark.parametrize("missing", [[*range(7, 12)], [0], [19], [0, 1], [*range(20)]])
def test_longer_gaps_and_missing_ends_are_not_filled(missing: list[int]) -> None:
    filled, count = fill(line(missing))
    assert count == 0
    assert np.flatnonzero(np.isnan(filled.values[:, 0])).tolist() == missing


@pytest.mark.parametrize(
    ("missing", "parts"),
    [([], [(0, 19)]), ([5], [(0, 4), (6, 19)]), ([0, 19], [(1, 18)]), ([1, 3, 4], [(0, 0), (2, 2), (5, 19)])],
)
def test_a_recording_is_divided_where_samples_are_missing(missing: list[int], parts: list[tuple[int, int]]) -> None:
    found = [-part.values[:, 1] for part in segments(line(missing))]
    assert [part.tolist() for part in found] == [[*range(first, last + 1)] for first, last in parts]


@pytest.mark.parametrize(("step", "lengths"), [(1, [20]), (5, [20]), (6, [8, 12])])
def test_a_recording_is_divided_where_its_times_leap_more_than_five_steps(step: int, lengths: list[int]) -> None:
    seconds = np.arange(20.0)
    seconds[8:] += step - 1
    assert [len(part) for part in segments(line([], seconds))] == lengths


def test_a_segment_keeps_the_times_and_classes_of_its_samples() -> None:
    whole = dataclasses.replace(line([5], 0.5 * np.arange(20)), labels=np.array(list("aaaabbbbbbbbbbbbcccc")))
    before, after = segments(whole)
    assert (before.seconds.tolist(), "".join(before.labels)) == ([0, 0.5, 1, 1.5, 2], "aaaab")
    assert (after.seconds[0], len(after.seconds), "".join(after.labels)) == (3, 14, "bbbbbbbbbbcccc")


def test_a_sample_that_is_put_between_two_has_the_class_of_the_one_before() -> None:
    coarse = Recording(np.arange(4.0)[:, None], ("a",), np.arange(4.0), np.array(list("wxyz")))
    fine = resample(coarse, 2)
    assert fine.values[:, 0].tolist() == [0, 0.5, 1, 1.5, 2, 2.5, 3]
    assert "".join(fine.labels) == "wwxxyyz"


def test_a_signal_within_one_percent_of_the_rate_is_left_as_it_is() -> None:
    near = recording(np.arange(100) / 50.4)
    assert resample(near, 50) is near
    assert near.rate_hz == 50.4
    one = recording(np.arange(1.0))
    assert (resample(one, 50), one.rate_hz) == (one, None)


def test_a_window_has_a_class_if_all_its_samples_have_it() -> None:
    labels = np.array(list("aaaabbbb"))
    assert labels_of(labels, 3, 1).tolist() == ["a", "a", "", "", "b", "b"]
    assert labels_of(labels, 3, 2).tolist() == ["a", "", "b"]
    assert labels_of(labels, 8, 1).tolist() == [""]
    assert labels_of(labels, 9, 1).tolist() == []
