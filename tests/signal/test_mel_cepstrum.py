"""Cepstral coefficients against SciPy's cosine transform of the log-mel features, in pieces, and their refusals."""

import dataclasses

import numpy as np
import pytest
import scipy.fft
from mel_settings import random_mel, signals

from nas._native import cepstrum
from nas.arrays import Array, Floats
from nas.errors import InputError
from nas.signal.front_end import read_front_end
from nas.signal.mel import Mel
from nas.signal.mel_cepstrum import MIDDLE, lifter, tables

SHORT = Mel(filterbank_n_channels=20, mfcc_coefficients=13)


def with_coefficients(seed: int) -> Mel:
    """Random settings of features and of their transform."""
    chance, mel = np.random.default_rng(seed), random_mel(seed)
    count = int(chance.integers(1, mel.filterbank_n_channels + 1))
    length = int(chance.choice([0, 22, max(count, 30)]))
    length = length if length == 0 or count - 1 <= length <= 100 else 0
    return dataclasses.replace(mel, log_scale_enable=True, mfcc_coefficients=count, mfcc_lifter=length)


def by_scipy(mel: Mel, features: Array) -> Floats:
    """Coefficients in doubles, with HTK's lifter written out."""
    found = scipy.fft.dct(features - float(MIDDLE), type=2, norm="ortho", axis=-1)[..., : mel.mfcc_coefficients]
    if mel.mfcc_lifter:
        k = np.arange(mel.mfcc_coefficients)
        found = found * (1 + mel.mfcc_lifter / 2 * np.sin(np.pi * k / mel.mfcc_lifter))
    return np.asarray(found.clip(-32768, 32767))


@pytest.mark.parametrize("seed", range(40))
def test_coefficients_are_those_of_scipy_within_the_rounding_of_tables_and_result(seed: int) -> None:
    mel = with_coefficients(seed)
    features = dataclasses.replace(mel, mfcc_coefficients=0)
    for samples in signals(mel.window * 4, seed):
        rows = samples[None, :, None]
        heard = features.features(rows)[0, :, :, 0].astype(float)
        found = mel.features(rows)[0, :, :, 0]
        assert found.dtype == np.int16
        # Half a unit of the result; of each cosine, half of 2^-14; of a coefficient's scale, half of 2^-16.
        size = np.abs(heard - MIDDLE).sum(axis=-1, keepdims=True)
        scales = tables(mel)["scales"] / 2**16
        bound = 0.501 + size * (scales / 2**15 + 1 / 2**17)
        assert (np.abs(found - by_scipy(mel, heard)) <= bound).all()


def test_usual_coefficients_are_within_a_unit_of_scipys(sounds_of_words: Array) -> None:
    heard = Mel().features(sounds_of_words)[..., 0]
    for count, length in ((10, 0), (13, 22), (20, 22)):
        mel = Mel(mfcc_coefficients=count, mfcc_lifter=length)
        found = mel.features(sounds_of_words)[..., 0]
        assert np.abs(found - by_scipy(mel, heard)).max() <= 1


@pytest.fixture(scope="module")
def sounds_of_words() -> Array:
    """Rows [8, 16000, 1] of noise that swells, under tones."""
    chance, at = np.random.default_rng(4), np.arange(16000)
    rows = [
        chance.normal(0, 1, 16000) * 3000 * np.sin(np.pi * at / 16000) ** 2
        + 4000 * np.sin(at * chance.uniform(0.02, 1)) * (at > chance.integers(0, 12000))
        for _ in range(8)
    ]
    return np.array(rows).clip(-32768, 32767).astype(np.int16)[..., None]


@pytest.mark.parametrize("seed", range(5))
def test_samples_in_pieces_give_the_coefficients_of_the_whole(seed: int) -> None:
    mel, chance = with_coefficients(seed), np.random.default_rng(seed)
    samples = chance.integers(-3000, 3000, mel.window * 6).astype(np.int16)
    stream = mel.stream()
    pieces = np.split(samples, np.sort(chance.integers(0, len(samples), 20)))
    found = np.concatenate([stream.push(piece) for piece in pieces])
    np.testing.assert_array_equal(found, mel.features(samples[None, :, None])[0, :, :, 0])
    stream.reset()
    np.testing.assert_array_equal(stream.push(samples), found)


def test_a_network_reads_as_many_numbers_of_each_frame_as_there_are_coefficients() -> None:
    series = dataclasses.replace(SHORT, frequencies_are_channels=True)
    assert (SHORT.shape((16000, 1)), series.shape((16000, 2))) == ((49, 13, 1), (49, 26))
    rows = np.random.default_rng(1).integers(-9000, 9000, (2, 8000, 2)).astype(np.int16)
    np.testing.assert_array_equal(series.apply(rows), SHORT.apply(rows).reshape(2, 24, 26))


def test_the_lifter_is_that_of_htk() -> None:
    # The HTK Book, version 3.4, equation 5.14: 1 + L / 2 sin(pi n / L), by hand for L = 22.
    np.testing.assert_allclose(lifter(12, 22)[[0, 1, 11]], [1, 1 + 11 * 0.14231483827, 12])
    np.testing.assert_array_equal(lifter(5, 0), np.ones(5))


def test_coefficient_0_of_the_fixed_range_of_features_is_half_the_fixed_range_of_coefficients() -> None:
    of_ends = by_scipy(SHORT, np.array([[0.0] * 20, [666.0] * 20]))
    np.testing.assert_array_equal(SHORT.as_int8(of_ends)[:, 0], [-64, 64])
    assert SHORT.as_int8(of_ends)[:, 1:].any() == np.False_
    np.testing.assert_array_equal(SHORT.as_int8(np.array([-30000, 30000])), [-128, 127])


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"mfcc_coefficients": 41}, r"mfcc_coefficients: must be at most filterbank_n_channels, 40, got 41"),
        ({"mfcc_coefficients": -1}, r"mfcc_coefficients: must be from 0 to 1,024, got -1"),
        ({"n_mfcc": 13, "log": False}, r"mfcc_coefficients: are made of logarithms.*set it to true"),
        ({"n_mfcc": 13, "quantize_dynamic_scale_enable": True}, r"mfcc_coefficients: have a fixed range"),
        ({"n_mfcc": 30}, r"mfcc_lifter: must be 0, or at least 29 for 30 coefficients, got 22"),
        ({"n_mfcc": 13, "lifter": 101}, r"mfcc_lifter: must be from 0 to 100, got 101"),
    ],
)
def test_settings_that_cannot_be_computed_are_refused(settings: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_front_end({"front_end": "mel", **settings}, "space.toml")


def test_the_compiled_transform_refuses_tables_that_do_not_fit() -> None:
    good, features = tables(SHORT), np.zeros((1, 20), np.uint16)
    cosines, scales = good["cosines"], good["scales"]
    for wrong in (cosines[:-1], cosines * 2):
        with pytest.raises(ValueError, match="cosines"):
            cepstrum(features, wrong, scales, MIDDLE)
    for wrong in (np.resize(scales, 21), scales + 2**22):
        with pytest.raises(ValueError, match="scales"):
            cepstrum(features, cosines, wrong, MIDDLE)
