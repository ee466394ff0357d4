"""Folders of audio files as rows."""

import struct
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from scipy.signal import resample_poly

from nas.data.dataset import Dataset
from nas.data.describe import describe
from nas.data.layouts.speech_commands import hash_part
from nas.data.options import DataOptions
from nas.data.prepared import Scaling
from nas.data.source import load
from nas.errors import InputError

RATE = 8000
RNG = np.random.default_rng(0)


def noise(seconds: float = 0.1, level: float = 0.1) -> np.ndarray:
    return RNG.normal(0, level, int(seconds * RATE)).clip(-1, 1)


def tone(seconds: float, rate: int, hz: float = 440.0) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * hz * np.arange(int(seconds * rate)) / rate)


def write(path: Path, samples: np.ndarray, rate: int = RATE, subtype: str | None = None) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, samples, rate, subtype=subtype)
    return path


def rows_of(folder: Path, **options: object) -> Dataset:
    return load(str(folder), options=DataOptions(**options))


def of_file(data: Dataset, name: str) -> np.ndarray:
    """The rows of a file [n, window]."""
    part = data.train
    number = next(n for n, place in enumerate(data.recordings) if place.endswith(name))
    return part.x[part.recordings == number][..., 0]


@pytest.fixture
def two_classes(tmp_path: Path) -> Path:
    for label in ("go", "stop"):
        for who in ("anna", "bo"):
            write(tmp_path / label / f"{who}.wav", noise())
    return tmp_path


def test_samples_of_16_bits_stay_as_they_are(two_classes: Path) -> None:
    samples = RNG.integers(-32768, 32768, 800).astype(np.int16)
    write(two_classes / "go" / "eve.flac", samples)
    data = rows_of(two_classes)
    assert data.train.x.dtype == np.int16
    assert data.sample_rate_hz == RATE
    np.testing.assert_array_equal(of_file(data, "eve.flac"), samples[None])


@pytest.mark.parametrize(
    ("name", "subtype", "most"),
    [("a.wav", "PCM_24", 1), ("a.wav", "PCM_32", 1), ("a.wav", "FLOAT", 1), ("a.wav", "DOUBLE", 1),
     ("a.wav", "PCM_U8", 257), ("a.flac", "PCM_24", 1), ("a.ogg", "VORBIS", 1500), ("a.mp3", "MPEG_LAYER_III", 3000)],
)  # fmt: skip
def test_every_encoding_gives_the_same_signal(name: str, subtype: str, most: int, two_classes: Path) -> None:
    signal = tone(0.1, RATE)
    write(two_classes / "go" / name, signal, subtype=subtype)
    read = of_file(rows_of(two_classes, window=800), name)[0]
    middle = slice(200, 600)  # codecs change the ends
    assert np.abs(read[middle] - np.round(signal * 32768)[middle]).max() <= most


def test_stereo_becomes_the_mean_of_its_channels(two_classes: Path) -> None:
    both = RNG.integers(-20000, 20000, (800, 2)).astype(np.int16)
    write(two_classes / "go" / "both.wav", both)
    np.testing.assert_array_equal(of_file(rows_of(two_classes), "both.wav")[0], np.rint(both.mean(axis=1)))


def test_other_rates_are_resampled_by_a_polyphase_filter_to_that_of_most_files(two_classes: Path) -> None:
    signal = tone(0.1, 44100)
    write(two_classes / "go" / "fast.wav", signal, 44100, "FLOAT")
    data = rows_of(two_classes)
    assert data.sample_rate_hz == RATE
    expected = resample_poly(signal.astype(np.float32), 80, 441) * 32768
    assert np.abs(of_file(data, "fast.wav")[0] - expected[:800]).max() <= 0.51


def test_a_wanted_rate_halves_the_samples(two_classes: Path) -> None:
    assert rows_of(two_classes, rate_hz=4000).train.x.shape == (4, 400, 1)


