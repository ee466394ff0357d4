"""`.npz` files: their keys, units, and an error of one line for each fault."""

import io
import zipfile
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nas.data.dataset import Dataset
from nas.data.source import load
from nas.data.splits import split
from nas.errors import InputError

WINDOWS = np.arange(4 * 6 * 2, dtype=np.int16).reshape(4, 6, 2)


def read(tmp_path: Path, **arrays: object) -> Dataset:
    path = tmp_path / "data.npz"
    np.savez(path, **{"x_train": WINDOWS, "y_train": [0, 1, 0, 1], **arrays})
    return load(str(path))


def test_integers_are_multiplied_by_scale_to_give_units(tmp_path: Path) -> None:
    data = read(tmp_path, scale=np.array([0.5, 0.25]))
    np.testing.assert_array_equal(data.train.x, WINDOWS * np.array([0.5, 0.25]))
    assert data.units_scale == (0.5, 0.25)


def test_a_single_scale_applies_to_all_channels(tmp_path: Path) -> None:
    assert read(tmp_path, scale=0.5).units_scale == (0.5, 0.5)


@pytest.mark.parametrize("key", ["group_train", "subject_train", "speaker_train"])
def test_groups_may_be_called_groups_subjects_or_speakers(tmp_path: Path, key: str) -> None:
    data = read(tmp_path, **{key: [5, 5, 6, 6]})
    assert data.train.groups.tolist() == [5, 5, 6, 6]


def test_all_parts_and_names_are_read(tmp_path: Path) -> None:
    data = read(
        tmp_path,
        x_val=WINDOWS[:2], y_val=[1, 0], group_val=["a", "b"],
        x_test=WINDOWS[2:], y_test=[0, 0],
        class_names=["down", "up"], channel_names=["x", "y"], sample_rate_hz=50,
    )  # fmt: skip
    assert list(data.parts()) == ["train", "val", "test"]
    assert data.val.y.tolist() == [1, 0]
    assert data.val.groups.tolist() == ["a", "b"]
    assert (data.class_names, data.channel_names, data.sample_rate_hz) == (("down", "up"), ("x", "y"), 50.0)


@pytest.mark.parametrize(
    ("x", "more", "kind", "shape"),
    [
        (np.zeros((4, 6, 2)), {}, "window", (6, 2)),
        (np.zeros((4, 6, 6)), {}, "image", (6, 6, 1)),
        (np.zeros((4, 6, 5), np.uint8), {}, "image", (6, 5, 1)),
        (np.zeros((4, 6, 6)), {"sample_rate_hz": 50}, "window", (6, 6)),
        (np.zeros((4, 6, 6, 3)), {}, "image", (6, 6, 3)),
        (np.zeros((4, 6)), {}, "table", (6,)),
        (np.zeros((4, 6)), {"sample_rate_hz": 16000}, "window", (6, 1)),
    ],
)
def test_the_kind_of_rows_follows_from_shape_type_and_names(
    tmp_path: Path, x: np.ndarray, more: dict[str, object], kind: str, shape: tuple[int, ...]
) -> None:
    data = read(tmp_path, x_train=x, **more)
    assert (data.kind, data.train.x.shape[1:]) == (kind, shape)


@pytest.mark.parametrize(
    ("y", "names", "classes", "class_names"),
    [
        ([3, 7, 3, 7], None, [0, 1, 0, 1], ("3", "7")),
        ([1.0, 2.0, 1.0, 2.0], None, [0, 1, 0, 1], ("1", "2")),
        (["up", "down", "up", "up"], None, [1, 0, 1, 1], ("down", "up")),
        ([1, 2, 1, 2], ["a", "b"], [0, 1, 0, 1], ("a", "b")),
        ([0, 2, 0, 2], ["a", "b", "c"], [0, 2, 0, 2], ("a", "b", "c")),
        ([[0], [1], [0], [1]], None, [0, 1, 0, 1], ("0", "1")),
    ],
)
def test_labels_become_classes_that_are_positions_in_the_class_names(
    tmp_path: Path, y: object, names: object, classes: list[int], class_names: tuple[str, ...]
) -> None:
    data = read(tmp_path, y_train=y, **({} if names is None else {"class_names": names}))
    assert data.train.y.tolist() == classes
    assert data.class_names == class_names


