"""Random changes of sound, each against a closed form, NumPy or SciPy."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from scipy.signal import resample_poly, welch

from nas.data.choice import DataChoice
from nas.data.options import DataOptions
from nas.data.sound import noise, timing
from nas.data.sound.changes import CHANGES, SoundChanges
from nas.data.sound.pitch import pitch
from nas.data.sound.variants import variants
from nas.errors import InputError
from nas.signal.mel import Mel
from nas.signal.raw import RAW

RATE_HZ = 16_000
RNG = np.random.default_rng(0)
ROWS = RNG.normal(0, 1000, (6, 4000)).astype(np.float32)
RECORDINGS = [RNG.integers(-300, 300, 9000).astype(np.int16), RNG.integers(-30, 30, 1000).astype(np.int16)]
ALL = {
    "speed": 0.1,
    "pitch": 0.1,
    "trim": 0.1,
    "shift_ms": 20.0,
    "reverb": 1.0,
    "gain_db": 6.0,
    "background": 1.0,
    "colored_noise": 1.0,
}


OFF = dict.fromkeys(CHANGES, 0.0)


def changed(seed: int = 0, **asked: Any) -> Any:
    rows = np.rint(ROWS).astype(np.int16)[..., None]
    return variants(rows, SoundChanges(**{**OFF, "variants": 2, **asked}), RATE_HZ, RECORDINGS, seed)


def power(x: Any) -> Any:
    return np.mean(np.square(x, dtype=np.float64), axis=1)


@pytest.mark.parametrize("samples", [0, 700, -700, 4000, -4000])
def test_a_shift_is_a_roll_with_silence_in_the_gap(samples: int) -> None:
    expected = np.roll(ROWS, samples, axis=1)
    expected[:, slice(0, samples) if samples > 0 else slice(4000 + samples, 4000)] = 0
    assert np.array_equal(timing.shift(ROWS, np.full(6, samples)), expected)


def test_rows_of_another_speed_are_the_middle_of_what_scipy_resamples() -> None:
    found = timing.speed(ROWS, np.array([0.9, 1.25, 1.0, 0.9, 1.0, 1.25]))
    slower, faster = resample_poly(ROWS, 10, 9, axis=1), resample_poly(ROWS, 4, 5, axis=1)
    start = (slower.shape[1] - 4000) // 2
    assert np.allclose(found[[0, 3]], slower[[0, 3], start : start + 4000], atol=1e-2)
    assert np.allclose(found[[1, 5], 400:3600], faster[[1, 5]], atol=1e-2)
    assert not found[[1, 5], :400].any()
    assert np.array_equal(found[[2, 4]], ROWS[[2, 4]])


@pytest.mark.parametrize("rate_hz", [8000, 16000, 44100])
def test_another_pitch_moves_frequencies_and_leaves_times(rate_hz: int) -> None:
    at = np.arange(rate_hz) / rate_hz
    lasting = (at >= 0.4) & (at < 0.6)
    tones = np.stack([10_000 * np.sin(2 * np.pi * hz * at) for hz in (200, 1000, 1000, 1000)]).astype(np.float32)
    tones[3] *= lasting
    found = pitch(tones, np.array([1.2, 0.85, 1.0, 1.1]), float(rate_hz))
    assert found.shape == tones.shape
    spectra = np.abs(np.fft.rfft(found * np.hanning(rate_hz), axis=1))  # a line a hertz
    assert spectra.argmax(axis=1).tolist()[:3] == [240, 850, 1000]
    powers = np.square(spectra[:2])
    assert powers.max(axis=1).sum() == pytest.approx(2 / 3 * powers.sum(), rel=0.03)  # Hann's share of a pure tone
    assert np.array_equal(found[2], tones[2])
    assert abs(int(spectra[3].argmax()) - 1100) <= 5
    heard = np.flatnonzero(np.abs(found[3]) > 100) / rate_hz
    assert (heard[0], heard[-1]) == pytest.approx((0.4, 0.6), abs=0.02)  # half a piece


def test_silence_and_rows_of_less_than_a_piece_keep_their_form() -> None:
    for time in (1, 100, 500):
        found = pitch(np.zeros((3, time), np.float32), np.array([0.5, 1.0, 1.5]), 16000.0)
        assert found.shape == (3, time)
        assert not found.any()


def test_trimming_leaves_the_middle_of_a_row_as_it_is() -> None:
    found = timing.trim(ROWS, np.full(6, 0.1), np.full(6, 0.25))
    assert np.array_equal(found[:, 400:3000], ROWS[:, 400:3000])
    assert not found[:, :400].any()
    assert not found[:, 3000:].any()


def test_noise_has_the_ratio_that_is_asked_for() -> None:
    ratios = np.array([-5.0, 0.0, 5.0, 10.0, 20.0, 40.0])
    behind = noise.mixed(ROWS, noise.recorded(RECORDINGS, 6, 4000, RNG), ratios) - ROWS
    assert np.allclose(10 * np.log10(power(ROWS) / power(behind)), ratios, atol=0.05)
    assert not noise.mixed(np.zeros_like(ROWS), ROWS, ratios).any()


@pytest.mark.parametrize("color", noise.COLORS)
def test_the_power_of_colored_noise_falls_with_its_power_of_the_frequency(color: str) -> None:
    at, density = welch(noise.colored(noise.COLORS[color], 1 << 18, RNG), RATE_HZ, nperseg=4096)
    band = (at > 100) & (at < 4000)
    slope = np.polyfit(np.log10(at[band]), np.log10(density[band]), 1)[0]
    assert slope == pytest.approx(-2 * noise.COLORS[color], abs=0.05)


def test_a_room_decays_by_60_db_in_its_time_and_keeps_the_power() -> None:
    click = np.zeros((200, 4000), np.float32)
    click[:, 0] = 1000
    heard = noise.reverberated(click, np.full(200, 2000.0), RNG)
    assert np.allclose(power(heard), power(click), rtol=1e-4)
    energy = np.square(heard[:, 1:2000], dtype=np.float64).mean(axis=0)
    fall = np.polyfit(np.arange(len(energy)), 10 * np.log10(energy), 1)[0]
    assert fall * 2000 == pytest.approx(-60, abs=1)


def test_gain_is_a_factor_of_at_most_so_many_decibels() -> None:
    ratio = 10 * np.log10(power(changed(gain_db=6.0)[:, 0, :, 0]) / power(ROWS))
    assert 0 < np.abs(ratio).max() <= 6.01
    assert len(np.unique(ratio)) == len(ROWS)


def test_copies_are_those_of_the_seed() -> None:
    assert np.array_equal(changed(1, **ALL), changed(1, **ALL))
    for name in ALL:
        assert not np.array_equal(changed(1, **{name: ALL[name]}), changed(2, **{name: ALL[name]}))
    first, second = changed(1, **ALL).transpose(1, 0, 2, 3)
    assert not np.array_equal(first, second)


def test_all_microphones_of_a_row_are_changed_alike_and_rows_are_not_written_to() -> None:
    rows = np.repeat(np.rint(ROWS).astype(np.int16)[..., None], 2, axis=2)
    kept = rows.copy()
    found = variants(rows, SoundChanges(**{"variants": 1, **ALL}), RATE_HZ, RECORDINGS, 0)
    assert np.array_equal(found[..., 0], found[..., 1])
    assert np.array_equal(rows, kept)


def test_samples_beyond_16_bits_are_clipped() -> None:
    loud = np.full((4, 100, 1), 30000, np.int16)
    found = variants(loud, SoundChanges(**{**OFF, "variants": 1, "gain_db": 20.0}), RATE_HZ, (), 0)
    assert found.max() == 32767


def test_copies_are_made_before_a_front_end_of_sound_alone() -> None:
    assert SoundChanges(**{**OFF, "speed": 0.1}).apply_behind(Mel())
    assert not SoundChanges(**{**OFF, "speed": 0.1}).apply_behind(RAW)
    assert not SoundChanges(**OFF).apply_behind(Mel())
    assert not SoundChanges(variants=0, speed=0.1).apply_behind(Mel())


def test_copies_of_large_data_are_fewer() -> None:
    assert [SoundChanges(variants=3).copies(size) for size in (0, 1 << 20, 1 << 30, 1 << 40)] == [3, 3, 2, 1]
    assert SoundChanges(variants=0).copies(1 << 20) == 0


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"pitch": 0.6}, r"augment\.pitch: must be from 0 to 0\.5, got 0\.6"),
        ({"speed": 0.6}, r"augment\.speed: must be from 0 to 0\.5, got 0\.6"),
        ({"shift_ms": -1}, r"augment\.shift_ms: must be 0 or more, got -1"),
        (
            {"colored_noise_snr_db": (20.0, 5.0)},
            r"augment\.colored_noise_snr_db: must be the least and the greatest ratio",
        ),
        ({"variants": 65}, r"augment\.variants: must be from 0 to 64"),
    ],
)
def test_strengths_out_of_range_are_refused(asked: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        SoundChanges(**asked)


def write(folder: Path, samples: int, value: int) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(folder, np.full(samples, value, np.int16), RATE_HZ)


def test_noise_is_that_of_the_training_part_or_of_the_folder_that_is_named(tmp_path: Path) -> None:
    for speaker in range(8):
        for word in ("yes", "no"):
            write(tmp_path / "data" / word / f"{speaker:08x}_nohash_0.wav", 1600, 100 + speaker)
    for number in range(6):
        write(tmp_path / "data" / "_background_noise_" / f"{number}.wav", 3000, number + 1)
    write(tmp_path / "street" / "cars.wav", 5000, 7)
    own = DataChoice(str(tmp_path / "data"), DataOptions(merge_parts=True)).splits()
    named = DataChoice(str(tmp_path / "data"), DataOptions(merge_parts=True, noise=str(tmp_path / "street"))).splits()
    assert 0 < len(own.noise) < 6
    assert [set(each.tolist()) for each in named.noise] == [{7}]
    assert own.digest != named.digest


@pytest.mark.parametrize(
    ("source", "folder", "message"),
    [
        ("wine", ".", r"noise: needs rows of sound at a known rate, got rows from wine; leave it out"),
        ("sounds", "nowhere", r"noise: must be a folder of recordings of noise, got nowhere"),
        ("sounds", "docs", r"docs: must hold .*recordings"),
    ],
)
def test_noise_that_cannot_be_mixed_in_is_refused(source: str, folder: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        DataChoice(source, DataOptions(noise=folder)).splits()
