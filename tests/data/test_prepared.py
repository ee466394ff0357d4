"""Rows as a network reads them: scaled by the training rows alone, with what belongs to a row still beside it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.preprocessing import StandardScaler

from nas.data.dataset import Dataset, Part
from nas.data.prepared import Scaling, prepare, scaling_of
from nas.data.splits import Splits, split
from nas.signal.statistics import Statistics
from nas.task.task import ANOMALIES


@pytest.fixture
def splits() -> Splits:
    """Twelve groups whose values differ, so that each part has a mean and spread of its own."""
    groups = np.repeat(np.arange(12), 10)
    x = np.random.default_rng(0).normal(size=(120, 2)) * [1, 50] + groups[:, None]
    part = Part(x.astype(np.float32), np.tile([0, 1], 60), groups)
    return split(Dataset("here", part, ("a", "b"), channel_names=("one", "two")), 0)


def test_scaling_is_fitted_to_the_training_rows_and_applied_to_all_as_scikit_learn_does(splits: Splits) -> None:
    data, oracle = prepare(splits), StandardScaler().fit(splits.train.x)
    assert scaling_of(splits) == data.scaling
    np.testing.assert_allclose(data.scaling.mean, oracle.mean_, rtol=1e-6)
    np.testing.assert_allclose(data.scaling.std, oracle.scale_, rtol=1e-6)
    for name, part in splits.parts().items():
        np.testing.assert_allclose(getattr(data, name).x, oracle.transform(part.x), atol=1e-5)


def test_rows_keep_their_classes_groups_and_names(splits: Splits) -> None:
    data = prepare(splits)
    for name, part in splits.parts().items():
        np.testing.assert_array_equal(getattr(data, name).y, part.y)
        np.testing.assert_array_equal(getattr(data, name).groups, part.groups)
    assert (data.class_names, data.channel_names) == (("a", "b"), ("one", "two"))


def test_preparing_leaves_the_raw_rows_unchanged(splits: Splits) -> None:
    before = splits.train.x.copy()
    prepare(splits)
    np.testing.assert_array_equal(splits.train.x, before)


@given(arrays(np.float32, (6, 5, 3), elements=st.floats(-100, 100, width=32)))
def test_channels_of_windows_are_measured_over_all_their_samples(x: np.ndarray) -> None:
    scaling = Scaling.fit(x)
    flat = x.reshape(-1, 3).astype(np.float64)
    np.testing.assert_allclose(scaling.mean, flat.mean(axis=0), atol=1e-6)
    changing = flat.std(axis=0) > 1e-3
    np.testing.assert_allclose(np.array(scaling.std)[changing], flat.std(axis=0)[changing], rtol=1e-5)


def test_scaling_of_denormal_numbers_is_finite() -> None:
    x = np.eye(6, 3, dtype=np.float32) * np.float32(1e-45)
    assert np.isfinite(Scaling.fit(x).apply(x)).all()


@pytest.mark.parametrize("value", [0.0, 0.1, 9.81, -1e6])
def test_a_constant_channel_is_scaled_to_zero(value: float) -> None:
    x = np.full((1000, 2), value, np.float32)
    assert Scaling.fit(x).std == (1.0, 1.0)
    np.testing.assert_allclose(Scaling.fit(x).apply(x), 0, atol=0.1)


def test_undoing_the_scaling_gives_the_rows_back():
    x = np.random.default_rng(0).normal([1e3, -2.0, 0.0], [5.0, 1e-2, 1.0], (50, 4, 3)).astype(np.float32)
    scaling = Scaling.fit(x)
    np.testing.assert_allclose(scaling.undo(scaling.apply(x)), x, rtol=1e-5, atol=1e-6)


def test_for_detectors_a_front_end_learns_from_normal_rows_and_leaves_room_for_louder_ones() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.uniform(-1, 1, (120, 30, 2)).astype(np.float32), np.tile([0, 0, 1], 40)
    x[y == 1] *= 3.9
    dataset = Dataset("here", Part(x, y, np.repeat(np.arange(12), 10)), ("normal", "anomaly"), task=ANOMALIES)
    splits = split(dataset, 0)
    data = prepare(splits, Statistics())
    levels = Statistics().values.index("maximum") * 2 + np.arange(2)
    found = data.scaling.undo(data.test.x)[:, 0, levels]
    np.testing.assert_allclose(found, splits.test.x.max(axis=1), atol=1e-3)
