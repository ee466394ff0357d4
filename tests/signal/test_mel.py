"""The mel front-end against TensorFlow's operator, against itself in pieces, and its refusals."""

import json
from pathlib import Path

import numpy as np
import pytest
from mel_settings import random_mel, signals, tensorflow_features

from nas._native import FrontEnd, front_end_levels
from nas.codec import Place
from nas.errors import InputError
from nas.signal.front_end import read_front_end
from nas.signal.mel import Mel, native
from nas.signal.mel_constants import constants, tables


def test_every_recorded_feature_of_tensorflow_is_equal(shared: Path) -> None:
    golden = np.load(shared / "audio" / "frontend_golden.npz", allow_pickle=False)
    upstream = {"window_ms": 25, "step_ms": 10, "channels": 32, "pcan": False}
    for name, given in json.loads(str(golden["settings"])).items():
        mel = Mel.from_json({**upstream, **given}, Place(name))
        for key in golden.files:
            setting, _, signal = key.partition("/")
            if setting == name:
                samples = golden[f"signal{mel.sample_rate_hz}/{signal}"]
                np.testing.assert_array_equal(mel.features(samples[None, :, None])[0, :, :, 0], golden[key], key)


@pytest.mark.parametrize("seed", range(40))
def test_features_of_random_settings_are_those_of_tensorflows_operator(seed: int) -> None:
    mel = random_mel(seed)
    for samples in signals(mel.window * 4, seed):
        expected = tensorflow_features(mel, samples)
        for level in range(front_end_levels()):
            np.testing.assert_array_equal(native(mel).features(samples[None], level)[0], expected, str(mel))


@pytest.mark.parametrize("seed", range(20))
def test_samples_in_pieces_give_the_features_of_the_whole(seed: int) -> None:
    mel = random_mel(seed)
    chance = np.random.default_rng(seed)
    samples = chance.integers(-3000, 3000, mel.window * 7).astype(np.int16)
    stream = mel.stream()
    pieces = np.split(samples, np.sort(chance.integers(0, len(samples), 30)))
    found = np.concatenate([stream.push(piece) for piece in pieces])
    np.testing.assert_array_equal(found, mel.features(samples[None, :, None])[0, :, :, 0])
    stream.reset()
    np.testing.assert_array_equal(stream.push(samples), found)


def test_the_dc_filter_is_that_of_mltk_and_is_the_same_in_pieces() -> None:
    samples = (9000 + np.random.default_rng(3).normal(0, 3000, 8000)).astype(np.int16)
    before = filtered = 0
    expected = []
    for sample in samples.tolist():
        filtered = sample - before + (((31129 * filtered >> 14) + 1) >> 1)
        before = sample
        expected.append(filtered)
    mel, plain = Mel(dc_notch_filter_enable=True), Mel()
    features = mel.features(samples[None, :, None])[0, :, :, 0]
    np.testing.assert_array_equal(features, plain.features(np.int16(expected)[None, :, None])[0, :, :, 0])
    np.testing.assert_array_equal(mel.stream().push(samples), features)


def test_microphones_are_heard_one_by_one() -> None:
    mel = Mel(filterbank_n_channels=12)
    sounds = np.random.default_rng(1).integers(-9000, 9000, (2, 8000, 3)).astype(np.int16)
    together = mel.apply(sounds)
    assert together.shape == (2, *mel.shape((8000, 3))) == (2, 24, 12, 3)
    for i in range(3):
        np.testing.assert_array_equal(mel.apply(sounds[..., i : i + 1])[..., 0], together[..., i])
    series = Mel(filterbank_n_channels=12, frequencies_are_channels=True)
    np.testing.assert_array_equal(series.apply(sounds), together.reshape(2, 24, 36))


def test_activity_is_a_rise_after_a_fall() -> None:
    mel = Mel(activity_detection_enable=True, noise_reduction_enable=False, pcan_enable=False)
    chance = np.random.default_rng(2)
    loud, quiet = (chance.normal(0, level, 16000).astype(np.int16) for level in (3000, 30))
    stream = mel.stream()
    stream.push(loud)
    assert not stream.active
    stream.push(quiet)
    stream.push(loud)
    assert stream.active


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"filterbank_upper_band_limit": 9000.0}, r"upper_band_limit: must be at most half the sample rate, 8000 Hz"),
        ({"filterbank_upper_band_limit": 8000.0}, r"the highest band must end below 8000 Hz.*lower it a little"),
        ({"sample_rate_hz": 8000}, r"must be at most half the sample rate, 4000 Hz.*got 7500 Hz"),
        ({"filterbank_lower_band_limit": 7600.0}, r"lower_band_limit: must be from 0 to below the upper limit"),
        ({"filterbank_lower_band_limit": 7490.0}, r"the bands must hold a frequency of the transform"),
        ({"window_step_ms": 31}, r"window_step_ms: frames must begin at least a sample and at most a frame apart"),
        ({"window_step_ms": 0}, r"window_step_ms: frames must begin"),
        ({"window_size_ms": 0}, r"window_size_ms: a frame must have 8 to 32,768 samples"),
        ({"window_size_ms": 3000}, r"window_size_ms: a frame must have 8 to 32,768 samples.*48,000 samples"),
        ({"filterbank_n_channels": 0}, r"filterbank_n_channels: must be from 1 to 1,024, got 0"),
        ({"pcan_offset": 20.0}, r"2\^gain_bits \* offset\^-strength must be at most 32,767"),
        ({"pcan_gain_bits": 14}, r"pcan_gain_bits: must be at least 15 for a transform of 512 points"),
        ({"noise_reduction_smoothing_bits": 2}, r"smoothing_bits: must be at least 3 with pcan"),
        ({"noise_reduction_even_smoothing": 1.5}, r"even_smoothing: must be from 0 to 1, got 1.5"),
    ],
)
def test_settings_that_cannot_be_computed_are_refused(settings: dict[str, float], message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_front_end({"front_end": "mel", **settings}, "space.toml")


@pytest.mark.parametrize("seed", range(60))
def test_the_ends_of_a_filter_bank_are_known_without_its_weights(seed: int) -> None:
    mel = random_mel(seed)
    first, last = mel.bins
    assert (first, last - first + 1) == (mel.bank.first_bin, mel.bank.widths.sum())


def test_rows_that_are_no_sound_are_refused() -> None:
    with pytest.raises(InputError, match="rows must have at least the 480 samples of a frame, got 479"):
        Mel().shape((479, 1))
    with pytest.raises(InputError, match="mel takes windows of samples"):
        Mel().shape((12,))


def test_settings_may_bear_the_names_of_tensorflows_operator_but_only_one_of_two() -> None:
    short = {"front_end": "mel", "window_size": 25, "num_channels": 32, "enable_pcan": False}
    assert read_front_end(short, "x") == Mel(window_size_ms=25, filterbank_n_channels=32, pcan_enable=False)
    with pytest.raises(InputError, match="must give each setting once"):
        read_front_end({**short, "window_size_ms": 25}, "x")


@pytest.mark.parametrize("name", ["taper", "twiddles", "split_twiddles", "widths", "weights", "gains"])
def test_the_compiled_front_end_refuses_a_table_that_does_not_fit(name: str) -> None:
    good = tables(Mel())
    with pytest.raises(ValueError, match=name):
        FrontEnd(constants(Mel()), {**good, name: good[name][:-1]})
