"""Augmentation: random changes of training rows, computed in the graph of training and reproducible by a seed.

A row is a window (1, time, channels), an image (height, width, channels) or a row of a table (features). Rows are
scaled: the training rows have a standard deviation of 1.
"""

import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from nas.arrays import Array
from nas.data.axes import Axes
from nas.model.runtime import tf
from nas.model.training.augment import images
from nas.model.training.augment.spectra import mask
from nas.study.recipe import Recipe


@dataclass(frozen=True, slots=True)
class Augmentation:
    """The changes of a recipe that make sense for the rows.

    Windows: jitter, scaling, time warp, shift, mixup, and rotation if `axes` are known. Images: those of `images`,
    jitter and mixup. Tables: jitter and mixup. Features of sound: masks, and those of windows if they are frames.

    Args:
        recipe: the strength of each change; 0 leaves it out.
        shape: of a row.
        axes: which channels of a window are the components of vectors.
        is_sound: whether rows are features of sound: windows of frames, or images of time and frequency.
    """

    recipe: Recipe
    shape: tuple[int, ...]
    axes: Axes | None = None
    is_sound: bool = False

    def __call__(self, x: Any, labels: Any, step: Any, seed: Any) -> tuple[Any, Any]:
        """Return changed rows [n, ...] and targets [n, outputs] for the training step number `step`, int32.

        The changes depend on nothing but `seed`, int32 below 2**30, and the step.
        """
        seeds = (tf.stack([seed + number, step]) for number in itertools.count())
        for change, strength in self._changes():
            x = change(x, next(seeds), strength)
        mixup = self.recipe.augment.mixup
        return mix(x, labels, next(seeds), mixup) if mixup else (x, labels)

    def _changes(self) -> Iterator[tuple[Callable[[Any, Any, float], Any], float]]:
        recipe, axes, is_window = self.recipe, self.axes, len(self.shape) == 3 and self.shape[0] == 1
        if is_window and axes is not None and recipe.augment.rotation:
            yield lambda x, seed, degrees: rotate(x, seed, degrees, axes), recipe.augment.rotation
        if is_window and recipe.augment.scaling:
            yield scale, recipe.augment.scaling
        if is_window and recipe.augment.time_warp:
            yield warp, recipe.augment.time_warp
        if is_window and recipe.augment.shift:
            yield shift, recipe.augment.shift
        if self.is_sound:
            yield from self._of_sound(2 if is_window else 1)
        elif len(self.shape) == 3 and not is_window:
            yield from self._of_images()
        if recipe.augment.jitter:
            yield jitter, recipe.augment.jitter

    def _of_sound(self, time: int) -> Iterator[tuple[Callable[[Any, Any, float], Any], float]]:
        """Yield the masks, given the axis of time; the next one is that of the frequencies."""
        asked = self.recipe.augment
        if asked.time_mask:
            yield partial(mask, axis=time), asked.time_mask
        if asked.frequency_mask:
            yield partial(mask, axis=time + 1), asked.frequency_mask

    def _of_images(self) -> Iterator[tuple[Callable[[Any, Any, float], Any], float]]:
        asked = self.recipe.augment
        if asked.flip:
            yield images.flip, asked.flip
        if asked.move or asked.tilt or asked.zoom:
            yield partial(images.move, degrees=asked.tilt, zoom=asked.zoom), asked.move
        changes = (
            (images.brighten, asked.brightness),
            (images.contrast, asked.contrast),
            (images.tint, asked.tint),
            (images.shot_noise, asked.shot_noise),
            (images.speckle, asked.speckle),
            (images.salt_and_pepper, asked.salt_and_pepper),
            (images.cut_out, asked.cutout),
        )
        yield from ((change, strength) for change, strength in changes if strength)


def jitter(x: Any, seed: Any, spread: float) -> Any:
    """Add noise of standard deviation `spread`, drawn anew for each number."""
    return x + spread * tf.random.stateless_normal(tf.shape(x), seed)


def scale(x: Any, seed: Any, spread: float) -> Any:
    """Multiply each channel of each window [n, 1, time, channels] by a random factor around 1."""
    return x * (1 + spread * tf.random.stateless_normal((tf.shape(x)[0], 1, 1, x.shape[3]), seed))