def test_a_short_clip_is_padded_at_its_end_and_a_long_one_cut(two_classes: Path) -> None:
    short, long = (RNG.integers(-900, 900, n).astype(np.int16) for n in (500, 2000))
    write(two_classes / "go" / "short.wav", short)
    write(two_classes / "go" / "long.wav", long)
    data = rows_of(two_classes, window=800, stride=400)
    np.testing.assert_array_equal(of_file(data, "short.wav"), [np.r_[short, np.zeros(300)]])
    np.testing.assert_array_equal(of_file(data, "long.wav"), [long[s : s + 800] for s in (0, 400, 800, 1200)])


def test_of_a_clip_a_little_longer_than_a_row_the_loudest_part_is_the_row(two_classes: Path) -> None:
    samples = np.zeros(1100, np.int16)
    samples[250:1050] = 5000
    write(two_classes / "go" / "late.wav", samples)
    np.testing.assert_array_equal(of_file(rows_of(two_classes, window=800), "late.wav"), np.full((1, 800), 5000))


def test_rows_are_as_long_as_most_clips_and_at_most_two_seconds(tmp_path: Path) -> None:
    for number in range(20):
        write(tmp_path / "ab"[number % 2] / f"s{number}.wav", noise(0.5))
    write(tmp_path / "a" / "long.wav", noise(1.9))
    assert rows_of(tmp_path).train.x.shape[1] == 0.5 * RATE
    for number in range(20):
        write(tmp_path / "ab"[number % 2] / f"s{number}.wav", noise(3.0))
    assert rows_of(tmp_path).train.x.shape[1] == RATE


def test_a_list_gives_class_speaker_and_part(two_classes: Path) -> None:
    (two_classes / "splits.csv").write_text(
        "file,label,group,split\ngo/anna.wav,yes,s1,train\nstop/bo.wav,no,s2,train\ngo/bo.wav,yes,s3,test\n"
    )
    data = rows_of(two_classes)
    assert data.class_names == ("no", "yes")
    assert data.train.groups.tolist() == ["s1", "s2"]
    assert len(data.test) == 1


def speech_commands(folder: Path, speakers: list[str]) -> None:
    for word in ("yes", "no"):
        for speaker in speakers:
            write(folder / word / f"{speaker}_nohash_0.wav", noise())
    write(folder / "_background_noise_" / "tap.wav", noise(1.0))


def test_lists_of_speech_commands_give_the_parts_and_names_the_speakers(tmp_path: Path) -> None:
    speech_commands(tmp_path, ["0a7c2a8d", "1b4c9b89", "2d6c3924"])
    (tmp_path / "validation_list.txt").write_text("yes/1b4c9b89_nohash_0.wav\nno/1b4c9b89_nohash_0.wav\n")
    (tmp_path / "testing_list.txt").write_text("yes/2d6c3924_nohash_0.wav\nno/2d6c3924_nohash_0.wav\n")
    data = rows_of(tmp_path)
    assert data.class_names == ("no", "yes")
    assert {name: set(part.groups) for name, part in data.parts().items()} == {
        "train": {"0a7c2a8d"}, "val": {"1b4c9b89"}, "test": {"2d6c3924"},
    }  # fmt: skip


def test_without_lists_the_official_hash_gives_the_parts(tmp_path: Path) -> None:
    speakers = [f"{n:08x}" for n in range(60)]
    parts = {part: [s for s in speakers if hash_part(s) == part] for part in ("train", "val", "test")}
    speech_commands(tmp_path, [*parts["train"][:3], *parts["val"][:1], *parts["test"][:1]])
    data = rows_of(tmp_path)
    assert {name: len(part) for name, part in data.parts().items()} == {"train": 6, "val": 2, "test": 2}
    assert set(data.test.groups) == set(parts["test"][:1])


def test_speakers_of_the_official_test_archive_have_its_hash() -> None:
    # Names in speech_commands_test_set_v0.02.tar.gz.
    assert {hash_part(speaker) for speaker in ("022cd682", "0c40e715", "0c540988", "0cb74144", "37dca74f")} == {"test"}


def test_part_of_speech_commands_without_training_speakers_is_divided_anew(tmp_path: Path) -> None:
    speech_commands(tmp_path, [s for s in (f"{n:08x}" for n in range(60)) if hash_part(s) == "test"])
    assert list(rows_of(tmp_path).parts()) == ["train"]


