"""Levels of folders: which one is the class, which one the person, and what is neither."""

import itertools
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from nas.data.dataset import Dataset
from nas.data.describe import describe
from nas.data.options import DataOptions
from nas.data.readers.recordings import as_labels
from nas.data.source import load
from nas.errors import InputError

PEOPLE, CLASSES, SESSIONS = ("anna", "bo", "eve", "kim"), ("walk", "run"), ("day1", "day2", "day3")


def put(path: Path, seed: int = 0, samples: int = 40) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = np.random.default_rng(seed).normal(size=(samples, 2))
    np.savetxt(path, rows, delimiter=",", header="a,b", comments="")


def tree(root: Path, form: str, people: Sequence[str] = PEOPLE, classes: Sequence[str] = CLASSES) -> Path:
    """Write a recording of each person, class and session."""
    for seed, (person, label, session) in enumerate(itertools.product(people, classes, SESSIONS)):
        put(root / form.format(person=person, label=label, session=session), seed)
    return root


def read(root: Path, **options: object) -> Dataset:
    return load(str(root), options=DataOptions(window=16, **options))


def groups(data: Dataset) -> set[str]:
    assert data.train.groups is not None
    return set(data.train.groups.tolist())


@pytest.mark.parametrize(
    "form",
    [
        "{label}/{session}/{person}.csv", "{session}/{label}/{person}.csv", "{person}/{session}/{label}.csv",
        "{session}/{person}/{label}.csv", "{session}/{person}/{label}_1.csv", "train/{session}/{person}/{label}.csv",
        "{session}/{label}/{person}/1.csv", "{label}/{session}/{person}_take1.csv",
    ],
)  # fmt: skip
def test_people_are_groups_whatever_the_sessions_of_the_folders(tmp_path: Path, form: str) -> None:
    data = read(tree(tmp_path, form))
    assert data.class_names == ("run", "walk")
    assert groups(data) == set(PEOPLE)


@pytest.mark.parametrize("form", ["{session}/{label}_{person}.csv", "{label}/{session}/{person}_x.csv"])
def test_words_for_people_in_names_of_files_come_before_folders_of_sessions(tmp_path: Path, form: str) -> None:
    assert groups(read(tree(tmp_path, form, ("p1", "p2", "p3")))) == {"p1", "p2", "p3"}


def test_folders_of_sessions_are_groups_where_names_of_files_name_nobody_and_that_is_told(tmp_path: Path) -> None:
    data = read(tree(tmp_path, "{label}/{session}/{person}.csv", ("1", "2", "3")))
    assert groups(data) == set(SESSIONS)
    assert "groups: folders such as day1, since the names of files name nobody" in data.notes


@pytest.mark.parametrize("form", ["{person}/{session}/{label}.csv", "{session}/{person}/{label}.csv"])
def test_where_words_do_not_tell_people_from_classes_the_flags_that_decide_are_named(tmp_path: Path, form: str) -> None:
    tree(tmp_path, form, classes=("alpha", "beta"))
    with pytest.raises(InputError, match=r"alpha\.csv is in each") as error:
        read(tmp_path)
    by_folder, by_file = str(error.value).split("'")[1::2]
    assert groups(read(tmp_path, group_regex=by_folder)) == set(PEOPLE)
    assert set(read(tmp_path, group_regex=by_file).class_names) == set(PEOPLE)


def test_a_column_of_people_comes_before_names_that_do_not_tell_who_it_was(tmp_path: Path) -> None:
    for number, session in itertools.product(range(4), range(6)):
        file = tmp_path / f"p{number}_s{session}.csv"
        put(file, number)
        rows = [f"{row},{CLASSES[session % 2]},{PEOPLE[number]}" for row in file.read_text().split()[1:]]
        file.write_text("\n".join(["a,b,activity,subject", *rows]))
    data = read(tmp_path)
    assert groups(data) == set(PEOPLE)
    assert not any(note.startswith("groups: ") for note in data.notes)


def test_only_files_that_are_called_as_texts_beside_recordings_are_left_out(tmp_path: Path) -> None:
    for number, label in itertools.product(range(3), CLASSES):
        put(tmp_path / label / f"license_plate_{number}.csv")
        put(tmp_path / label / f"notes.{number}.csv")
        put(tmp_path / label / "notes.csv")
    assert {Path(str(place)).name for place in read(tmp_path).recordings} == {
        name for number in range(3) for name in (f"license_plate_{number}.csv", f"notes.{number}.csv")
    }


def test_a_list_is_found_in_a_folder_that_is_named_by_a_way_round(tmp_path: Path) -> None:
    lines = [f"{label}_{number}.csv,{label}" for number, label in itertools.product(range(3), CLASSES)]
    for line in lines:
        put(tmp_path / "data" / line.split(",")[0])
    (tmp_path / "data" / "labels.csv").write_text("\n".join(["file,label", *lines]))
    assert set(read(tmp_path / "data" / ".." / "data").class_names) == set(CLASSES)


def test_who_has_one_table_is_told_to_name_a_column_of_people(tmp_path: Path) -> None:
    rows = [f"{seconds / 50},{seconds},{CLASSES[g % 2]},rec{g}" for g in range(6) for seconds in range(80)]
    (tmp_path / "one.csv").write_text("\n".join(["time,x,label,group", *rows]))
    findings = describe(load(str(tmp_path / "one.csv"), options=DataOptions(window=20))).findings
    (told,) = (finding for finding in findings if "rows of one class only" in finding.text)
    assert told.mend == "name the column that holds the subject: group_column='NAME'"


@pytest.mark.parametrize(
    ("texts", "classes"), [(("10", "9", "-1"), [-1, 9, 10]), (("--1", "2"), ["--1", "2"]), (("02", "1"), ["02", "1"])]
)
def test_classes_are_numbers_where_all_are_whole_numbers(texts: tuple[str, ...], classes: list[object]) -> None:
    assert sorted(set(as_labels(np.array(texts)).tolist())) == classes


def test_files_that_are_called_as_parts_give_the_parts_of_each_folder_of_a_class(tmp_path: Path) -> None:
    for seed, (label, part) in enumerate(itertools.product(CLASSES, ("train", "test"))):
        put(tmp_path / label / f"{part}.csv", seed)
    data = read(tmp_path)
    assert set(data.class_names) == set(CLASSES)
    assert data.test is not None
    assert len(data.test) == len(data.train) > 0
    assert "parts: as the names of the files give them" in data.notes
