"""A sound as a network hears it: in Python, on the terminal, and on a page that only its reader can open."""

import base64
import json
import threading
import tomllib
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner

import nas
from nas.api import listening
from nas.api.audio_server import AudioServer
from nas.cli.verbs.view_audio import command
from nas.cli.views.spectrogram import SHADES, spectrogram_lines
from nas.errors import InputError
from nas.signal.front_end import read_front_end
from nas.signal.mel import Mel

RATE_HZ = 16_000


@pytest.fixture(scope="module")
def tone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second of a tone that begins after half of it."""
    path = tmp_path_factory.mktemp("sounds") / "tone.wav"
    at = np.arange(RATE_HZ)
    samples = np.where(at < RATE_HZ // 2, 0, 8000 * np.sin(2 * np.pi * 1000 * at / RATE_HZ))
    soundfile.write(path, samples.astype(np.int16), RATE_HZ)
    return path


def test_a_sound_is_seen_by_the_features_that_nas_features_computes(tone: Path) -> None:
    expected = nas.features(tone)
    shown = nas.view_audio(tone)
    assert np.array_equal(shown.features, expected.int8["features"])
    assert shown.to_json()["features"] == shown.features.tolist()
    assert np.array_equal(nas.view_audio(tone, start_s=0.25, seconds=0.5).samples, shown.samples[4000:12000])


def test_settings_change_as_the_sliders_do(tone: Path) -> None:
    shown = nas.view_audio(tone)
    changed = shown.changed({"filterbank_n_channels": "16", "pcan_enable": "false"})
    assert changed.front_end == Mel(filterbank_n_channels=16, pcan_enable=False)
    packed = changed.packed()
    values = np.frombuffer(base64.b64decode(packed["bytes"]), np.uint8).astype(np.int16) - 128
    assert np.array_equal(values.reshape(packed["frames"], 16), changed.features)
    assert read_front_end(tomllib.loads(packed["settings"])["front_end"], "") == changed.front_end


def test_cepstral_coefficients_are_shown_as_the_network_reads_them(tone: Path) -> None:
    changed = nas.view_audio(tone).changed({"mfcc_coefficients": "13"})
    assert np.array_equal(changed.features, nas.features(tone, front_end=Mel(mfcc_coefficients=13)).int8["features"])
    packed = changed.packed()
    assert (packed["channels"], "49 frames of 13 numbers" in packed["cost"]) == (13, True)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"front_end": "1"}, "settings: must be those of the front-end, but for its rate, got front_end"),
        ({"window_size_ms": "nan!"}, "settings: must be numbers, true or false"),
        ({"window_size_ms": "1"}, "window_step_ms: frames must begin"),
        ({"pcan_enable": "3"}, "settings: pcan_enable: must be true or false"),
    ],
)
def test_settings_that_cannot_be_computed_are_refused(tone: Path, asked: dict[str, str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        nas.view_audio(tone).changed(asked)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"source": "none.wav"}, r"none\.wav: must be an audio file that is there"),
        ({"start_s": 1.0}, r"start_s: must be from 0 to below the 1\.00 s of tone\.wav, got 1\.0"),
        ({"seconds": 0.0}, r"seconds: must be above 0 and at most 120, got 0\.0"),
    ],
)
def test_what_cannot_be_shown_is_refused(tone: Path, asked: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        nas.view_audio(**{"source": tone, **asked})


def test_the_terminal_shows_time_to_the_right_and_frequency_upwards() -> None:
    rising = np.full((6, 4), -128, np.int8)
    for frame in range(4):
        rising[frame, frame] = 127
    dark = SHADES[-1]
    assert list(spectrogram_lines(rising, 80)) == [f"   {dark}", f"  {dark}", f" {dark}", dark]
    halves = list(spectrogram_lines(np.repeat(np.array([[0, 100]], np.int8), 300, axis=0), 40))
    assert halves == [dark * 40, ""]


def test_the_command_prints_features_and_refuses_both_sources(tone: Path) -> None:
    shown = CliRunner().invoke(command, [str(tone), "--features-only"])
    assert "tone.wav: 1.00 s, 49 frames of 40 channels, int8 from -128" in shown.output
    told = json.loads(CliRunner().invoke(command, [str(tone), "--features-only", "--json"]).output)
    assert (told["frames"], told["channels"], len(told["features"])) == (49, 40, 49)
    for arguments in ([], [str(tone), "--microphone"]):
        assert "needs a file or microphone" in str(CliRunner().invoke(command, arguments).exception)


class Stream:
    """A microphone that counts."""

    def __init__(self, **settings: Any) -> None:
        self.settings = settings

    def __enter__(self) -> "Stream":
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def read(self, count: int) -> tuple[Any, bool]:
        return np.arange(count, dtype=np.int16)[:, None], False


@pytest.fixture
def microphone(monkeypatch: pytest.MonkeyPatch) -> None:
    library = SimpleNamespace(InputStream=Stream, PortAudioError=OSError)
    monkeypatch.setattr(listening, "_sounddevice", lambda: library)


@pytest.fixture
def served(tone: Path) -> Iterator[AudioServer]:
    yield from serving(nas.view_audio(tone))


@pytest.fixture
def listening_server(microphone: None) -> Iterator[AudioServer]:
    yield from serving(nas.view_audio(seconds=0.5))


def serving(view: nas.AudioView) -> Iterator[AudioServer]:
    with AudioServer(view, 0) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def ask(address: str, **options: Any) -> tuple[int, str, Any]:
    request = urllib.request.Request(address, **options)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read().decode(), answer.headers
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode(), error.headers


def test_the_page_has_the_settings_and_runs_no_script_but_its_own(served: AudioServer) -> None:
    status, page, headers = ask(served.url)
    policy = headers["Content-Security-Policy"]
    nonce = policy.partition("'nonce-")[2].partition("'")[0]
    assert status == 200
    assert page.count("<script") == page.count(f'<script nonce="{nonce}"') == 1
    assert policy.startswith("default-src 'none'")
    assert 'data-setting="window_size_ms"' in page
    assert "http://" not in page
    assert "https://" not in page


def test_features_are_answered_by_the_settings_and_what_is_wrong_is_said(served: AudioServer) -> None:
    status, answer, _ = ask(f"{served.url}features?filterbank_n_channels=20")
    assert (status, json.loads(answer)["channels"]) == (200, 20)
    status, answer, _ = ask(f"{served.url}features?window_size_ms=1")
    assert status == 400
    assert "at most a frame apart" in json.loads(answer)["error"]


def test_others_are_refused(served: AudioServer) -> None:
    place = f"http://127.0.0.1:{served.server_port}"
    assert ask(f"{place}/")[0] == ask(f"{place}/guessed/features")[0] == 403
    assert ask(served.url, headers={"Host": f"evil.example:{served.server_port}"})[0] == 403
    assert ask(f"{served.url}record", data=b"", headers={"Origin": place})[0] == 403
    assert ask(f"{served.url}other")[0] == 404
    assert served.server_address[0] == "127.0.0.1"


def test_a_microphone_is_recorded_again_only_by_the_page_itself(listening_server: AudioServer) -> None:
    server, own = listening_server, f"http://127.0.0.1:{listening_server.server_port}"
    assert np.array_equal(server.view.samples, np.arange(8000))
    assert 'id="record"' in ask(server.url)[1]
    assert ask(f"{server.url}record", data=b"")[0] == 403
    assert ask(f"{server.url}record", data=b"", headers={"Origin": "http://evil.example"})[0] == 403
    before = server.view
    status, answer, _ = ask(f"{server.url}record", data=b"", headers={"Origin": own})
    assert (status, json.loads(answer)) == (200, {"seconds": 0.5})
    assert server.view is not before
