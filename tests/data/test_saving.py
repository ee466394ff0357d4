"""Data written as files: what is written is read again as it was, whatever the form."""

import numpy as np
import pytest

import nas
from nas.data.source import load
from nas.errors import InputError

RNG = np.random.default_rng(0)


def windows() -> nas.Data:
    x = RNG.normal(size=(24, 10, 2)).astype(np.float32)
    return nas.Data.from_arrays(
        x, np.array(["run", "walk"] * 12), np.repeat(["s1", "s2", "s3"], 8),
        x_test=x[:6] + 1, y_test=["run", "walk"] * 3, groups_test=["s9"] * 6,
        channel_names=["acc_x", "acc_y"], sample_rate_hz=50.0,
    )  # fmt: skip


def same(before, after, rtol=0.0):
    assert after.class_names == before.class_names
    assert after.channel_names == before.channel_names
    assert set(after.parts()) == set(before.parts())
    for name, part in before.parts().items():
        found = after.parts()[name]
        order = [np.lexsort(each.x.reshape(len(each), -1).T) for each in (part, found)]
        np.testing.assert_allclose(found.x[order[1]], part.x[order[0]], rtol=rtol)
        np.testing.assert_array_equal(found.y[order[1]], part.y[order[0]])
        np.testing.assert_array_equal(found.groups[order[1]], part.groups[order[0]])


@pytest.mark.parametrize(("name", "form"), [("out.npz", "json"), ("out.csv", "json"), ("out", "json"), ("out", "cbor")])
def test_windows_are_read_again_as_they_were(tmp_path, name, form):
    data = windows()
    files = nas.save_data(data, tmp_path / name, form=form)
    assert all(path.is_file() for path in files)
    options = nas.DataOptions() if name.endswith("npz") else nas.DataOptions(window=10, stride=10)
    after = load(str(tmp_path / name), options=options)
    same(data.dataset(), after, rtol=1e-6)
    assert after.sample_rate_hz == 50


@pytest.mark.parametrize("name", ["out.npz", "out.csv"])
def test_tables_are_read_again_as_they_were(tmp_path, name):
    nas.save_data("wine", tmp_path / name)
    before, after = load("wine"), load(str(tmp_path / name))
    np.testing.assert_allclose(after.train.x, before.train.x, rtol=1e-6)
    assert after.channel_names == before.channel_names


@pytest.mark.parametrize("name", ["diabetes", "faults"])
def test_targets_and_several_labels_are_columns_that_are_read_again(tmp_path, name):
    before = load(name)
    nas.save_data(name, tmp_path / "out.csv")
    options = nas.DataOptions(label_column=",".join(before.class_names), task=before.task)
    after = load(str(tmp_path / "out.csv"), options=options)
    assert (after.class_names, after.task) == (before.class_names, before.task)
    np.testing.assert_allclose(after.train.x, before.train.x, rtol=1e-6)
    np.testing.assert_allclose(after.train.y, before.train.y, rtol=1e-6)


def test_windows_with_targets_have_no_form_of_edge_impulse(tmp_path):
    x = RNG.normal(size=(24, 10, 2)).astype(np.float32)
    data = nas.Data.from_arrays(x, RNG.normal(size=24), sample_rate_hz=50.0)
    with pytest.raises(InputError, match="must have one class for each row, got targets"):
        nas.save_data(data, tmp_path / "out")
    (file,) = nas.save_data(data, tmp_path / "out.csv")
    assert len(file.read_text().splitlines()) == 1 + 24 * 10


def test_what_has_no_such_form_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"must end with .npz or .csv, or be a folder"):
        nas.save_data(windows(), tmp_path / "out.xlsx")
    with pytest.raises(InputError, match="must be a table or windows to be written as CSV, got images"):
        nas.save_data("digits", tmp_path / "out.csv")
    with pytest.raises(InputError, match="must be windows of a signal, got table rows"):
        nas.save_data("wine", tmp_path / "out")


class Batches:
    """As a `tf.data.Dataset` gives arrays."""

    def __init__(self, *batches):
        self.batches = batches

    def as_numpy_iterator(self):
        return iter(self.batches)


def test_batches_of_another_library_become_rows():
    x = RNG.normal(size=(10, 4)).astype(np.float32)
    y = np.arange(10) % 3
    batches = Batches((x[:7], np.eye(3)[y[:7]]), (x[7:], np.eye(3)[y[7:]]))
    data = nas.Data.from_batches(batches, test=[(x[:2], np.eye(3)[y[:2]])], channel_names=list("abcd"))
    dataset = data.dataset()
    np.testing.assert_array_equal(dataset.train.x, x)
    np.testing.assert_array_equal(dataset.train.y, y)
    assert len(dataset.test) == 2


@pytest.mark.parametrize("batches", [[], [1], [(1, 2, 3)], [(np.ones((2, 3)), [0, 1]), (np.ones((2, 4)), [0, 1])]])
def test_what_are_no_batches_is_refused(batches):
    with pytest.raises(InputError, match="data: train: must give batches"):
        nas.Data.from_batches(batches)


def test_several_labels_stay_labels_though_each_row_of_a_part_has_one():
    x = RNG.normal(size=(40, 4)).astype(np.float32)
    single = np.eye(3, dtype=int)[np.arange(40) % 3]
    several = np.maximum(single, np.roll(single, 1, axis=1))
    for train, more in ((several, {}), (single, {"task": "multi-label"})):
        dataset = nas.Data.from_batches([(x, train)], test=[(x, single)], **more).dataset()
        np.testing.assert_array_equal(dataset.train.y, train)
        np.testing.assert_array_equal(dataset.test.y, single)
