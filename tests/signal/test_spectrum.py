"""Spectra of windows against numpy's Fourier transform."""

import numpy as np
import pytest

from nas.arrays import Floats
from nas.errors import InputError
from nas.signal.spectrum import Spectrum, bank
from nas.signal.transform_cost import size_of


def windows(count: int = 30, steps: int = 128) -> Floats:
    """Tones with noise, about a constant level that is much greater."""
    chance = np.random.default_rng(3)
    time = np.arange(steps)[None, :, None]
    tones = np.sin(time * chance.uniform(0.1, 3, (count, 1, 2))) * chance.uniform(0.2, 1, (count, 1, 2))
    return (tones + chance.normal(0, 0.05, (count, steps, 2)) + [9, -5]).astype(np.float32)


def magnitudes(frames: Floats) -> Floats:
    """The magnitudes of frames [n, length, channels] without their mean under a Hann window, divided by the size."""
    length = frames.shape[1]
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * (np.arange(length) + 0.5) / length)
    tapered = (frames - frames.mean(axis=1, keepdims=True)) * hann[None, :, None]
    return np.abs(np.fft.rfft(tapered, size_of(length), axis=1)) / size_of(length)


@pytest.mark.parametrize("length", [64, 100, 128])
def test_with_as_many_bands_as_frequencies_each_is_numpys_magnitude(length: int) -> None:
    x, bins = windows(), size_of(length) // 2
    front_end = Spectrum(frame_size=length, frame_step=14, bands=bins - 1, log=False).fitted(x)
    found = front_end.apply(x).reshape(len(x), -1, bins - 1, 2)
    assert found.shape[1] == (128 - length) // 14 + 1
    for frame in range(found.shape[1]):
        wanted = magnitudes(x[:, frame * 14 : frame * 14 + length])
        # Rounding in 16 bits, the more so the louder the frame is.
        assert np.abs(found[:, frame] - wanted[:, 1:bins]).max() < 0.003 * wanted.max()


@pytest.mark.parametrize("scale", ["linear", "mel"])
def test_a_band_is_the_root_of_the_energies_under_its_triangle(scale: str) -> None:
    x, bands = windows(), 9
    front_end = Spectrum(bands=bands, scale=scale, log=False).fitted(x)
    hz = np.arange(65) / 64 * 8000
    place = hz / 8000 * (bands + 1) if scale == "linear" else np.log1p(hz / 700) / np.log1p(8000 / 700) * (bands + 1)
    weights = np.maximum(0, 1 - np.abs(place[:, None] - np.arange(1, bands + 1)))
    wanted = np.sqrt(np.einsum("nfc,fb->nbc", magnitudes(x) ** 2, weights))
    found = front_end.apply(x).reshape(len(x), bands, 2)
    assert np.abs(found - wanted).max() < 0.003 * wanted.max()


def test_the_logarithm_is_that_of_the_magnitude() -> None:
    x = windows()
    plain, log = (Spectrum(bands=20, log=log).fitted(x).apply(x) for log in (False, True))
    loud = plain > plain.max() / 1000
    # The logarithm's table is not interpolated, as that of the front-end for sound.
    np.testing.assert_allclose(log[loud], np.log(plain[loud]), atol=0.02)


def test_a_constant_level_has_no_energy() -> None:
    x = np.full((1, 64, 1), 3.0, np.float32)
    assert not Spectrum(log=False).fitted(x).apply(x).any()


def test_a_whole_window_is_one_frame_and_half_a_frame_the_usual_step() -> None:
    assert Spectrum(bands=8).shape((128, 6)) == (1, 48)
    assert Spectrum(frame_size=32, bands=8).shape((128, 6)) == (7, 48)
    assert Spectrum(bands=8).channel_names(("x", "y"))[:3] == ("x band 0", "y band 0", "x band 1")


@pytest.mark.parametrize("scale", ["linear", "mel"])
@pytest.mark.parametrize("size", [8, 64, 512])
def test_bands_cover_the_spectrum(scale: str, size: int) -> None:
    made = bank(scale, size, size // 2 - 1)
    assert made.first_bin == 1
    assert made.first_bin + int(made.widths.sum()) in (size // 2, size // 2 + 1)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"scale": "bark"}, "front_end: scale: must be one of linear, mel, got 'bark'"),
        ({"bands": 0}, "front_end: bands: must be at least 1"),
        ({"frame_size": 4}, "a frame must have 8 to 32,768 steps, got 4"),
        ({"frame_size": 20}, "front_end: bands: must be at most 15 for frames of 20 steps, got 16"),
        ({"frame_size": 64, "frame_step": 65}, "must be from 1 step to a frame, or 0 for half a frame, got 65"),
    ],
)
def test_settings_that_cannot_be_computed_are_refused(settings: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Spectrum(**settings)


@pytest.mark.parametrize(
    ("front_end", "shape", "message"),
    [
        (Spectrum(), (12, 12, 1), "spectrum takes windows of a signal"),
        (Spectrum(frame_size=64), (50, 3), "windows must have at least the 64 steps of a frame, got 50"),
        (Spectrum(), (20, 3), "must be at most 15 for frames of 20 steps"),
    ],
)
def test_rows_that_it_cannot_take_are_refused(front_end: Spectrum, shape: tuple[int, ...], message: str) -> None:
    with pytest.raises(InputError, match=message):
        front_end.shape(shape)
