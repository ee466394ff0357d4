"""What rows of tables are called: by study or file, with as many folders as tell them apart."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nas.cli.views.labels import labels

NAMES = st.sampled_from(["a", "b", "model"])
FILES = st.lists(st.lists(NAMES, min_size=1, max_size=4), max_size=8, unique_by=tuple)


@pytest.mark.parametrize(
    ("files", "called"),
    [
        ({"studies/walk/best/model.tflite": "walk", "studies/run/best/model.tflite": "run"}, ["walk", "run"]),
        ({"a/walk/best/model.tflite": "walk", "b/walk/best/model.tflite": "walk"}, ["a/walk", "b/walk"]),
        ({"x/a/model.tflite": "", "x/b/model.tflite": "", "x/other.tflite": ""}, ["a/model", "b/model", "other"]),
        ({"model.tflite": "", "x/model.tflite": ""}, ["model", "x/model"]),
        ({"x/small.nas.zip": "", "studies/m/best/model.tflite": "m"}, ["small", "m"]),
        ({"x/m.tflite": "", "x/m.nas.zip": ""}, ["x/m.tflite", "x/m.nas.zip"]),
    ],
)
def test_a_row_is_called_by_its_study_or_file_and_by_folders_where_those_are_equal(files, called):
    assert list(labels(files).values()) == called


@given(FILES)
def test_labels_tell_files_apart_and_are_ends_of_their_paths(paths):
    files = ["/".join(parts) + ".tflite" for parts in paths]
    called = labels(dict.fromkeys(files, ""))
    assert list(called) and len(set(called.values())) == len(files) if files else called == {}
    for file, label in called.items():
        assert Path(file).with_suffix("").parts[-len(Path(label).parts) :] == Path(label).parts
        if sum(Path(other).name == Path(file).name for other in files) == 1:
            assert label == Path(file).stem
