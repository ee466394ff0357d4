"""Which rows are normal: how it is told, what is learned from, and what is refused."""

import numpy as np
import pytest

from nas.data.options import DataOptions
from nas.data.prepared import prepare
from nas.data.source import load
from nas.data.splits import split
from nas.errors import InputError

RNG = np.random.default_rng(0)
X = RNG.normal(size=(120, 3)).astype(np.float32)
LABELS = np.array(["running"] * 90 + ["leak"] * 20 + ["worn"] * 10)


def npz(tmp_path, **arrays):
    path = tmp_path / "data.npz"
    np.savez(path, **{"x": X, "y": LABELS, **arrays})
    return str(path)


def test_the_classes_that_are_named_are_normal_and_all_others_anomalies(tmp_path):
    data = load(npz(tmp_path), options=DataOptions(normal="running"))
    assert (data.task, data.class_names) == ("anomaly", ("normal", "anomaly"))
    assert np.array_equal(data.train.y, LABELS != "running")
    assert "normal: running; anomalies: leak, worn" in data.notes
    both = load(npz(tmp_path), options=DataOptions(normal="Running, worn"))
    assert np.array_equal(both.train.y, LABELS == "leak")


@pytest.mark.parametrize("names", [("normal", "anomaly"), ("0", "1"), ("OK", "broken"), ("healthy", "leak")])
def test_a_class_with_a_usual_name_is_normal(tmp_path, names):
    y = np.where(LABELS == "running", *names)
    data = load(npz(tmp_path, y=y), options=DataOptions(task="anomaly"))
    assert np.array_equal(data.train.y, LABELS != "running")


def test_training_rows_of_one_class_where_others_are_in_the_test_ask_for_anomalies(tmp_path):
    normal = LABELS == "running"
    data = load(npz(tmp_path, x=X[normal], y=LABELS[normal], x_test=X, y_test=LABELS))
    assert data.task == "anomaly"
    assert any("the task is anomaly" in note for note in data.notes)
    assert np.array_equal(data.test.y, ~normal)


def test_scaling_knows_normal_rows_alone_and_groups_stay_whole(tmp_path):
    x = X + 100 * (LABELS != "running")[:, None]
    groups = np.arange(120) % 12
    splits = split(load(npz(tmp_path, x=x, group=groups), options=DataOptions(normal="running")), 0)
    train = splits.train
    np.testing.assert_allclose(prepare(splits).scaling.mean, train.x[train.y == 0].mean(axis=0), rtol=1e-5)
    assert sum(len(set(part.groups)) for part in splits.parts().values()) == 12
    assert all(part.y.any() and not part.y.all() for part in (splits.val, splits.test))
    assert any("training rows are anomalies: nothing is learned from them" in note for note in splits.notes)


def test_a_single_anomaly_can_be_divided_too(tmp_path):
    y = np.array(["normal"] * 119 + ["anomaly"])
    splits = split(load(npz(tmp_path, y=y), options=DataOptions(task="anomaly")), 0)
    assert sum(int(part.y.sum()) for part in splits.parts().values()) == 1


@pytest.mark.parametrize(
    ("arrays", "options", "message"),
    [
        ({}, {"task": "anomaly"}, "one class must be known as normal, got .*name it: normal="),
        ({}, {"normal": "idle"}, "normal: unknown class 'idle'"),
        ({}, {"task": "classification", "normal": "leak"}, "normal: applies to .*anomaly.* only"),
        ({"y": X[:, 0]}, {"task": "anomaly"}, "must be class labels, not measurements"),
        ({"y": np.array(["running"] * 120)}, {}, "must hold two classes or more.*anomaly"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_one_clear_line(tmp_path, arrays, options, message):
    with pytest.raises(InputError, match=message):
        split(load(npz(tmp_path, **arrays), options=DataOptions(**options)), 0)
