"""Statistics of windows against numpy and scipy, within the rounding of their fixed point."""

import numpy as np
import pytest
from scipy import signal, stats

from nas.arrays import Floats
from nas.errors import InputError
from nas.signal.statistics import STATISTICS, Statistics

ALL = dict.fromkeys(STATISTICS, True)


def windows(count: int = 40, steps: int = 130, channels: int = 3) -> Floats:
    """Tones with noise of several loudnesses about several levels."""
    chance = np.random.default_rng(2)
    time = np.arange(steps)[None, :, None] * chance.uniform(0.05, 2, (count, 1, channels))
    loud = chance.uniform(0.05, 2, (count, 1, channels)) * np.resize([1, 300, 0.002], channels)
    noise = chance.normal(0, 0.3, (count, steps, channels))
    return ((np.sin(time) + noise) * loud + np.resize([1, -200, 0], channels)).astype(np.float32)


def expected(x: Floats, name: str) -> Floats:
    """A statistic of x [n, steps, channels], by its definition."""
    mean, spread = x.mean(axis=1, keepdims=True), x.std(axis=1, keepdims=True)
    rms = np.sqrt((x**2).mean(axis=1))
    return {
        "mean": mean[:, 0],
        "rms": rms,
        "standard_deviation": spread[:, 0],
        "minimum": x.min(axis=1),
        "maximum": x.max(axis=1),
        "crest_factor": np.abs(x).max(axis=1) / rms,
        "zero_crossings": (np.diff(x >= mean, axis=1)).sum(axis=1),
        "skewness": stats.skew(x, axis=1),
        "kurtosis": stats.kurtosis(x, axis=1, fisher=False),
    }[name]


@pytest.mark.parametrize("segments", [1, 4])
@pytest.mark.parametrize("name", [name for name in STATISTICS if name != "peaks"])
def test_each_statistic_is_that_of_numpy_or_scipy_within_its_rounding(name: str, segments: int) -> None:
    x = windows()
    front_end = Statistics(segments=segments, **{key: key == name for key in STATISTICS}).fitted(x)
    found, length = front_end.apply(x), x.shape[1] // segments
    samples = front_end.samples(x) / front_end.sample_factors.astype(np.float64)
    unit = 1 / front_end.sample_factors
    allowed = {"crest_factor": 1 / 256, "skewness": 0.02, "kurtosis": 0.05, "zero_crossings": 0}
    for segment in range(segments):
        part = samples[:, segment * length : (segment + 1) * length]
        apart = np.abs(found[:, segment] - expected(part, name))
        assert (apart <= allowed.get(name, unit / 16)).all()


def test_peaks_are_those_of_scipy_unless_the_rounding_of_mean_and_deviation_decides() -> None:
    x = windows()
    front_end = Statistics(**{name: name == "peaks" for name in STATISTICS}).fitted(x)
    samples, found = front_end.samples(x).astype(np.float64), front_end.apply(x)[:, 0]
    for row, counted in zip(samples.transpose(0, 2, 1).reshape(-1, x.shape[1]), found.ravel(), strict=True):
        level = row.mean() + row.std()
        low, high = (len(signal.find_peaks(row, height=level + apart)[0]) for apart in (1 / 16, -1 / 16))
        assert low <= counted <= high
    assert len(set(found.ravel().tolist())) > 3


def test_values_lie_beside_those_of_the_other_channels_and_bear_their_names() -> None:
    x = windows()
    every = Statistics(**ALL).fitted(x)
    apart = [Statistics(fraction_bits=every.fraction_bits, **{k: k == name for k in STATISTICS}) for name in STATISTICS]
    np.testing.assert_array_equal(every.apply(x), np.concatenate([one.apply(x) for one in apart], axis=-1))
    names = every.channel_names(("x", "y", "z"))
    assert names[:4] == ("x mean", "y mean", "z mean", "x rms")
    assert len(names) == every.shape((130, 3))[1]


def test_the_range_of_samples_is_learned_and_what_lies_beyond_is_cut() -> None:
    x = windows()
    front_end = Statistics(minimum=True).fitted(x)
    peaks = np.abs(x).max(axis=(0, 1))
    largest = 32768 / front_end.sample_factors
    assert (largest / 2 <= peaks).all()
    assert (peaks <= largest).all()
    assert (np.abs(front_end.samples(x) / front_end.sample_factors - x) <= 0.5 / front_end.sample_factors + 1e-9).all()
    assert set(np.unique(front_end.samples(np.sign(x) * 1e9))) <= {-32768, 32767}


def test_features_need_the_range_of_the_samples() -> None:
    with pytest.raises(InputError, match="front_end: fraction_bits: must be given for each channel, or learned"):
        Statistics().apply(windows())


@pytest.mark.parametrize("level", [0.0, 1.5, -3.25])
def test_a_constant_signal_has_no_spread_and_no_shape(level: float) -> None:
    x = np.full((1, 50, 1), level, np.float32)
    found = dict(zip(STATISTICS, Statistics(**ALL).fitted(x).apply(x)[0, 0].tolist(), strict=True))
    assert found["mean"] == found["minimum"] == found["maximum"] == level
    assert found["rms"] == abs(level)
    assert found["crest_factor"] == (level != 0)
    for name in ("standard_deviation", "zero_crossings", "peaks", "skewness", "kurtosis"):
        assert found[name] == 0


def test_a_flat_peak_counts_once_and_the_ends_not_at_all() -> None:
    x = np.array([5, 0, 0, 5, 5, 5, 0, 0, 0, 5, 0, 0, 0, 0, 5, 5], np.float32).reshape(1, -1, 1)
    front_end = Statistics(**{name: name == "peaks" for name in STATISTICS}).fitted(x)
    assert front_end.apply(x).item() == 2


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"segments": 0}, "front_end: segments: must be from 1 to 1,024, got 0"),
        (dict.fromkeys(STATISTICS, False), "front_end: must have a statistic that is true"),
        ({"fraction_bits": (99,)}, "front_end: fraction_bits: must be from -40 to 60, got 99"),
    ],
)
def test_settings_that_cannot_be_computed_are_refused(settings: dict[str, int], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Statistics(**settings)


@pytest.mark.parametrize(
    ("front_end", "shape", "message"),
    [
        (Statistics(), (10,), "statistics takes windows of a signal, got rows of shape"),
        (Statistics(segments=8), (15, 3), "windows must have 2 steps for each of 8 segments, got 15 steps"),
        (Statistics(), (20000, 3), "a segment must have at most 16,384 steps, got 20,000.*take more segments"),
        (Statistics(fraction_bits=(3,)), (20, 3), "must have a number for each of the 3 channels"),
    ],
)
def test_rows_that_it_cannot_take_are_refused(front_end: Statistics, shape: tuple[int, ...], message: str) -> None:
    with pytest.raises(InputError, match=message):
        front_end.shape(shape)
