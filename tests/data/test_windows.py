"""Resampling of recordings, and cutting them into windows."""

import numpy as np

from nas.data.windows import Recording, cut, resample


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


def test_windows_shorter_than_a_recording_are_cut_and_longer_ones_are_not() -> None:
    values = np.arange(10.0)[:, None]
    assert cut(values, 10, 3).shape == (1, 10, 1)
    assert cut(values, 11, 3).shape == (0, 11, 1)
    assert cut(values, 4, 3)[:, 0, 0].tolist() == [0, 3, 6]
