"""Measured targets: how they are read, told apart from classes, and refused."""

import numpy as np
import pytest

from nas.data.dataset import Dataset, Part
from nas.data.describe import describe
from nas.data.options import DataOptions
from nas.data.source import load
from nas.data.splits import split
from nas.errors import InputError

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 3)).astype(np.float32)
Y = (X[:, 0] + 2 * X[:, 1] + RNG.normal(size=60)).astype(np.float32)


def npz(tmp_path, **arrays):
    path = tmp_path / "data.npz"
    np.savez(path, **{"x": X, "y": Y, **arrays})
    return str(path)


def csv(tmp_path, y, head="a,b,c,level", **columns):
    lines = [head, *(",".join(map(str, [*row, target])) for row, target in zip(X.tolist(), y, strict=True))]
    path = tmp_path / "rows.csv"
    path.write_text("\n".join(lines) + "\n")
    return str(path)


def test_fractions_are_targets_and_whole_numbers_are_classes(tmp_path):
    assert load(npz(tmp_path)).task == "regression"
    assert load(npz(tmp_path, y=np.arange(60) % 3)).task == "classification"
    assert load(npz(tmp_path, y=(np.arange(60) % 3).astype(float))).task == "classification"


def test_that_the_targets_decided_is_told_and_that_the_user_decided_is_not(tmp_path):
    assert any("the task is regression" in note for note in load(npz(tmp_path)).notes)
    asked = load(npz(tmp_path), options=DataOptions(task="regression"))
    assert not any("the task is regression" in note for note in asked.notes)


def test_whole_numbers_become_targets_where_the_user_says_so(tmp_path):
    data = load(npz(tmp_path, y=np.arange(60)), options=DataOptions(task="regression"))
    assert (data.task, data.train.y.shape, data.train.y.dtype) == ("regression", (60, 1), np.float32)


def test_several_targets_have_a_name_each(tmp_path):
    data = load(npz(tmp_path, y=np.stack([Y, -Y], axis=1), target_names=["up", "down"]))
    assert (data.class_names, data.train.y.shape) == (("up", "down"), (60, 2))


def test_targets_have_the_units_of_the_file(tmp_path):
    np.testing.assert_array_equal(load(npz(tmp_path)).train.y[:, 0], Y)


def test_a_column_of_a_table_is_the_target(tmp_path):
    data = load(csv(tmp_path, Y.tolist()), options=DataOptions(label_column="level"))
    assert (data.task, data.class_names, data.channel_names) == ("regression", ("level",), ("a", "b", "c"))
    np.testing.assert_allclose(data.train.y[:, 0], Y)


def test_rows_of_a_table_without_a_target_are_left_out_and_told(tmp_path):
    data = load(csv(tmp_path, ["", *Y.tolist()[1:]]), options=DataOptions(label_column="level"))
    assert len(data.train) == 59
    assert any("rows with blank cells left out: 1" in note for note in data.notes)


def test_a_window_has_the_target_of_its_last_sample(tmp_path):
    path = csv(tmp_path, [0.5 + i for i in range(60)])
    data = load(path, options=DataOptions(label_column="level", window=8, stride=4))
    assert data.train.x.shape[1:] == (8, 3)
    assert data.train.y[:, 0].tolist() == [7.5 + 4 * i for i in range(len(data.train))]


def test_groups_do_not_straddle_parts_and_no_class_is_asked_of_targets(tmp_path):
    parts = split(load(npz(tmp_path, group=np.arange(60) // 5)), 0).parts()
    groups = [set(part.groups.tolist()) for part in parts.values()]
    assert sum(map(len, groups)) == 12


@pytest.mark.parametrize(
    ("arrays", "options", "message"),
    [
        (
            {"y": np.where(np.arange(60) == 7, np.nan, Y)},
            {},
            "y_train: must have finite targets only, got 1 bad .* row 7",
        ),
        ({"y": np.where(np.arange(60) == 7, np.inf, Y)}, {}, "must have finite targets only"),
        ({"y": np.full(60, 2.5)}, {}, "y_train: must hold targets that differ, got target = 2.5 in all 60 rows"),
        (
            {"y": np.array(list("ab") * 30)},
            {"task": "regression"},
            "y_train: must be numbers, since the task is regression",
        ),
        ({}, {"task": "classification"}, "must be class labels, not measurements"),
        ({"y": Y[:50]}, {}, "y_train: must have 60 entries"),
        ({"y": np.zeros((60, 2, 2)) + 0.5}, {"task": "regression"}, r"must be \[n\] or \[n, outputs\]"),
        ({"x": np.concatenate([X, 3 * Y[:, None] + 1], axis=1)}, {}, "holds target, the target"),
    ],
)
def test_faulty_targets_are_refused_in_one_line(tmp_path, arrays, options, message):
    with pytest.raises(InputError, match=message) as caught:
        split(load(npz(tmp_path, **arrays), options=DataOptions(**options)), 0)
    assert "\n" not in str(caught.value)


def test_an_unknown_task_is_refused_with_those_that_there_are():
    with pytest.raises(InputError, match="forecast"):
        DataOptions(task="forecast")


def test_more_whole_numbers_than_classes_may_have_name_the_other_task(tmp_path):
    with pytest.raises(InputError, match="regression"):
        load(npz(tmp_path, x=np.zeros((1200, 2), np.float32), y=np.arange(1200)))


def test_a_description_has_the_targets_of_each_part_and_no_classes(tmp_path):
    found = describe(load(npz(tmp_path)))
    train = found.parts["train"]
    assert (train.class_counts, train.majority_baseline, train.targets[0].name) == ((), None, "target")
    assert found.to_json()["task"] == "regression"
    assert "1 target: target" in repr(found)


def test_a_dataset_refuses_targets_without_a_name_for_each_column():
    with pytest.raises(InputError, match="y_train"):
        Dataset("here", Part(X, np.stack([Y, Y], axis=1)), ("only one",), task="regression")


def test_data_from_python_keep_their_targets(tmp_path):
    import nas

    data = nas.Data.from_arrays(X, Y, target_names=["level"])
    again = load(str(data.save(tmp_path / "kept.npz")))
    assert (again.task, again.class_names) == ("regression", ("level",))
    np.testing.assert_array_equal(nas.Data.from_dataset(again).dataset().train.y, again.train.y)
