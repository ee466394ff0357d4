"""Random changes of images, scaled rows [n, height, width, channels], computed in the graph of training."""

import math
from typing import Any

from nas.model.runtime import tf


def flip(x: Any, seed: Any, share: float) -> Any:
    """Mirror a share of the images, left for right."""
    mirrored = tf.random.stateless_uniform((tf.shape(x)[0], 1, 1, 1), seed) < share
    return tf.where(mirrored, x[:, :, ::-1], x)


def move(x: Any, seed: Any, share: float, degrees: float, zoom: float) -> Any:
    """Move each image, turn it about its middle and scale it; edges are repeated, values between pixels interpolated.

    Args:
        x: the images.
        seed: of the changes.
        share: largest share of its width and of its height by which an image is moved to either side.
        degrees: standard deviation of the angle.
        zoom: largest share by which an image is enlarged or made smaller.
    """
    rows, (height, width) = tf.shape(x)[0], x.shape[1:3]
    angle = tf.random.stateless_normal((rows,), tf.random.fold_in(seed, 0)) * math.radians(degrees)
    factor = 1 + tf.random.stateless_uniform((rows,), tf.random.fold_in(seed, 1), -zoom, zoom)
    moved = tf.random.stateless_uniform((2, rows), tf.random.fold_in(seed, 2), -share, share)
    # The operator asks where each pixel of the result comes from, so its map is the inverse of the change.
    cosine, sine = tf.cos(angle) / factor, tf.sin(angle) / factor
    right, down = (width - 1) / 2, (height - 1) / 2
    nothing = tf.zeros_like(angle)
    across = (cosine, sine, right - cosine * right - sine * down + width * moved[0])
    along = (-sine, cosine, down + sine * right - cosine * down + height * moved[1])
    return tf.raw_ops.ImageProjectiveTransformV3(
        images=x,
        transforms=tf.stack([*across, *along, nothing, nothing], axis=1),
        output_shape=(height, width),
        fill_value=0.0,
        interpolation="BILINEAR",
        fill_mode="NEAREST",
    )


def brighten(x: Any, seed: Any, spread: float) -> Any:
    """Add a random number of this standard deviation to all pixels of an image."""
    return x + spread * tf.random.stateless_normal((tf.shape(x)[0], 1, 1, 1), seed)


def contrast(x: Any, seed: Any, spread: float) -> Any:
    """Multiply the differences of an image from its mean by a random factor, exp of a normal number of this spread."""
    mean = tf.reduce_mean(x, axis=(1, 2, 3), keepdims=True)
    return mean + (x - mean) * tf.exp(spread * tf.random.stateless_normal(tf.shape(mean), seed))


def tint(x: Any, seed: Any, spread: float) -> Any:
    """Add a random number of this standard deviation to each channel of an image, as another light would."""
    return x + spread * tf.random.stateless_normal((tf.shape(x)[0], 1, 1, x.shape[3]), seed)


def shot_noise(x: Any, seed: Any, spread: float) -> Any:
    """Add noise whose variance grows with the light of a pixel, as that of counted photons does (Poisson).

    `spread` is its standard deviation one above the image's darkest value, which counts as no light.
    """
    light = x - tf.reduce_min(x, axis=(1, 2, 3), keepdims=True)
    return x + spread * tf.sqrt(light) * tf.random.stateless_normal(tf.shape(x), seed)


def speckle(x: Any, seed: Any, spread: float) -> Any:
    """Multiply the light of each pixel, its distance from the image's darkest value, by a random factor around 1."""
    light = x - tf.reduce_min(x, axis=(1, 2, 3), keepdims=True)
    return x + spread * light * tf.random.stateless_normal(tf.shape(x), seed)


def salt_and_pepper(x: Any, seed: Any, share: float) -> Any:
    """Set a share of the pixels to the image's brightest value or to its darkest one, as often."""
    drawn = tf.random.stateless_uniform((*tf.unstack(tf.shape(x)[:3]), 1), seed)
    brightest, darkest = (end(x, axis=(1, 2, 3), keepdims=True) for end in (tf.reduce_max, tf.reduce_min))
    return tf.where(drawn < share / 2, brightest, tf.where(drawn < share, darkest, x))


def cut_out(x: Any, seed: Any, share: float) -> Any:
    """Set a rectangle of each image to 0, the mean of all; its sides are up to this share of the image's."""
    inside = [stretch(x, axis, tf.random.fold_in(seed, axis), share) for axis in (1, 2)]
    return tf.where(inside[0] & inside[1], 0.0, x)


def stretch(x: Any, axis: int, seed: Any, share: float) -> Any:
    """Return which positions along an axis are in a random stretch of each row, as [n, ...] with axes of 1."""
    rows, size = tf.shape(x)[0], x.shape[axis]
    drawn = tf.random.stateless_uniform((rows, 2), seed)
    length = drawn[:, :1] * share * size
    start = drawn[:, 1:] * (size - length)
    at = tf.range(size, dtype=tf.float32)[None] + 0.5
    inside = (at >= start) & (at < start + length)
    return tf.reshape(inside, (rows, *(size if one == axis else 1 for one in range(1, len(x.shape)))))
