"""The simulated pumps and sounds are what their descriptions say, with chance taken out where it hides a relation."""

from typing import Any

import numpy as np
import pytest

from nas.data.source import SOURCES
from nas.data.sources.pump import (
    CHANNELS,
    FAULTS,
    FAULTY_EACH,
    NORMAL_EACH,
    PUMPS,
    RATE_HZ,
    SAMPLES,
    _windows,
    pump,
    pump_table,
)
from nas.data.sources.sounds import SOUNDS, Voice, _clip, _tone

VOICE = Voice(pitch_hz=200.0, fading=1.0, loudness=2000.0, noise=20.0)


class Quiet:
    """Stands for a random generator: what is uniform stays so, or lies in the middle; what is normal is 0."""

    def __init__(self, seed: int | None = None) -> None:
        self.rng = None if seed is None else np.random.default_rng(seed)

    def uniform(self, low: float, high: float, size: Any = None) -> Any:
        middle = (low + high) / 2 if size is None else np.full(size, (low + high) / 2)
        return middle if self.rng is None else self.rng.uniform(low, high, size)

    def standard_normal(self, shape: tuple[int, ...]) -> np.ndarray:
        return np.zeros(shape)

    def normal(self, loc: float, scale: float, size: int | None = None) -> Any:
        return loc if size is None else np.full(size, float(loc))

    def integers(self, low: int, high: int) -> int:
        return (low + high) // 2


@pytest.mark.parametrize("seed", range(4))
def test_the_channels_of_a_pump_depend_on_its_flow_and_speed(seed: int) -> None:
    flow, current, pressure, vibration = np.moveaxis(_windows(Quiet(seed), 50), -1, 0)  # type: ignore[arg-type]
    load = (current - 0.3) / flow / 0.6
    assert np.ptp(load) < 1e-9
    assert 0.8 <= load.mean() <= 1.2
    np.testing.assert_allclose(pressure, 1.2 - 0.4 * flow**2 / load)
    # The flow swings by a fifth about the demand, once in two seconds, which a window is.
    demand = flow.mean(axis=1, keepdims=True)
    assert ((demand > 0.5) & (demand < 1.5)).all()
    swing = np.fft.rfft(flow / demand, axis=1) / SAMPLES * 2
    np.testing.assert_allclose(np.abs(swing[:, 1]), 0.2)
    np.testing.assert_allclose(np.abs(swing[:, 2:]), 0, atol=1e-9)
    phase = np.angle(swing[:, :1] / swing[:, :1] * swing[:, 1:2]) + np.pi / 2
    # The vibration swings by a half about its strength, as often in a second as the pump turns.
    shaken = vibration / np.sqrt(flow)
    speeds = np.linspace(0.9, 1.4, 2001)
    time = np.arange(SAMPLES) / RATE_HZ
    errors = [np.abs(0.3 * s * (1 + 0.5 * np.sin(2 * np.pi * s * time + phase)) - shaken).max() for s in speeds]
    assert min(errors) < 1e-3


def test_a_third_of_the_pumps_fail_in_their_last_windows_each_fault_in_turn() -> None:
    data = pump(0)
    assert data.train.x.shape == (1560, SAMPLES, len(CHANNELS))
    names, which = np.unique(np.asarray(data.train.groups), return_inverse=True)
    assert names.tolist() == [f"pump{n:02d}" for n in range(1, PUMPS + 1)]
    failing = []
    for number in range(PUMPS):
        labels = data.train.y[which == number].tolist()
        assert labels[:NORMAL_EACH] == [0] * NORMAL_EACH
        assert len(set(labels[NORMAL_EACH:])) == 1
        assert len(labels) == NORMAL_EACH + FAULTY_EACH
        failing += [number] if labels[-1] else []
    assert failing == list(range(0, PUMPS, 3))
    for place, number in enumerate(failing):
        x = data.train.x[which == number].astype(np.float64)
        good, bad = x[:NORMAL_EACH], x[NORMAL_EACH:]
        slope, drop = (np.polyfit(good[..., 0].ravel(), good[..., c].ravel(), 1) for c in (1, 2))
        fault = list(FAULTS)[place % 3]
        moved = {
            "slipping": (np.polyval(slope, bad[..., 0]) - bad[..., 1]) / bad[..., 0] / 0.4,
            "blocked": (bad[..., 2] - np.polyval(drop, bad[..., 0])) / bad[..., 0] / 0.5,
            "worn": bad[..., 3].mean(axis=1) / np.sqrt(bad[..., 0].mean(axis=1)) / 1.8
            / (good[..., 3].mean(axis=1) / np.sqrt(good[..., 0].mean(axis=1))).mean(),
        }  # fmt: skip
        for name, size in moved.items():
            expected = 1 if name == fault else 1 / 1.8 if name == "worn" else 0
            assert size.mean() == pytest.approx(expected, abs=0.12), (fault, name)


def test_normal_windows_have_noise_of_two_to_six_hundredths() -> None:
    for seed in range(6):
        noisy = _windows(np.random.default_rng(seed), 200)
        flow, current = noisy[..., 0], noisy[..., 1]
        residual = current - np.polyval(np.polyfit(flow.ravel(), current.ravel(), 1), flow)
        # Noise of both channels is in it; the current's slope on the flow is 0.48 to 0.72.
        assert 0.019 < residual.std() < 0.06 * 1.25


