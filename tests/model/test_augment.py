"""Random changes of training rows: what each of them may change, and what not."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from nas.data.axes import Axes
from nas.model.runtime import tf
from nas.model.training.augment.augment import Augmentation, jitter, mix, rotate, rotations, scale, shift, warp
from nas.study.augmentation import OF_IMAGES
from nas.study.recipe import Recipe

ROWS, TIME = 200, 32
WINDOW, IMAGE, TABLE = (1, TIME, 6), (8, 9, 2), (5,)
AXES = Axes(((0, 1, 2), (5, 4, 3)), (0.9, -0.1, 0.2, 0.0, 0.3, -0.2), (0.3, 0.2, 0.4, 1.5, 0.7, 1.0))
PLAIN = Recipe.of(rotation=0.0)


def _rows(shape=WINDOW, seed=0):
    return np.random.default_rng(seed).normal(size=(ROWS, *shape)).astype(np.float32)


def _labels():
    return np.eye(3, dtype=np.float32)[np.random.default_rng(1).integers(0, 3, ROWS)]


def _changed(recipe, shape, axes=None, step=3, seed=7, is_sound=False):
    change = Augmentation(recipe, shape, axes, is_sound)
    return [np.asarray(part) for part in change(tf.constant(_rows(shape)), tf.constant(_labels()), step, seed)]


@pytest.mark.parametrize("name", ["jitter", "scaling", "rotation", "time_warp", "shift", "mixup", *OF_IMAGES])
@pytest.mark.parametrize("shape", [WINDOW, IMAGE, TABLE])
def test_each_change_applies_only_to_rows_for_which_it_makes_sense(name, shape):
    everywhere = {"jitter", "mixup"}
    sensible = {
        WINDOW: everywhere | {"scaling", "rotation", "time_warp", "shift"},
        IMAGE: everywhere | {*OF_IMAGES},
    }
    x, _ = _changed(Recipe.of(**{"rotation": 0.0, name: 0.4}), shape, AXES)
    assert x.shape == (ROWS, *shape)
    assert np.array_equal(x, _rows(shape)) == (name not in sensible.get(shape, everywhere))


@pytest.mark.parametrize(("shape", "time"), [(WINDOW, 2), (IMAGE, 1)])
@pytest.mark.parametrize(("name", "of_time"), [("time_mask", True), ("frequency_mask", False)])
def test_masks_blank_one_stretch_of_time_or_frequency_in_features_of_sound(shape, time, name, of_time):
    axis = time if of_time else time + 1
    others = tuple({1, 2, 3} - {axis})
    x, _ = _changed(PLAIN.replace(**{name: 0.5}), shape, is_sound=True)
    blanked = np.all(x == 0, axis=others)
    assert np.array_equal(np.where(np.expand_dims(blanked, others), 0, _rows(shape)), x)
    assert np.all(np.abs(np.diff(np.pad(blanked, ((0, 0), (1, 1))).astype(int), axis=1)).sum(axis=1) <= 2)
    assert 0 < blanked.sum(axis=1).max() <= 0.5 * shape[axis - 1] + 1
    assert np.array_equal(_changed(PLAIN.replace(**{name: 0.5}), shape)[0], _rows(shape))


def test_without_any_change_rows_and_targets_stay_the_same():
    x, labels = _changed(PLAIN, WINDOW, AXES)
    assert np.array_equal(x, _rows())
    assert np.array_equal(labels, _labels())


def test_windows_without_known_axes_are_not_rotated():
    assert np.array_equal(_changed(Recipe.of(rotation=20.0), WINDOW)[0], _rows())


def test_changes_depend_on_seed_and_step_alone():
    recipe = Recipe.of(jitter=0.1, scaling=0.1, rotation=5.0, time_warp=0.1, shift=0.2, mixup=0.2)
    first, again = (_changed(recipe, WINDOW, AXES) for _ in range(2))
    assert all(map(np.array_equal, first, again))
    for other in ({"step": 4}, {"seed": 8}):
        assert not np.array_equal(first[0], _changed(recipe, WINDOW, AXES, **other)[0])


def test_jitter_keeps_the_mean_and_adds_its_variance():
    x = _rows()
    noise = np.asarray(jitter(tf.constant(x), [1, 2], 0.3)) - x
    assert noise.mean() == pytest.approx(0, abs=5 * 0.3 / np.sqrt(noise.size))
    assert noise.std() == pytest.approx(0.3, rel=0.02)


def test_scaling_is_one_factor_a_window_and_channel():
    x = _rows()
    factors = np.asarray(scale(tf.constant(x), [1, 2], 0.2)) / x
    np.testing.assert_allclose(factors, np.broadcast_to(factors[:, :, :1], x.shape), rtol=1e-4)
    assert factors[:, 0, 0].mean() == pytest.approx(1, abs=5 * 0.2 / np.sqrt(6 * ROWS))
    assert factors[:, 0, 0].std() == pytest.approx(0.2, rel=0.1)


def test_a_shift_rolls_a_window_within_its_limits():
    x, limit, rolls = _rows(), TIME // 4, set()
    for row, shifted in zip(x, np.asarray(shift(tf.constant(x), [1, 2], 0.25)), strict=True):
        fitting = [left for left in range(-limit, limit + 1) if np.array_equal(np.roll(row, left, axis=1), shifted)]
        assert len(fitting) == 1
        rolls.add(fitting[0])
    assert rolls >= {-limit, 0, limit}  # to both sides, up to the limit


def test_a_warp_stretches_time_about_the_middle():
    ramp = np.tile(np.arange(TIME, dtype=np.float32)[:, None], (ROWS, 1, 1, 6))
    warped = np.asarray(warp(tf.constant(ramp), [1, 2], 0.5))
    speeds = np.diff(warped[:, 0, TIME // 2 - 4 : TIME // 2 + 4, 0], axis=1)
    np.testing.assert_allclose(speeds, np.broadcast_to(speeds[:, :1], speeds.shape), atol=1e-4)
    assert 0.5 <= speeds.min() < 0.6 < 1.4 < speeds.max() <= 1.5
    np.testing.assert_allclose(warped[:, 0, TIME // 2 - 1 : TIME // 2 + 1, 0].mean(1), (TIME - 1) / 2, atol=1e-4)
    assert warped.min() == 0
    assert warped.max() == TIME - 1


def test_rotation_matrices_equal_those_of_scipy():
    vectors = np.random.default_rng(0).normal(size=(50, 3)).astype(np.float32)
    vectors[0] = 0
    expected = Rotation.from_rotvec(vectors).as_matrix()
    np.testing.assert_allclose(rotations(tf.constant(vectors)), expected, atol=1e-5)


def test_all_sensors_of_a_window_are_rotated_together_in_units():
    mean, std = np.float32(AXES.mean), np.float32(AXES.std)
    x = _rows((1, TIME, 6))
    turned = np.asarray(rotate(tf.constant(x), [1, 2], 30.0, AXES)) * std + mean
    x = x * std + mean
    for window, seen in zip(x[:20, 0], turned[:20, 0], strict=True):
        (a, b), (c, d) = (([sensor[:, list(triple)] for triple in AXES.triples]) for sensor in (window, seen))
        fitted, residual = Rotation.align_vectors(np.concatenate([c, d]), np.concatenate([a, b]))
        assert residual < 1e-3
        assert fitted.magnitude() > 1e-3


def test_the_angle_of_a_rotation_has_the_given_standard_deviation():
    axes = Axes(((0, 1, 2),), (0.0, 0.0, 0.0, 5.0), (1.0, 1.0, 1.0, 2.0))
    x = np.zeros((2000, 1, 3, 4), np.float32)
    x[:, 0, [0, 1, 2], [0, 1, 2]] = 1  # three unit vectors show the matrix
    turned = np.asarray(rotate(tf.constant(x), [1, 2], 8.0, axes))
    angles = np.degrees(Rotation.from_matrix(turned[:, 0, :, :3]).as_rotvec())
    np.testing.assert_allclose(angles.std(0), 8.0, rtol=0.1)
    np.testing.assert_allclose(turned[..., 3], 0, atol=1e-6)


def test_mixup_blends_rows_and_their_targets_with_the_same_weights():
    x, labels = _rows(), _labels()
    mixed, soft = (np.asarray(part) for part in mix(tf.constant(x), tf.constant(labels), [1, 2], 0.5))
    np.testing.assert_allclose(soft.sum(1), 1, rtol=1e-5)
    assert soft.min() >= 0
    neighbour = np.roll(x, 1, axis=0)
    share = ((mixed - neighbour) / (x - neighbour)).reshape(ROWS, -1)
    share = np.median(share, axis=1)
    assert 0 <= share.min() < 0.1 < 0.9 < share.max() <= 1.0001
    expected = share[:, None] * labels + (1 - share[:, None]) * np.roll(labels, 1, axis=0)
    np.testing.assert_allclose(soft, expected, atol=1e-3)


def test_mixup_with_a_small_alpha_gives_finite_numbers():
    mixed, soft = mix(tf.constant(_rows()), tf.constant(_labels()), [1, 2], 1e-4)
    assert np.isfinite(mixed).all()
    np.testing.assert_allclose(np.asarray(soft).sum(1), 1, rtol=1e-5)
