"""Random changes of images: what each of them does."""

import numpy as np
import pytest
from scipy.ndimage import affine_transform

from nas.model.runtime import tf
from nas.model.training.augment.augment import Augmentation
from nas.model.training.augment.images import (
    brighten,
    contrast,
    cut_out,
    flip,
    move,
    salt_and_pepper,
    shot_noise,
    speckle,
    tint,
)
from nas.study.recipe import Recipe

ROWS, HEIGHT, WIDTH = 300, 10, 14
SEED = (3, 5)


def rows() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(ROWS, HEIGHT, WIDTH, 2)).astype(np.float32)


def test_a_flip_mirrors_the_asked_share_and_leaves_the_others() -> None:
    x = rows()
    y = np.asarray(flip(tf.constant(x), SEED, 0.3))
    mirrored = np.array([np.array_equal(a, b[:, ::-1]) for a, b in zip(x, y, strict=True)])
    same = np.array([np.array_equal(a, b) for a, b in zip(x, y, strict=True)])
    assert (mirrored ^ same).all()
    assert mirrored.mean() == pytest.approx(0.3, abs=0.08)


@pytest.mark.parametrize(
    ("most", "degrees", "zoom"), [(0.0, 20.0, 0.0), (0.0, 0.0, 0.4), (0.3, 0.0, 0.0), (0.2, 15.0, 0.3)]
)
def test_a_move_is_an_affine_map_about_the_middle_as_scipy_computes_it(
    most: float, degrees: float, zoom: float
) -> None:
    x = rows()[:20]
    y = np.asarray(move(tf.constant(x), SEED, most, degrees, zoom))
    angles = np.asarray(tf.random.stateless_normal((20,), tf.random.fold_in(SEED, 0))) * np.radians(degrees)
    factors = 1 + np.asarray(tf.random.stateless_uniform((20,), tf.random.fold_in(SEED, 1), -zoom, zoom))
    moved = np.asarray(tf.random.stateless_uniform((2, 20), tf.random.fold_in(SEED, 2), -most, most))
    middle = np.array([HEIGHT - 1, WIDTH - 1]) / 2
    for before, after, angle, factor, (right, down) in zip(x, y, angles, factors, moved.T, strict=True):
        # Rows count downward: turning left by an angle takes a pixel's source from the right of it.
        back = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) / factor
        source = middle - back @ middle + [HEIGHT * down, WIDTH * right]
        expected = affine_transform(before[..., 0], back, source, order=1, mode="nearest")
        np.testing.assert_allclose(after[..., 0], expected, atol=1e-4)


def test_brightness_adds_one_number_to_all_pixels_of_an_image() -> None:
    x = rows()
    added = np.asarray(brighten(tf.constant(x), SEED, 0.5)) - x
    assert np.ptp(added, axis=(1, 2, 3)).max() < 1e-5
    assert added[:, 0, 0, 0].std() == pytest.approx(0.5, rel=0.15)


def test_contrast_keeps_the_mean_and_scales_what_differs_from_it() -> None:
    x = rows()
    y = np.asarray(contrast(tf.constant(x), SEED, 0.3))
    np.testing.assert_allclose(y.mean(axis=(1, 2, 3)), x.mean(axis=(1, 2, 3)), atol=1e-5)
    factors = y.std(axis=(1, 2, 3)) / x.std(axis=(1, 2, 3))
    assert np.log(factors).std() == pytest.approx(0.3, rel=0.15)


def test_a_tint_adds_one_number_to_all_pixels_of_a_channel() -> None:
    x = rows()
    added = np.asarray(tint(tf.constant(x), SEED, 0.5)) - x
    assert np.ptp(added, axis=(1, 2)).max() < 1e-5
    assert added[:, 0, 0].std() == pytest.approx(0.5, rel=0.1)
    assert abs(np.corrcoef(added[:, 0, 0].T)[0, 1]) < 0.2


@pytest.mark.parametrize(("change", "power"), [(shot_noise, 0.5), (speckle, 1.0)])
def test_noise_of_light_grows_with_the_brightness_above_the_darkest_pixel(change, power: float) -> None:
    light = np.linspace(0, 9, 1001, dtype=np.float32)
    x = np.broadcast_to(light[:, None, None], (200, 1001, 1, 1)) - 4
    added = np.asarray(change(tf.constant(x), SEED, 0.2))[..., 0, 0] - x[..., 0, 0]
    assert (added[:, 0] == 0).all()
    bright = light > 1
    np.testing.assert_allclose(added.std(axis=0)[bright].mean(), 0.2 * (light[bright] ** power).mean(), rtol=0.01)
    assert (added / np.maximum(light**power, 1e-9))[:, bright].std(axis=0).std() < 0.02  # the same factor everywhere


def test_salt_and_pepper_are_the_asked_share_of_whole_pixels_half_of_each() -> None:
    x = rows()
    y = np.asarray(salt_and_pepper(tf.constant(x), SEED, 0.2))
    ends = x.max(axis=(1, 2, 3), keepdims=True), x.min(axis=(1, 2, 3), keepdims=True)
    salt, pepper = ((y == end).all(axis=-1) & (x != end).any(axis=-1) for end in ends)
    assert (np.isclose(y, x).all(axis=-1) | salt | pepper).all()
    assert salt.mean() == pytest.approx(0.1, abs=0.01)
    assert pepper.mean() == pytest.approx(0.1, abs=0.01)


def test_a_cut_out_is_one_rectangle_of_up_to_the_asked_share() -> None:
    y = np.asarray(cut_out(tf.constant(rows() + 100), SEED, 0.5))
    sides = []
    for image in y[..., 0] == 0:
        high, wide = image.any(axis=1), image.any(axis=0)
        assert np.array_equal(image, high[:, None] & wide[None])
        for inside in (high, wide):
            assert np.abs(np.diff(inside.astype(int))).sum() <= 2  # no hole
        sides.append((high.mean(), wide.mean()))
    assert np.max(sides) <= 0.5
    assert np.max(sides) > 0.4
    assert np.mean(sides) == pytest.approx(0.25, abs=0.05)


def test_all_changes_together_depend_on_seed_and_step_alone() -> None:
    light = {"brightness": 0.2, "contrast": 0.2, "tint": 0.1, "shot_noise": 0.1, "speckle": 0.1, "salt_and_pepper": 0.1}
    recipe = Recipe.of(flip=0.5, tilt=10.0, zoom=0.1, cutout=0.3, move=0.1, **light)
    change = Augmentation(recipe, (HEIGHT, WIDTH, 2))
    first, again, other = (
        np.asarray(change(tf.constant(rows()), tf.zeros((ROWS, 3)), step, 7)[0]) for step in (3, 3, 4)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert np.isfinite(first).all()