def test_the_table_of_pumps_holds_mean_and_deviation_of_each_channel() -> None:
    table, windows = pump_table(1), pump(1)
    assert table.channel_names[:2] == ("flow_mean", "current_mean")
    assert table.channel_names[-1] == "vibration_std"
    for place, name in enumerate(table.channel_names):
        channel, _, what = name.rpartition("_")
        x = windows.train.x[..., CHANNELS.index(channel)]
        np.testing.assert_allclose(table.train.x[:, place], x.mean(1) if what == "mean" else x.std(1), rtol=1e-5)


def test_a_tone_has_twelve_harmonics_that_fade_by_a_power() -> None:
    found = np.abs(np.fft.rfft(_tone(Voice(200.0, 0.7, 1.0, 0.0), np.full(16_000, 200.0)))) / 8000
    harmonics = np.arange(1, 13)
    np.testing.assert_allclose(found[200 * harmonics], harmonics**-0.7, atol=1e-6)
    found[200 * harmonics] = 0
    assert found.max() < 1e-6


def pitches(sound: np.ndarray) -> tuple[float, float]:
    """The frequency of the lowest harmonic in the first and in the last tenth of a sound."""
    rising = np.flatnonzero((sound[:-1] < 0) & (sound[1:] >= 0))
    periods, tenth = np.diff(rising), len(sound) // 10
    return 16_000 / periods[rising[1:] < tenth].mean(), 16_000 / periods[rising[:-1] > 9 * tenth].mean()


def test_a_pitch_rises_or_falls_by_an_octave_and_beeps_come_at_one_and_a_half_of_it() -> None:
    pure = Voice(200.0, 60.0, 1.0, 0.0)
    assert pitches(SOUNDS["rising"](pure, 16_000, Quiet())) == pytest.approx((207, 386), rel=0.02)  # type: ignore[arg-type]
    assert pitches(SOUNDS["falling"](pure, 16_000, Quiet())) == pytest.approx((386, 207), rel=0.02)  # type: ignore[arg-type]
    beeps = SOUNDS["beeps"](pure, 16_000, Quiet())  # type: ignore[arg-type]
    # Three of the six equal parts sound.
    loud = [np.abs(part).max() > 0.9 for part in np.array_split(beeps, 6)]
    assert loud == [True, False] * 3
    assert np.abs(beeps[2800:5200]).max() == 0
    assert np.abs(np.fft.rfft(beeps)).argmax() == pytest.approx(300, abs=4)
    hiss = SOUNDS["hiss"](pure, 16_000, np.random.default_rng(0))
    assert len(hiss) == 16_000
    assert np.corrcoef(hiss[:-1], hiss[1:])[0, 1] == pytest.approx(-0.5, abs=0.03)


def test_a_clip_is_a_sound_of_0_3_to_0_6_seconds_in_a_second_of_noise() -> None:
    quiet = _clip(VOICE, SOUNDS["rising"], Quiet())  # type: ignore[arg-type]
    (sounding,) = np.nonzero(quiet)
    assert (quiet.dtype, len(quiet)) == (np.int16, 16_000)
    assert sounding[-1] - sounding[0] == pytest.approx(0.45 * 16_000, abs=20)
    assert sounding[0] == pytest.approx((16_000 - 0.45 * 16_000) / 2, abs=20)
    # The tapering at the ends is none in the middle.
    assert np.abs(quiet).max() == pytest.approx(2000, rel=0.05)
    tapered = np.abs(quiet[sounding[0] : sounding[0] + 100]).max()
    assert 20 < tapered < 1900
    for seed in range(5):
        clip = _clip(VOICE, SOUNDS["hiss"], np.random.default_rng(seed)).astype(float)
        loud = np.flatnonzero(np.abs(clip) > 150)
        assert 0.29 < (loud[-1] - loud[0]) / 16_000 <= 0.6
        behind = np.concatenate([clip[: loud[0] - 200], clip[loud[-1] + 200 :]])
        assert behind.std() == pytest.approx(20, rel=0.1)
    over = _clip(Voice(200.0, 1.0, 60_000.0, 0.0), SOUNDS["rising"], Quiet())  # type: ignore[arg-type]
    assert (over.min(), over.max()) == (-32_768, 32_767)


def test_voices_differ_and_each_makes_every_sound_three_times() -> None:
    data = SOURCES["sounds"](0)
    assert data.train.x.shape == (288, 16_000, 1)
    groups = np.asarray(data.train.groups)
    pairs, counts = np.unique(np.stack([groups, data.train.y]), axis=1, return_counts=True)
    assert pairs.shape == (2, 24 * 4)
    assert set(counts.tolist()) == {3}
    peaks = np.abs(data.train.x.astype(int)).max(axis=(1, 2))
    means = np.array([np.log(peaks[groups == voice]).mean() for voice in range(24)])
    assert np.log(300) < means.min()
    assert means.max() < np.log(5000)
    assert np.ptp(means) > 1