def shift(x: Any, seed: Any, share: float) -> Any:
    """Roll each window [n, 1, time, channels] along its time, by up to `share` of it to either side."""
    size = x.shape[2]
    most = int(share * size)
    own = tf.random.fold_in(seed, 2)
    offset = tf.random.stateless_uniform((tf.shape(x)[0], 1), own, -most, most + 1, tf.int32)
    return tf.gather(x, (tf.range(size)[None] + offset) % size, axis=2, batch_dims=1)


def warp(x: Any, seed: Any, share: float) -> Any:
    """Compress or stretch each window [n, 1, time, channels] by up to `share`, about its middle; ends are repeated."""
    middle = (x.shape[2] - 1) / 2
    speed = 1 + tf.random.stateless_uniform((tf.shape(x)[0], 1), seed, -share, share)
    at = tf.clip_by_value(middle + speed * (tf.range(x.shape[2], dtype=tf.float32)[None] - middle), 0.0, 2 * middle)
    before = tf.floor(at)
    left = tf.cast(before, tf.int32)
    right = tf.minimum(left + 1, x.shape[2] - 1)
    past = (at - before)[:, None, :, None]
    here, there = (tf.gather(x, index, axis=2, batch_dims=1) for index in (left, right))
    return here + past * (there - here)


def rotate(x: Any, seed: Any, degrees: float, axes: Axes) -> Any:
    """Rotate all sensors of each window [n, 1, time, channels] together, about a random axis.

    Args:
        x: scaled windows. The rotation is that of the values in units: in scaled ones, gravity would be missing.
        seed: of the rotations.
        degrees: standard deviation of the angle's component about each axis.
        axes: the channels to rotate; the others stay unchanged.
    """
    turn = rotations(tf.random.stateless_normal((tf.shape(x)[0], 3), seed) * math.radians(degrees))
    # The map of scaled channels is affine in the nine entries of the rotation: a constant, and a slope for each entry.
    base = _scaled_map(np.zeros((3, 3)), axes)
    slopes = np.stack([_scaled_map(unit, axes) - base for unit in np.eye(9).reshape(9, 3, 3)])
    maps = tf.matmul(tf.reshape(turn, (-1, 9)), np.float32(slopes.reshape(9, -1))) + np.float32(base.reshape(-1))
    maps = tf.reshape(maps, (-1, 1, *base.shape))
    return tf.matmul(x, maps[..., :-1, :]) + maps[..., -1:, :]


def _scaled_map(turn: Array, axes: Axes) -> Array:
    """Return the map `x A + b` of scaled channels that rotates their sensors: A, then b [channels + 1, channels]."""
    mean, std = np.asarray(axes.mean), np.asarray(axes.std)
    # The rows of each matrix pick x, y and z of a sensor from all channels.
    picks = [np.eye(len(mean))[list(triple)] for triple in axes.triples]
    in_units = np.eye(len(mean)) + sum(pick.T @ (turn.T - np.eye(3)) @ pick for pick in picks)
    return np.vstack([std[:, None] * in_units / std, (mean @ in_units - mean) / std])


def rotations(vectors: Any) -> Any:
    """Return the matrices [n, 3, 3] of rotations about `vectors` [n, 3] by their lengths in radians (Rodrigues)."""
    angle = tf.maximum(tf.norm(vectors, axis=1), 1e-6)[:, None, None]
    x, y, z = tf.unstack(vectors, axis=1)
    zero = tf.zeros_like(x)
    cross = tf.reshape(tf.stack([zero, -z, y, z, zero, -x, -y, x, zero], axis=1), (-1, 3, 3)) / angle
    return tf.eye(3) + tf.sin(angle) * cross + (1 - tf.cos(angle)) * cross @ cross


def mix(x: Any, labels: Any, seed: Any, alpha: float) -> tuple[Any, Any]:
    """Blend each row and its targets with the next row's, weighted by Beta(alpha, alpha) (mixup, arXiv:1710.09412)."""
    gamma = tf.random.stateless_gamma((2, tf.shape(x)[0]), seed, alpha)
    share = (gamma[0] + 1e-9) / (gamma[0] + gamma[1] + 2e-9)
    wide = tf.reshape(share, (-1, *[1] * (len(x.shape) - 1)))
    share = share[:, None]
    # Batches are shuffled, so the next row is a random one.
    return (
        wide * x + (1 - wide) * tf.roll(x, 1, 0),
        share * labels + (1 - share) * tf.roll(labels, 1, 0),
    )