def truncated(path: Path, keep: int) -> Path:
    path.write_bytes(path.read_bytes()[:keep])
    return path


def test_a_wav_file_that_ends_early_gives_what_is_there_and_is_told(two_classes: Path) -> None:
    whole = RNG.integers(-900, 900, 800).astype(np.int16)
    truncated(write(two_classes / "go" / "half.wav", whole), 44 + 2 * 300)
    data = rows_of(two_classes)
    np.testing.assert_array_equal(of_file(data, "half.wav")[0, :300], whole[:300])
    assert any("end before the length that they tell: 1" in note for note in data.notes)


def test_a_wav_file_of_a_stream_has_no_false_length(two_classes: Path) -> None:
    path = write(two_classes / "go" / "stream.wav", noise())
    content = bytearray(path.read_bytes())
    content[40:44] = struct.pack("<I", 0xFFFFFFFF)
    path.write_bytes(content)
    data = rows_of(two_classes)
    assert of_file(data, "stream.wav").shape == (1, 800)
    assert not any("end before" in note for note in data.notes)


def test_files_without_samples_are_left_out_and_told(two_classes: Path) -> None:
    write(two_classes / "go" / "none.wav", np.zeros(0))
    data = rows_of(two_classes)
    assert len(data.train) == 4
    assert any("without samples, left out: 1" in note for note in data.notes)


@pytest.mark.parametrize(
    ("samples", "rule"),
    [(np.array([0.0, 12345.0]), "from -1 to 1, as audio of floating point numbers has, got up to 12345"),
     (np.array([0.0, np.nan]), "must have finite samples")],
)  # fmt: skip
def test_floating_point_numbers_that_are_no_samples_are_refused(
    samples: np.ndarray, rule: str, two_classes: Path
) -> None:
    write(two_classes / "go" / "wide.wav", samples, subtype="FLOAT")
    with pytest.raises(InputError, match=rule):
        rows_of(two_classes)


def test_all_files_that_cannot_be_read_are_told_in_one_line(two_classes: Path) -> None:
    (two_classes / "go" / "a.wav").write_bytes(b"nothing")
    (two_classes / "stop" / "b.flac").write_bytes(b"fLaC and no more")
    with pytest.raises(InputError, match=r"2 of 6 files: must be readable, but are not: .*a\.wav.*b\.flac"):
        rows_of(two_classes)


def test_a_header_that_promises_days_takes_no_memory(two_classes: Path) -> None:
    path = write(two_classes / "go" / "long.flac", noise())
    content = bytearray(path.read_bytes())
    content[21:26] = bytes([content[21] | 0x0F, 0xFF, 0xFF, 0xFF, 0xFF])  # the 36 bits of the number of samples
    path.write_bytes(content)
    with pytest.raises(InputError, match="must be at most 6 hours long"):
        rows_of(two_classes)


def test_the_scaling_of_integers_is_that_of_floating_point_numbers() -> None:
    x = RNG.integers(-32768, 32768, (50, 80, 3)).astype(np.int16)
    exact, floats = Scaling.fit(x), Scaling.fit(x.astype(np.float32))
    np.testing.assert_allclose(exact.mean, floats.mean, rtol=1e-9)
    np.testing.assert_allclose(exact.std, floats.std, rtol=1e-9)


def test_classes_that_are_not_wanted_give_an_unknown_class_of_the_wanted_share(tmp_path: Path) -> None:
    for label in ("yes", "no", "cat", "dog"):
        for number in range(20):
            write(tmp_path / label / f"s{number}.wav", noise())
    data = rows_of(tmp_path, classes="yes,no", unknown_share=0.2)
    assert data.class_names == ("_unknown_", "no", "yes")
    assert np.bincount(data.train.y).tolist() == [10, 20, 20]
    again = rows_of(tmp_path, classes="yes,no", unknown_share=0.2)
    np.testing.assert_array_equal(data.train.x, again.train.x)


