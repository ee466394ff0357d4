"""Recordings of noise beside sounds: what is mixed with training rows, and the rows that are cut from them."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from nas.data.dataset import Dataset
from nas.data.describe import describe
from nas.data.options import DataOptions
from nas.data.source import load
from nas.data.splits import Splits, split

RATE = 8000
RNG = np.random.default_rng(0)
NOISE = {f"place{n}": RATE + 100 * n for n in range(8)}
"""Samples of each recording of noise, by which it is known again."""


def write(path: Path, samples: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, RNG.normal(0, 0.1, samples).clip(-1, 1), RATE)


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("words")
    for label in ("yes", "no", "cat", "dog", "owl"):
        for number in range(20):
            write(folder / label / f"s{number}.wav", 800)
    for name, samples in NOISE.items():
        write(folder / "_background_noise_" / f"{name}.wav", samples)
    return folder


@pytest.fixture(scope="module")
def in_parts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("parts")
    for part in ("train", "val", "test"):
        for label in ("yes", "no"):
            for speaker in "abcd":
                write(folder / part / label / f"{part}{speaker}.wav", 800)
    for name, samples in NOISE.items():
        write(folder / "_background_noise_" / f"{name}.wav", samples)
    return folder


def rows_of(folder: Path, **options: object) -> Dataset:
    return load(str(folder), options=DataOptions(**options))


def mixed(splits: Splits) -> set[str]:
    """The recordings that are mixed with training rows."""
    names = {samples: name for name, samples in NOISE.items()}
    return {names[len(recording)] for recording in splits.noise}


@pytest.mark.parametrize("seed", range(4))
def test_recordings_that_held_out_rows_are_from_are_not_mixed_with_training_rows(seed: int, words: Path) -> None:
    splits = split(rows_of(words, silence_share=0.4), seed)
    held = {*splits.val.groups.tolist(), *splits.test.groups.tolist()} & set(NOISE)
    assert held
    assert mixed(splits) == set(NOISE) - held
    told = f"mix with training rows: {len(NOISE) - len(held)}; not mixed, since validation or test rows are from them"
    assert sum(f"{told}: {len(held)}" in note for note in splits.notes) == 1
    assert set(splits.notes) == set(describe(rows_of(words, silence_share=0.4), seed).notes)


def test_all_recordings_are_mixed_where_no_row_is_from_them(words: Path) -> None:
    splits = split(rows_of(words), 0)
    assert mixed(splits) == set(NOISE)
    assert splits.notes[-1] == f"recordings of noise to mix with training rows: {len(NOISE)}"


@pytest.mark.parametrize(("unknown", "silence"), [(0.2, 0.1), (0.3, 0.3), (0.1, 0.5)])
def test_both_shares_are_those_that_are_asked_for(unknown: float, silence: float, words: Path) -> None:
    data = rows_of(words, classes="yes,no", unknown_share=unknown, silence_share=silence)
    shares = {name: (data.train.y == number).mean() for number, name in enumerate(data.class_names)}
    assert shares["_unknown_"] == pytest.approx(unknown, abs=0.01)
    assert shares["_silence_"] == pytest.approx(silence, abs=0.01)


def test_parts_that_are_merged_hold_out_recordings_of_noise_anew(in_parts: Path) -> None:
    splits = split(rows_of(in_parts, silence_share=0.4, merge_parts=True), 0)
    held = {*splits.val.groups.tolist(), *splits.test.groups.tolist()}
    assert mixed(splits)
    assert not mixed(splits) & held


def test_given_parts_mix_the_recordings_of_the_training_part(in_parts: Path) -> None:
    data = rows_of(in_parts, silence_share=0.4)
    splits = split(data, 0)
    silence = data.train.groups[data.train.y == data.class_names.index("_silence_")]
    assert mixed(splits) == set(silence.tolist())
    assert len(splits.noise) == len(data.noise)


def test_a_named_folder_of_noise_takes_the_place_of_the_own_recordings(words: Path, tmp_path: Path) -> None:
    write(tmp_path / "street.wav", 5000)
    splits = split(rows_of(words, silence_share=0.4, noise=str(tmp_path)), 0)
    assert [len(recording) for recording in splits.noise] == [5000]
    assert not any("of noise to mix" in note for note in splits.notes)
