"""Random settings and signals for the mel front-end, and the features that TensorFlow's operator computes of them."""

import random
from collections.abc import Iterator

import numpy as np

from nas.arrays import Array
from nas.errors import InputError
from nas.signal.mel import Mel


def random_mel(seed: int) -> Mel:
    """Return settings that can be computed, drawn far beyond what is usual."""
    chance = random.Random(seed)
    while True:
        try:
            return _draw(chance)
        except InputError:
            continue


def _draw(chance: random.Random) -> Mel:
    rate = chance.choice([4000, 8000, 11025, 16000, 16000, 22050, 44100, 48000])
    window = chance.randint(4, 80)
    lower = chance.choice([0.0, 20.0, 125.0, round(chance.uniform(0, rate / 8), 2)])
    return Mel(
        sample_rate_hz=rate,
        window_size_ms=window,
        window_step_ms=chance.randint(1, window),
        filterbank_n_channels=chance.choice([1, 2, 10, 20, 32, 40, 64, chance.randint(1, 128)]),
        filterbank_lower_band_limit=lower,
        filterbank_upper_band_limit=round(chance.uniform(lower + 1, rate / 2), 2),
        noise_reduction_smoothing_bits=chance.randint(3, 14),
        noise_reduction_even_smoothing=round(chance.random() ** 3, 4),
        noise_reduction_odd_smoothing=round(chance.random() ** 3, 4),
        noise_reduction_min_signal_remaining=round(chance.random(), 3),
        pcan_enable=chance.random() < 0.6,
        pcan_strength=round(chance.uniform(0.1, 1.5), 3),
        pcan_offset=round(chance.uniform(1, 200), 2),
        pcan_gain_bits=chance.randint(12, 24),
        log_scale_enable=chance.random() < 0.8,
        log_scale_shift=chance.randint(0, 8),
    )


def signals(samples: int, seed: int) -> Iterator[Array]:
    """Yield signals of 16 bits: quiet and loud noise, tones, clicks, noise at the limits, and silence."""
    chance = np.random.default_rng(seed)
    time = np.arange(samples)
    tones = sum(
        chance.uniform(100, 12000) * np.sin(time * chance.uniform(0.001, 3) + chance.uniform(0, 6)) for _ in range(3)
    )
    clicks = np.where(chance.random(samples) < 0.002, chance.integers(-32768, 32768, samples), 0)
    for signal in (
        chance.normal(0, 10 ** chance.uniform(0, 4), samples),
        np.asarray(tones),
        clicks,
        chance.choice([-32768, 32767], samples),
        np.full(samples, chance.integers(-32768, 32768)),
        np.zeros(samples),
    ):
        yield np.clip(signal, -32768, 32767).astype(np.int16)


def tensorflow_features(mel: Mel, samples: Array) -> Array:
    """Return what TensorFlow's operator gives for samples [n]."""
    import tensorflow as tf
    from tensorflow.lite.experimental.microfrontend.python.ops import audio_microfrontend_op

    return np.asarray(
        audio_microfrontend_op.audio_microfrontend(
            tf.constant(samples),
            sample_rate=mel.sample_rate_hz,
            window_size=mel.window_size_ms,
            window_step=mel.window_step_ms,
            num_channels=mel.filterbank_n_channels,
            upper_band_limit=mel.filterbank_upper_band_limit,
            lower_band_limit=mel.filterbank_lower_band_limit,
            smoothing_bits=mel.noise_reduction_smoothing_bits,
            even_smoothing=mel.noise_reduction_even_smoothing,
            odd_smoothing=mel.noise_reduction_odd_smoothing,
            min_signal_remaining=mel.noise_reduction_min_signal_remaining,
            enable_pcan=mel.pcan_enable,
            pcan_strength=mel.pcan_strength,
            pcan_offset=mel.pcan_offset,
            gain_bits=mel.pcan_gain_bits,
            enable_log=mel.log_scale_enable,
            scale_shift=mel.log_scale_shift,
        )
    )
