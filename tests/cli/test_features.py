"""`nas features` against the front-end and against rules of MLTK."""

import json
import wave
from pathlib import Path

import numpy as np
import pytest
from mel_settings import tensorflow_features

from nas.api.features import features
from nas.arrays import Array
from nas.errors import InputError
from nas.signal.mel import Mel
from nas.signal.statistics import Statistics

SOUND = (5000 * np.sin(np.arange(16000) * 0.2) + np.random.default_rng(0).normal(0, 500, 16000)).astype(np.int16)


def written(path: Path, rate_hz: int = 16000) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(SOUND.astype("<i2").tobytes())
    return path


def read(path: Path) -> dict[str, Array]:
    with np.load(path, allow_pickle=False) as file:
        return dict(file)


def test_a_wav_file_becomes_the_features_of_tensorflows_operator(nas, tmp_path: Path) -> None:
    pytest.importorskip("soundfile")
    settings, out = tmp_path / "s.toml", tmp_path / "out.npz"
    settings.write_text("window_size_ms = 25\nwindow_step_ms = 10\nfilterbank_n_channels = 32\npcan_enable = false\n")
    wav = written(tmp_path / "yes.wav")
    document = json.loads(nas("features", wav, "--front-end", settings, "-o", out, "--json").out)
    mel = Mel(window_size_ms=25, window_step_ms=10, filterbank_n_channels=32, pcan_enable=False)
    found = read(out)
    assert found["features"].dtype == np.uint16
    np.testing.assert_array_equal(found["features"], tensorflow_features(mel, SOUND))
    assert found["features_int8"].dtype == np.int8
    expected = [max(-128, min(127, (v * 256 + 333) // 666 - 128)) for v in found["features"].ravel().tolist()]
    assert found["features_int8"].ravel().tolist() == expected
    assert document["features"] == {"features": [98, 32]}
    assert json.loads(str(found["front_end"])) == mel.to_json()


@pytest.mark.parametrize("key", ["samples", "anything"])
def test_samples_in_an_npz_file_give_the_same_as_one_row_of_several(tmp_path: Path, key: str) -> None:
    np.savez(tmp_path / "one.npz", **{key: SOUND})
    np.savez(tmp_path / "rows.npz", x_train=np.stack([SOUND, SOUND[::-1]])[..., None], y_train=np.arange(2))
    one, rows = features(tmp_path / "one.npz"), features(tmp_path / "rows.npz")
    assert rows.features["features"].shape == (2, 49, 40)
    np.testing.assert_array_equal(one.features["features"], rows.features["features"][0])
    np.testing.assert_array_equal(one.int8["features"], rows.int8["features"][0])


def test_the_dynamic_range_ends_at_the_loudest_feature(tmp_path: Path) -> None:
    np.savez(tmp_path / "one.npz", SOUND)
    mel = Mel(quantize_dynamic_scale_enable=True, quantize_dynamic_scale_range_db=20.0)
    found = features(tmp_path / "one.npz", front_end=mel)
    loud, quantized = found.features["features"].astype(int), found.int8["features"]
    span = int(20 * 64 * 0.11512925465)
    assert quantized.max() == 127
    assert (quantized[loud <= loud.max() - span] == -128).all()
    np.testing.assert_array_equal(mel.apply(SOUND[None, :, None])[0, :, :, 0], quantized)


@pytest.mark.parametrize(
    ("arrays", "settings", "message"),
    [
        ({"a": SOUND, "b": SOUND}, "", r"must hold one array, or one called samples.*got a, b"),
        ({"x": SOUND / 32768}, "", r"must be samples of 16 bits.*multiply numbers from -1 to 1 by 32768"),
        ({"x": np.where(np.arange(16000) == 9, np.nan, SOUND)}, "", r"must be samples of 16 bits.*from nan to nan"),
        ({"x": 2.0 * SOUND + 30000}, "", r"must be samples of 16 bits, from -32768 to 32767, got float64 from"),
        ({"x": SOUND.astype(int) * 9}, "", r"must be samples of 16 bits"),
        ({"x": SOUND[:400]}, "", r"rows must have at least the 480 samples of a frame, got 400"),
        ({"x": SOUND}, "window_ms = 40\nwindow_size_ms = 40", r"must give each setting once"),
        ({"x": SOUND}, "windowsize = 40", r"s\.toml: unknown key 'windowsize'"),
        ({"x": SOUND}, "pcan_offset = 1.0", r"the gain's curve must fit into 16 bits"),
        ({"x": SOUND}, "filterbank_upper_band_limit = 9000.0", r"at most half the sample rate"),
    ],
)
def test_what_cannot_be_featurized_is_one_clear_line(
    tmp_path: Path, arrays: dict[str, Array], settings: str, message: str
) -> None:
    np.savez(tmp_path / "in.npz", **arrays)
    (tmp_path / "s.toml").write_text(settings)
    with pytest.raises(InputError, match=message):
        features(tmp_path / "in.npz", front_end=tmp_path / "s.toml")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    for name in ("none.wav", "none.npz", "none.txt"):
        with pytest.raises(InputError, match=r"must be an audio or an \.npz file"):
            features(tmp_path / name)


def test_windows_become_statistics_by_the_range_of_the_training_part(nas, tmp_path: Path) -> None:
    chance = np.random.default_rng(1)
    parts = {"x_train": chance.normal(0, 1, (20, 64, 3)), "x_test": chance.normal(0, 9, (5, 64, 3))}
    np.savez(tmp_path / "motion.npz", **parts, y_train=np.arange(20))
    (tmp_path / "s.toml").write_text('[front_end]\nfront_end = "statistics"\nsegments = 2\n')
    nas("features", tmp_path / "motion.npz", "--front-end", tmp_path / "s.toml", "-o", tmp_path / "out.npz")
    found = read(tmp_path / "out.npz")
    front_end = Statistics(segments=2).fitted(parts["x_train"])
    assert json.loads(str(found["front_end"])) == front_end.to_json()
    for name, rows in parts.items():
        np.testing.assert_array_equal(found[f"features_{name[2:]}"], front_end.apply(rows))


@pytest.mark.parametrize(
    ("x", "settings", "message"),
    [
        (np.zeros(64), 'front_end = "spectrum"', r"must be windows \[n, steps\] or \[n, steps, channels\]"),
        (np.full((2, 64), np.nan), 'front_end = "spectrum"', r"must be finite numbers"),
        (np.zeros((2, 20)), 'front_end = "spectrum"', r"must be at most 15 for frames of 20 steps"),
        (np.zeros((2, 20)), 'front_end = "raw"', r"must be one that computes features, got raw"),
    ],
)
def test_windows_without_features_are_one_clear_line(tmp_path: Path, x: Array, settings: str, message: str) -> None:
    np.savez(tmp_path / "in.npz", x=x)
    (tmp_path / "s.toml").write_text(settings)
    with pytest.raises(InputError, match=message):
        features(tmp_path / "in.npz", front_end=tmp_path / "s.toml")