def test_classes_are_numbered_alike_in_all_parts(tmp_path: Path) -> None:
    data = read(tmp_path, y_train=[5, 9, 5, 9], x_test=WINDOWS[:2], y_test=[9, 9])
    assert data.test.y.tolist() == [1, 1]


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"y_train": np.random.rand(4, 2), "target_names": ["a"]}, "target_names: must name the 2 columns of y, got 1"),
        ({"y_train": np.eye(4, dtype=int)}, "give their argmax"),
        ({"y_train": [1j, 2j, 1j, 2j]}, "y_train: must be integers or text, got complex128"),
        (
            {"x_train": np.zeros((1001, 3)), "y_train": np.arange(1001)},
            "at most 1000 classes, got 1001",
        ),
        ({"group_train": [1j, 2j, 1j, 2j]}, "group_train: must be numbers or text, got complex128"),
        ({"y_train": [0, 1, 0]}, r"y_train: must have 4 entries, one a row, got \(3,\)"),
        ({"subject_train": [0, 1]}, "group_train: must have 4 entries"),
        ({"x_test": WINDOWS}, "must hold y_test, since it holds x_test"),
        ({"x_test": WINDOWS[:, :5], "y_test": [0, 1, 0, 1]}, r"rows must have train's shape \(6, 2\)"),
        ({"x_train": np.array(["a"] * 4)}, "x_train: must be numbers"),
        ({"x_train": np.float32(1)}, "x_train: must be"),
        ({"scale": [1.0, 2.0, 3.0]}, "scale: must have one entry for all channels, or 2"),
        ({"scale": [0.0, 1.0]}, "scale: must be finite numbers other than 0"),
        ({"class_names": ["a"], "y_train": [0, 1, 2, 3]}, "class_names: must name the 4 labels of y, got 1"),
        ({"channel_names": ["a", "b", "c"]}, "channel_names: must name 2 channels, got 3"),
        ({"sample_rate_hz": -1.0}, "sample_rate_hz: must be above 0"),
        ({"sample_rate_hz": "fast"}, "sample_rate_hz: must be one number"),
    ],
)
def test_faulty_arrays_are_refused_in_one_line(tmp_path: Path, arrays: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        read(tmp_path, **arrays)
    assert "\n" not in str(caught.value)


def test_pickled_objects_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="x_train: must hold numbers or text, but holds Python objects; save"):
        read(tmp_path, x_train=np.array([{"a": 1}, None, [], ()], dtype=object))


def test_a_member_that_is_not_an_array_is_refused_by_name(tmp_path: Path) -> None:
    np.savez(tmp_path / "data.npz", x_train=WINDOWS)
    with zipfile.ZipFile(tmp_path / "data.npz", "a") as archive:
        archive.writestr("y_train.npy", "0,1,0,1")
    with pytest.raises(InputError, match="y_train: must be an array"):
        load(str(tmp_path / "data.npz"))


def test_a_missing_array_is_refused_by_name(tmp_path: Path) -> None:
    np.savez(tmp_path / "data.npz", y_train=[0, 1, 0, 1], rows=WINDOWS)
    with pytest.raises(InputError, match="must hold x_train, got rows, y_train"):
        load(str(tmp_path / "data.npz"))


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04 but no more"])
def test_a_file_that_is_not_an_npz_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "data.npz").write_bytes(content)
    with pytest.raises(InputError, match=r"must be an \.npz file"):
        load(str(tmp_path / "data.npz"))


BUFFER = io.BytesIO()
np.savez_compressed(BUFFER, x_train=WINDOWS, y_train=[0, 1, 0, 1])
WHOLE = BUFFER.getvalue()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), min_size=1, max_size=4))
def test_a_damaged_file_raises_nothing_but_input_errors(tmp_path: Path, hits: list[tuple[int, int]]) -> None:
    damaged = bytearray(WHOLE)
    for position, byte in hits:
        damaged[position] = byte
    (tmp_path / "damaged.npz").write_bytes(damaged)
    with suppress(InputError):
        load(str(tmp_path / "damaged.npz"))


def test_uci_har_comes_in_g_and_keeps_its_official_test_subjects(shared: Path) -> None:
    splits = split(load(str(shared / "data/uci_har_windows.npz")), 0)
    assert set(splits.test.groups) == {2, 4, 9, 10, 12, 13, 18, 20, 24}
    assert splits.input_shape == (128, 6)
    resting = splits.test.x[splits.test.y == splits.class_names.index("STANDING"), :, :3]
    assert np.linalg.norm(resting.mean(axis=1), axis=1).mean() == pytest.approx(1.0, abs=0.05)


def test_mnist_is_an_image_of_one_channel(shared: Path) -> None:
    splits = split(load(str(shared / "data/mnist_t10k.npz")), 0)
    assert (splits.kind, splits.input_shape, len(splits.test)) == ("image", (28, 28, 1), 2000)
