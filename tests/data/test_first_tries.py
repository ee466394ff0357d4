"""What is said to somebody who tries recordings of an own form for the first time."""

import json
from pathlib import Path

import numpy as np
import pytest

from nas.data.describe import describe
from nas.data.names import GROUPS, LABELS, is_named
from nas.data.options import DataOptions
from nas.data.source import load
from nas.errors import InputError

WINDOW = DataOptions(window=16)


def rows(seed: int, count: int = 64) -> list[str]:
    return [f"{a:.4f},{b:.4f}" for a, b in np.random.default_rng(seed).normal(size=(count, 2))]


def put(file: Path, lines: list[str]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join(lines) + "\n")


@pytest.mark.parametrize("word", ["log", "rec", "file", "take", "logfile"])
def test_numbers_behind_a_word_for_a_file_name_nobody(tmp_path: Path, word: str) -> None:
    for number in range(8):
        put(tmp_path / ("rest", "run")[number % 2] / f"{word}{number // 2}.csv", ["a,b", *rows(number)])
    found = describe(load(str(tmp_path), options=WINDOW), 0, WINDOW).findings
    assert "numbered_files" in {finding.kind for finding in found}


@pytest.mark.parametrize("ending", ["_0", "-1", "12", ""])
def test_folders_of_people_whose_files_are_called_by_what_they_do_are_subjects(tmp_path: Path, ending: str) -> None:
    for number, name in enumerate(("anna", "ben", "carl")):
        for label in ("idle", "wave"):
            put(tmp_path / name / f"{label}{ending}.csv", ["a,b", *rows(number)])
    data = load(str(tmp_path), options=WINDOW)
    assert data.class_names == ("idle", "wave")
    assert data.train.groups is not None
    assert set(data.train.groups.tolist()) == {"anna", "ben", "carl"}
    assert any("folders for subjects" in note for note in data.notes)


def test_folders_of_unknown_words_with_the_same_files_in_each_are_classes_and_that_is_told(tmp_path: Path) -> None:
    for label in ("alpha", "beta"):
        for number, name in enumerate(("anna", "ben", "carl")):
            put(tmp_path / label / f"{name}_1.csv", ["a,b", *rows(number)])
    data = load(str(tmp_path), options=WINDOW)
    assert data.class_names == ("alpha", "beta")
    (note,) = [note for note in data.notes if note.startswith("layout: ")]
    regex = note.partition("--group-regex '")[2].rstrip("'")
    assert set(load(str(tmp_path), options=DataOptions(window=16, group_regex=regex)).class_names) == {
        "anna",
        "ben",
        "carl",
    }


def test_a_person_s_name_before_the_number_of_a_log_is_the_group(tmp_path: Path) -> None:
    for number, name in enumerate(("anna", "bo", "eve")):
        for take in range(2):
            put(tmp_path / ("rest", "run")[take] / f"{name}_log{take}.csv", ["a,b", *rows(number)])
    groups = load(str(tmp_path), options=WINDOW).train.groups
    assert groups is not None
    assert set(groups.tolist()) == {"anna", "bo", "eve"}


@pytest.mark.parametrize(
    "name",
    ["Klasse", "Aktivität", "Aktivita\u0308t", "Aktivitaet", "Etikett", "clase", "classe", "étiquette", "activité"],
)
def test_words_of_other_languages_for_the_class_are_known(name: str) -> None:
    assert is_named(name, LABELS)


@pytest.mark.parametrize("name", ["Person", "Proband", "Proband_Nr", "sujet", "Teilnehmer"])
def test_words_of_other_languages_for_a_person_are_known(name: str) -> None:
    assert is_named(name, GROUPS)


def test_columns_of_text_with_few_values_are_proposed_as_the_class_first(tmp_path: Path) -> None:
    lines = [
        f"{row},note {n},{'anna' if n % 4 else 'bo'},{'good' if n % 3 else 'bad'}" for n, row in enumerate(rows(0))
    ]
    put(tmp_path / "all.csv", ["a,b,remark,person,quality", *lines])
    with pytest.raises(InputError, match=r"give label_column='quality' or another one of: person, a, b, remark$"):
        load(str(tmp_path / "all.csv"))


def test_times_of_many_files_are_told_in_one_line(tmp_path: Path) -> None:
    for number in range(6):
        lines = [f"2025-03-01T10:{number:02}:{n // 10:02}.{n % 10}00+00:00,{row}" for n, row in enumerate(rows(number))]
        put(tmp_path / ("rest", "run")[number % 2] / f"p{number}.csv", ["timestamp,a,b", *lines])
    notes = [note for note in load(str(tmp_path), options=WINDOW).notes if "timestamp" in note]
    assert notes == ["timestamp holds times such as 2025-03-01T10:00:00.000+00:00"]


def test_recordings_without_their_list_are_told_what_is_missing(tmp_path: Path) -> None:
    put(tmp_path / "export" / "training" / "walk.1.json", ["{}"])
    place = str(tmp_path / "export" / "training")
    with pytest.raises(InputError, match=r"info\.labels, which lists the recordings .* is missing"):
        load(place)
    put(tmp_path / "export" / "info.labels", [json.dumps({"version": 1, "files": []})])
    with pytest.raises(InputError, match=rf"is in the folder above; give that one: {tmp_path / 'export'}$"):
        load(place)


def test_one_class_is_not_called_classes(tmp_path: Path) -> None:
    put(tmp_path / "all.csv", ["a,b,label", *(f"{row},walk" for row in rows(0))])
    assert "1 class: walk" in repr(describe(load(str(tmp_path / "all.csv")), 0))
