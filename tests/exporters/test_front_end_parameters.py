"""A front-end in the parameters of a lone `.tflite`: rebuilt for predictions, costs and exports."""

import dataclasses
import json

import numpy as np
import pytest
from mel_settings import random_mel
from rich.console import Console
from sound_archive import SAMPLES, sounds, trained

import nas
from nas.cli.views.footprint import view
from nas.exporters.format import FORMATS
from nas.exporters.parameters import with_parameters
from nas.model.deploy.params.dictionary import decode, encode
from nas.model.deploy.params.kinds import make_params
from nas.signal.mel import Mel
from nas.signal.parameters import from_parameters, to_parameters
from nas.signal.raw import RAW

MELS = [
    Mel(window_size_ms=25, window_step_ms=20, filterbank_n_channels=12),
    Mel(filterbank_n_channels=10, pcan_enable=False, frequencies_are_channels=True),
    Mel(filterbank_n_channels=20, mfcc_coefficients=13, frequencies_are_channels=True),
]


@pytest.fixture(scope="module", params=MELS, ids=["image", "series", "cepstrum"])
def archive(make_archive, request):
    return with_parameters(trained(make_archive, request.param))


@pytest.fixture
def alone(archive, tmp_path):
    """The file, with nothing beside it."""
    path = tmp_path / "alone" / "hears.tflite"
    path.parent.mkdir()
    path.write_bytes(archive.tflite)
    return path


@pytest.mark.parametrize("seed", range(40))
def test_settings_survive_being_stored_as_float32(seed):
    mel = dataclasses.replace(random_mel(seed), frequencies_are_channels=seed % 2 == 0)
    chance = np.random.default_rng(seed)
    row = (int(mel.window + chance.integers(0, 9 * mel.step)), 1 + seed % 3)
    stored = {key: param.value for key, param in decode(encode(make_params(to_parameters(mel, row)))).items()}
    found, (samples, microphones) = from_parameters(stored, mel.shape(row))
    assert (found, mel.frames(samples), microphones) == (mel, mel.frames(row[0]), row[1])


def test_a_lone_file_answers_sounds_as_the_study_does(archive, alone):
    model, clips = nas.load(alone), sounds(5)[..., None]
    assert (model.front_end, model.input_shape, model.sample_rate_hz) == (archive.front_end, (SAMPLES, 1), 16000)
    beside = alone.parent.parent / "best"
    beside.mkdir()
    (beside / "model.tflite").write_bytes(archive.tflite)
    (beside / "metadata.json").write_text(FORMATS["json"](archive)["metadata.json"])
    np.testing.assert_array_equal(model.predict(clips), nas.load(beside / "model.tflite").predict(clips))


def test_its_profile_holds_both_parts_whether_the_file_or_what_lies_beside_it_tells_of_them(archive, alone):
    share = archive.footprint["front_end"]
    profile = nas.profile(alone, "cortex-m4")
    assert profile.to_json()["front_end"] == share
    assert profile.ram_bytes == archive.footprint["arena"]["min"] + share["ram_bytes"]
    assert nas.profile(archive.tflite, "cortex-m4").ram_bytes == profile.ram_bytes
    shown = "".join(segment.text for segment in Console(width=80).render(view(profile, nas.find_target("cortex-m4"))))
    assert f"front-end {share['table_bytes'] + share['code_bytes']:,}" in shown
    assert f"{share['ram_bytes']:,} B  of RAM, window" in shown
    assert nas.profile(nas.load(alone), "cortex-m4").ram_bytes == profile.ram_bytes
    bare = dataclasses.replace(archive, tflite=nas.set_params(alone, remove=("*",)) and alone.read_bytes())
    assert nas.profile(alone, "cortex-m4").front_end is None
    (alone.parent / "metadata.json").write_text(FORMATS["json"](bare)["metadata.json"])
    assert nas.profile(alone, "cortex-m4").to_json()["front_end"] == share


def test_a_lone_file_becomes_the_same_firmware(archive, alone, tmp_path):
    scaling = nas.load(alone).scaling  # in float32
    for name in ("c", "cmake"):
        nas.export(alone, nas.Destination(tmp_path / name, name="hears"), formats=name)
        expected = FORMATS[name](dataclasses.replace(archive, name="hears", scaling=scaling))
        for file in (file for file in expected if file.rpartition("/")[2].startswith(("hears_listen", "model_listen"))):
            assert (tmp_path / name / file).read_text() == expected[file]


def test_parameters_of_mltk_are_read_too(archive, alone):
    told = to_parameters(archive.front_end, (SAMPLES, 1))
    mltk = {key.partition(":")[0]: value for key, value in told.items() if not key.startswith("fe.front_end")}
    nas.set_params(alone, remove=("*",))
    nas.set_params(alone, mltk, entry="SL_PARAMSv1")
    if not archive.front_end.frequencies_are_channels:
        del mltk["fe.frequencies_are_channels"]
    model = nas.load(alone)
    assert (model.front_end, model.input_shape) == (archive.front_end, (SAMPLES, 1))


@pytest.mark.parametrize("change", [{"fe.filterbank_n_channels": 7}, {"fe.window_step_ms": 0}, {"fe.front_end": "no"}])
def test_a_front_end_that_cannot_be_the_models_is_left_aside(alone, change):
    nas.set_params(alone, change)
    assert nas.load(alone).front_end == RAW
    assert json.loads(json.dumps(nas.profile(alone, "cortex-m4").to_json())).get("front_end") is None
