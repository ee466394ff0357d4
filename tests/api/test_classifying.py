"""Events in audio files and recordings, and before a microphone, by a network that tells tones from silence."""

import itertools
import sys
import types
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import nas
from nas.api.model import Model
from nas.task.anomaly import Anomaly

RATE, WINDOW = 1000, 100


class Loudness(Model):
    """A model whose answer is `tone` where the window is loud; its answers are plain to see."""

    def predict(self, rows: object) -> np.ndarray:
        loud = np.abs(np.asarray(rows, np.float64)).mean(axis=(1, 2)) > 3000
        return np.stack([~loud, loud], axis=1).astype(np.float32)


@pytest.fixture
def model(model_files: dict[str, Path]) -> Loudness:
    base = nas.load(model_files["int8"])
    given = {name: getattr(base, name) for name in base.__dataclass_fields__}
    shape = {"input_shape": (WINDOW, 1), "class_names": ("_silence_", "tone"), "channel_names": ("audio",)}
    return Loudness(**given | shape | {"sample_rate_hz": float(RATE)})


def sound(*tones: tuple[float, float], seconds: float = 2.0, rate: int = RATE) -> np.ndarray:
    """Return samples with tones from one second to another."""
    times = np.arange(round(seconds * rate)) / rate
    loud = np.any([(times >= first) & (times < last) for first, last in tones], axis=0)
    return np.where(loud, 20000 * np.sin(2 * np.pi * 100 * times), 0).astype(np.int16)


def write(path: Path, samples: np.ndarray, rate: int = RATE) -> Path:
    soundfile = pytest.importorskip("soundfile")
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, samples, rate)
    return path


def test_tones_are_told_at_their_seconds(model, tmp_path):
    path = write(tmp_path / "two.wav", sound((0.5, 0.8), (1.4, 1.7)))
    found = nas.classify(model, path)
    assert [(event.file, event.class_name) for event in found.events] == [(str(path), "tone")] * 2
    # The first window that is a third loud begins 65 ms before the tone, and most of the means behind it decide.
    assert [event.start_s for event in found.events] == pytest.approx([0.5, 1.4], abs=0.07)
    assert found.to_json()[0].keys() == {"file", "start_s", "class", "score"}
    assert len(found.frame()) == 2


def test_files_at_another_rate_and_of_less_than_a_window_are_read_too(model, tmp_path):
    write(tmp_path / "a" / "fast.wav", sound((0.5, 0.8), rate=4000), 4000)
    write(tmp_path / "a" / "short.flac", sound((0, 1), seconds=0.06))
    found = nas.classify(model, tmp_path / "a")
    assert [Path(event.file).name for event in found.events] == ["fast.wav", "short.flac"]
    assert found.events[0].start_s == pytest.approx(0.5, abs=0.07)


def test_rows_without_times_are_refused_with_the_verb_for_them(model_files, tmp_path):
    np.savez(tmp_path / "rows.npz", x=np.zeros((4, 16, 2), np.float32))
    with pytest.raises(nas.InputError, match="use nas predict for rows"):
        nas.classify(model_files["int8"], tmp_path / "rows.npz")


class Microphone:
    """Stands in for `sounddevice`: gives samples, then an end as Ctrl-C makes one."""

    PortAudioError = type("PortAudioError", (Exception,), {})
    samples = sound((0.5, 0.8))
    device: object = None

    def __init__(self, **options: object) -> None:
        assert (options["samplerate"], options["channels"], options["dtype"]) == (RATE, 1, "int16")
        type(self).device = options["device"]
        self._at = 0

    def __enter__(self) -> "Microphone":
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def read(self, count: int) -> tuple[np.ndarray, bool]:
        if self._at + count > len(self.samples):
            raise KeyboardInterrupt
        self._at += count
        return self.samples[self._at - count : self._at, None], False


def until_interrupted(events: Iterator[nas.Event]) -> Iterator[nas.Event]:
    try:
        yield from events
    except KeyboardInterrupt:
        return


def test_a_microphone_is_listened_to_as_a_file_is(model, tmp_path, monkeypatch):
    library = types.SimpleNamespace(InputStream=Microphone, PortAudioError=Microphone.PortAudioError)
    monkeypatch.setitem(sys.modules, "sounddevice", library)
    heard = list(until_interrupted(nas.listen(model, device="2")))
    expected = nas.classify(model, write(tmp_path / "same.wav", Microphone.samples)).events
    assert [(event.start_s, event.class_name) for event in heard] == [(e.start_s, e.class_name) for e in expected]
    assert Microphone.device == 2


def test_before_a_microphone_a_detector_tells_when_anomalies_begin_and_end(model, monkeypatch):
    class Detector(Loudness):
        def predict(self, rows: object) -> np.ndarray:
            loud = np.abs(np.asarray(rows, np.float64)).mean(axis=(1, 2))
            return np.stack([loud, np.zeros_like(loud)], axis=1)  # scores, its own and that of a constant answer

    library = types.SimpleNamespace(InputStream=Microphone, PortAudioError=Microphone.PortAudioError)
    monkeypatch.setitem(sys.modules, "sounddevice", library)
    given = {name: getattr(model, name) for name in model.__dataclass_fields__}
    task = Anomaly(threshold=3000.0, constant_threshold=1.0)
    detector = Detector(**given | {"class_names": ("normal", "anomaly"), "task": task})
    heard = list(until_interrupted(nas.listen(detector)))
    assert [event.class_name for event in heard] == ["normal", "anomaly", "normal"]
    assert [event.start_s for event in heard[1:]] == pytest.approx([0.5, 0.8], abs=0.1)


def test_samples_that_a_microphone_lost_and_its_end_are_told(model, monkeypatch):
    class Unplugged(Microphone):
        def read(self, count: int) -> tuple[np.ndarray, bool]:
            if self._at > 400:
                raise self.PortAudioError("device unavailable")
            return super().read(count)[0], self._at == 300

    library = types.SimpleNamespace(InputStream=Unplugged, PortAudioError=Microphone.PortAudioError)
    monkeypatch.setitem(sys.modules, "sounddevice", library)
    missed: list[float] = []
    with pytest.raises(nas.InputError, match=r"must stay connected, got device unavailable"):
        list(nas.listen(model, missed=missed.append))
    assert missed == [0.29]


def test_a_fault_of_the_model_is_not_blamed_on_the_microphone(model, monkeypatch):
    library = types.SimpleNamespace(InputStream=Microphone, PortAudioError=Microphone.PortAudioError)
    monkeypatch.setitem(sys.modules, "sounddevice", library)

    def fails(self: object, rows: object) -> None:
        raise ValueError("a fault")

    monkeypatch.setattr(Loudness, "predict", fails)
    with pytest.raises(ValueError, match=r"^a fault$"):
        next(nas.listen(model))


def test_without_a_microphone_one_line_says_what_to_do(model, monkeypatch):
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    with pytest.raises(nas.InputError, match=r"needs the package sounddevice.*nas\[live\]"):
        next(nas.listen(model))

    def fails(**options: object) -> None:
        raise Microphone.PortAudioError("no default input device")

    library = types.SimpleNamespace(InputStream=fails, PortAudioError=Microphone.PortAudioError)
    monkeypatch.setitem(sys.modules, "sounddevice", library)
    with pytest.raises(nas.InputError, match="no default input device"):
        next(nas.listen(model))


def test_a_model_that_takes_no_audio_cannot_listen(model_files):
    with pytest.raises(nas.InputError, match="one channel of audio"):
        next(itertools.islice(nas.listen(nas.load(model_files["int8"])), 1))
