"""Labels of which several may hold at once: how they are read, told apart from classes, divided, and refused."""

import re

import numpy as np
import pytest
import soundfile
from PIL import Image

from nas.cli.views.data import classes_table
from nas.data.describe import describe
from nas.data.options import DataOptions
from nas.data.source import load
from nas.data.splits import split
from nas.errors import InputError

RNG = np.random.default_rng(0)
X = RNG.normal(size=(80, 3)).astype(np.float32)
Y = (RNG.random((80, 3)) < [0.5, 0.4, 0.2]).astype(int)
NAMES = ["hum", "rattle", "hiss"]
SEVERAL = DataOptions(label_column="hum,rattle,hiss")
ASKED = DataOptions(task="multi-label")


def npz(tmp_path, **arrays):
    path = tmp_path / "data.npz"
    np.savez(path, **{"x": X, "y": Y, **arrays})
    return str(path)


def csv(tmp_path, y=Y, head="a,b,c,hum,rattle,hiss", first=()):
    """Write rows of x, the columns of y and, before them, further ones."""
    rows = zip(*first, X.tolist(), y, strict=True)
    lines = [",".join(map(str, [*before, *row, *np.atleast_1d(labels).tolist()])) for *before, row, labels in rows]
    path = tmp_path / "rows.csv"
    path.write_text("\n".join([head, *lines]) + "\n")
    return str(path)


def test_columns_of_zeros_and_ones_are_labels(tmp_path):
    data = load(csv(tmp_path), options=SEVERAL)
    assert (data.task, data.class_names, data.channel_names) == ("multi-label", tuple(NAMES), ("a", "b", "c"))
    assert data.train.y.dtype == np.uint8
    np.testing.assert_array_equal(data.train.y, Y)
    assert any("the task is multi-label" in note for note in data.notes)


def test_columns_of_other_numbers_are_targets(tmp_path):
    data = load(csv(tmp_path, Y + 0.5), options=SEVERAL)
    assert (data.task, data.class_names, data.train.y.shape) == ("regression", tuple(NAMES), (80, 3))
    asked = load(csv(tmp_path), options=DataOptions(label_column="hum,rattle,hiss", task="regression"))
    assert (asked.task, asked.train.y.dtype) == ("regression", np.float32)


def test_listed_files_of_audio_and_pictures_have_several_labels_of_which_some_are_chosen(tmp_path):
    lists, rng = ("hum;rattle", "none", "rattle", "hiss", "hiss; hum"), np.random.default_rng(3)
    for ending in ("wav", "png"):
        folder = tmp_path / ending
        folder.mkdir()
        names = [f"{number}.{ending}" for number in range(len(lists))]
        for name in names:
            if ending == "wav":
                soundfile.write(folder / name, rng.integers(-9000, 9000, 800).astype(np.int16), 8000)
            else:
                Image.fromarray(rng.integers(0, 255, (8, 8, 3)).astype(np.uint8)).save(folder / name)
        (folder / "labels.csv").write_text("file,label\n" + "".join(map("{},{}\n".format, names, lists)))
        data = load(str(folder), options=ASKED)
        assert (data.task, data.class_names) == ("multi-label", ("hiss", "hum", "rattle"))
        assert data.train.y.tolist() == [[0, 1, 1], [0, 0, 0], [0, 0, 1], [1, 0, 0], [1, 1, 0]]
        some = load(str(folder), options=DataOptions(task="multi-label", classes="hum,rattle"))
        assert some.class_names == ("hum", "rattle")
        assert some.train.y.tolist() == [[1, 1], [0, 0], [0, 1], [0, 0], [1, 0]]


def test_names_with_semicolons_between_are_labels_where_the_user_says_so(tmp_path):
    lists = [";".join(name for name, holds in zip(NAMES, row, strict=True) if holds) or "none" for row in Y]
    path = csv(tmp_path, lists, "a,b,c,sound")
    data = load(path, options=DataOptions(label_column="sound", task="multi-label"))
    assert data.class_names == tuple(sorted(NAMES))
    np.testing.assert_array_equal(data.train.y, Y[:, [NAMES.index(name) for name in sorted(NAMES)]])


