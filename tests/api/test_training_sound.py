"""The training of one network of sound: its rows go through the front-end of its architecture."""

from pathlib import Path

import numpy as np
import pytest

import nas
from nas.data.prepared import prepare
from nas.data.splits import split
from nas.errors import InputError
from nas.model.deploy.tflite_model import TfliteModel
from nas.signal.mel import Mel
from nas.space.architecture import Architecture
from nas.space.blocks.head import Head
from nas.text import document

RATE_HZ = 16_000
MEL = Mel(filterbank_n_channels=10)


@pytest.fixture(scope="module")
def clips() -> nas.Data:
    """Tones of two heights, a quarter of a second each, of six people."""
    rng = np.random.default_rng(0)
    people, y = np.repeat(np.arange(6), 8), np.tile([0, 1], 24)
    tones = np.sin(np.outer(500 + 900 * y, np.arange(4000)) / 2500) * rng.uniform(1000, 8000, (48, 1))
    x = np.rint(tones + rng.normal(0, 50, tones.shape)).astype(np.int16)[..., None]
    return nas.Data.from_arrays(x, y, people, sample_rate_hz=RATE_HZ)


def specification(folder: Path, more: str = "") -> Path:
    """Write the specification of a network of one layer behind a front-end."""
    member = Architecture("cnn_audio", (4000, 1), 2, (Head(),), front_end=MEL)
    (folder / "architecture.json").write_text(document(member.to_json()))
    text = f'[model]\narchitecture = "architecture.json"\n[training]\nepochs = 2\nmin_steps = 0\nbatch_size = 8\n{more}'
    (folder / "spec.toml").write_text(text)
    return folder / "spec.toml"


def test_a_network_of_sound_is_trained_on_features_and_answers_for_samples(clips: nas.Data, tmp_path: Path) -> None:
    trained = nas.train(
        specification(tmp_path), data=clips, folder=tmp_path / "out", tracking_uri="none", progress=False
    )
    model = nas.load(trained.tflite)
    parts = split(clips.dataset(), 0)
    features = prepare(parts, MEL).val.x
    assert (model.front_end, model.input_shape) == (MEL, (4000, 1))
    assert np.array_equal(model.predict(parts.val.x), TfliteModel(Path(trained.tflite).read_bytes()).predict(features))


def test_sound_of_another_rate_is_refused_before_it_is_trained_on(clips: nas.Data, tmp_path: Path) -> None:
    slower = nas.Data({**clips.arrays, "sample_rate_hz": np.array(8000)})
    with pytest.raises(InputError, match=r"sample_rate_hz: must be the 16000 Hz of the front-end, got 8000 Hz"):
        nas.train(specification(tmp_path), data=slower, folder=tmp_path / "out", tracking_uri="none", progress=False)