def test_classes_that_are_not_wanted_are_left_out_and_told(two_classes: Path) -> None:
    write(two_classes / "left" / "anna.wav", noise())
    data = rows_of(two_classes, classes="go,stop")
    assert data.class_names == ("go", "stop")
    assert any("classes left out, since --classes does not name them: 1" in note for note in data.notes)


def test_rows_of_silence_are_the_wanted_share_and_from_other_recordings_in_each_part(tmp_path: Path) -> None:
    speakers = [f"{n:08x}" for n in range(60)]
    speech_commands(tmp_path, speakers)
    for number in range(6):
        write(tmp_path / "_background_noise_" / f"noise{number}.wav", noise(1.0))
    data = rows_of(tmp_path, silence_share=0.25)
    silence = data.class_names.index("_silence_")
    assert list(data.parts()) == ["train", "val", "test"]
    for part in data.parts().values():
        assert (part.y == silence).mean() == pytest.approx(0.25, abs=0.02)  # a share of a few rows is rounded
    sources = [set(part.groups[part.y == silence]) for part in data.parts().values()]
    assert all(sources)
    assert len(set.union(*sources)) == sum(map(len, sources))


@pytest.mark.parametrize(
    ("options", "rule"),
    [({"unknown_share": 0.1}, "needs the classes that are known"),
     ({"classes": "go,stopp"}, "unknown class 'stopp'"),
     ({"classes": "go,stop", "unknown_share": 0.1}, "needs classes that"),
     ({"classes": "go", "unknown_share": 0.1, "silence_share": 0.7}, r"silence_share: must be in .*, got 0.7"),
     ({"classes": "go", "unknown_share": 0.5, "silence_share": 0.5}, "must be below 1 together"),
     ({"silence_share": 0.1}, "needs recordings of noise")],
)  # fmt: skip
def test_shares_that_cannot_be_made_are_refused(options: dict[str, object], rule: str, two_classes: Path) -> None:
    with pytest.raises(InputError, match=rule):
        rows_of(two_classes, **options)


def test_a_missing_library_is_said_once_for_all_files(two_classes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "soundfile", None)
    with pytest.raises(InputError, match="needs the package soundfile") as refused:
        rows_of(two_classes)
    assert str(refused.value).count("soundfile") == 1


def kinds(data: Dataset) -> set[str]:
    return {finding.kind for finding in data.found}


@pytest.fixture
def twelve_clips(tmp_path: Path) -> Path:
    for label in ("go", "stop"):
        for number in range(6):
            write(tmp_path / label / f"s{number}.wav", noise())
    return tmp_path


def test_clips_that_are_alike_have_no_findings(twelve_clips: Path) -> None:
    assert kinds(rows_of(twelve_clips)) == set()


def test_a_class_of_another_rate_is_told(twelve_clips: Path) -> None:
    for number in range(6):
        write(twelve_clips / "go" / f"s{number}.wav", noise(), 2 * RATE)
    assert kinds(rows_of(twelve_clips)) == {"telling_forms"}


def test_a_class_that_is_louder_is_told(twelve_clips: Path) -> None:
    for number in range(6):
        write(twelve_clips / "go" / f"s{number}.wav", noise(level=0.01))
    assert kinds(rows_of(twelve_clips)) == {"telling_loudness"}


def test_silent_files_and_copies_are_told(twelve_clips: Path) -> None:
    write(twelve_clips / "go" / "empty.wav", np.zeros(800))
    (twelve_clips / "go" / "again.wav").write_bytes((twelve_clips / "go" / "s0.wav").read_bytes())
    assert kinds(rows_of(twelve_clips)) == {"silent_files", "copied_files"}


def test_the_loudness_of_a_class_is_its_root_mean_square_over_full_scale(twelve_clips: Path) -> None:
    for number in range(6):
        write(twelve_clips / "go" / f"s{number}.wav", np.full(800, 0.5 if number else 1.0))
    table = describe(rows_of(twelve_clips)).files[1]
    line = dict(zip(table.columns, table.rows[0], strict=True))
    assert (line["class"], line["dB median"], line["clipped"]) == ("go", -6.0, 1)