def test_arrays_of_zeros_and_ones_are_labels_unless_each_row_has_one(tmp_path):
    data = load(npz(tmp_path, class_names=NAMES))
    assert (data.task, data.class_names) == ("multi-label", tuple(NAMES))
    one_hot = np.eye(3, dtype=int)[np.arange(80) % 3]
    with pytest.raises(
        InputError, match="give their argmax; where several labels may hold at once, task='multi-label'"
    ):
        load(npz(tmp_path, y=one_hot))
    assert load(npz(tmp_path, y=one_hot), options=ASKED).task == "multi-label"
    assert load(npz(tmp_path, y=Y.astype(float), task="multi-label")).class_names == ("label 0", "label 1", "label 2")


def test_a_window_has_the_labels_of_half_of_its_samples(tmp_path):
    y = np.zeros((80, 2), int)
    y[:5, 0], y[12:, 1] = 1, 1
    options = DataOptions(label_column="hum,rattle", window=8, stride=8)
    data = load(csv(tmp_path, y, "a,b,c,hum,rattle"), options=options)
    assert data.train.y.tolist() == [[1, 0], [0, 1], *[[0, 1]] * 8]


def test_rows_without_a_label_that_is_known_are_left_out(tmp_path):
    y = Y.astype(object)
    y[7, 1] = ""
    assert len(load(csv(tmp_path, y), options=SEVERAL).train) == 79


@pytest.mark.parametrize(
    ("y", "options", "message"),
    [
        (np.where(Y > 0, 2, 0), ASKED, "y_train: must be 0 or 1, since the task is multi-label, got 2 in row"),
        (np.where(Y > 0, np.nan, 0.0), ASKED, "y_train: must be 0 or 1, since the task is multi-label, got nan in row"),
        (np.array(["a", "b"])[Y[:, 0]], ASKED, "must have rows with several labels, or ask for task='classification'"),
        (Y + 0.5, DataOptions(task="anomaly"), "must be class labels"),
    ],
)
def test_values_that_are_no_labels_are_refused_in_one_line(tmp_path, y, options, message):
    with pytest.raises(InputError, match=re.escape(message)) as caught:
        load(npz(tmp_path, y=y), options=options)
    assert "\n" not in str(caught.value)


def test_the_line_of_a_wrong_cell_is_told(tmp_path):
    y = Y.copy()
    y[4, 2] = 3
    with pytest.raises(InputError, match=r"rows.csv:6: column hiss must be 0 or 1, since the task is multi-label, got"):
        load(csv(tmp_path, y), options=DataOptions(label_column="hum,rattle,hiss", task="multi-label"))


def test_several_columns_are_no_classes(tmp_path):
    with pytest.raises(InputError, match="label_column: must name one column for task='classification'"):
        load(csv(tmp_path), options=DataOptions(label_column="hum,rattle", task="classification"))


@pytest.mark.parametrize(("constant", "words"), [(0, "hiss in none of 80 rows"), (1, "hiss in all of 80 rows")])
def test_a_label_that_says_nothing_is_refused(tmp_path, constant, words):
    y = Y.copy()
    y[:, 2] = constant
    with pytest.raises(InputError, match=f"y_train: must hold rows with each label and rows without it, got {words}"):
        split(load(npz(tmp_path, y=y, class_names=NAMES)), 0)


def test_rare_labels_are_in_all_parts_and_groups_in_one(tmp_path):
    rare = np.zeros((400, 2), int)
    rare[::2, 0], rare[::50, 1] = 1, 1
    x = RNG.normal(size=(400, 3))
    parts = split(load(npz(tmp_path, x=x, y=rare)), 0).parts()
    assert all(part.y[:, 1].any() for part in parts.values())
    grouped = split(load(npz(tmp_path, x=x, y=rare, group=np.arange(400) % 20)), 0).parts()
    groups = [set(part.groups) for part in grouped.values()]
    assert not groups[0] & groups[1]
    assert not groups[2] & (groups[0] | groups[1])


def test_a_part_without_a_label_is_told(tmp_path):
    y = Y.copy()
    y[60:, 2] = 0
    parts = {"x_train": X[:60], "y_train": y[:60], "x_test": X[60:], "y_test": y[60:]}
    path = tmp_path / "parts.npz"
    np.savez(path, class_names=NAMES, **parts)
    described = describe(load(str(path)))
    assert "test has no rows with hiss" in described.warnings
    assert described.outputs_counted == "3 labels"
    assert described.parts["test"].class_counts == tuple(y[60:].sum(axis=0))
    assert classes_table(described).columns[0].header == "rows with label"
