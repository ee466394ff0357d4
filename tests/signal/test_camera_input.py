"""A camera's frame becomes the network's input as fractions compute it, and nearly as Pillow's bilinear filter does."""

import math
from fractions import Fraction

import numpy as np
import pytest
from PIL import Image

from nas.errors import InputError
from nas.signal.camera import MOST, CameraPixels, camera_input

SIZES = [((9, 6), (4, 4)), ((6, 9), (4, 4)), ((5, 4), (8, 7)), ((7, 7), (7, 7)), ((4, 8), (2, 3)), ((1, 1), (2, 2))]


def frame(size: tuple[int, int], channels: int) -> np.ndarray:
    width, height = size
    return np.random.default_rng(width * 100 + height).integers(0, 256, (height, width, channels), np.uint8)


def exact(pixels: np.ndarray, out: tuple[int, int]) -> np.ndarray:
    """The mean of the pixels around each output pixel, weighted by a triangle, over the largest part in the middle."""
    sides = pixels.shape[:2]
    step = min(Fraction(side, to) for side, to in zip(sides, out, strict=True))
    reach = max(step, Fraction(1))
    axes = []
    for side, to in zip(sides, out, strict=True):
        begin = (side - to * step) / 2
        centres = [begin + (place + Fraction(1, 2)) * step for place in range(to)]
        axes.append([[max(0, 1 - abs(at + Fraction(1, 2) - c) / reach) for at in range(side)] for c in centres])
    found = np.zeros((*out, pixels.shape[2]), np.int64)
    for y, down in enumerate(axes[0]):
        for x, along in enumerate(axes[1]):
            weights = [(a * b, row, column) for row, a in enumerate(down) for column, b in enumerate(along) if a and b]
            total = sum(weight for weight, *_ in weights)
            for channel in range(pixels.shape[2]):
                mean = sum(weight * int(pixels[row, column, channel]) for weight, row, column in weights) / total
                found[y, x, channel] = math.floor(mean + Fraction(1, 2))
    return found - 128


@pytest.mark.parametrize(("size", "out"), SIZES)
@pytest.mark.parametrize("channels", [1, 3])
def test_a_frame_is_scaled_as_fractions_do_it(size: tuple[int, int], out: tuple[int, int], channels: int) -> None:
    pixels = frame(size, channels)
    stored = CameraPixels.GREY if channels == 1 else "rgb888"
    found = camera_input(pixels.tobytes(), size, stored, (*out, channels))
    np.testing.assert_array_equal(found, exact(pixels, out))


@pytest.mark.parametrize(("size", "out"), [((64, 48), (20, 20)), ((30, 40), (12, 9)), ((16, 16), (40, 40))])
def test_scaling_is_that_of_pillow_within_its_second_rounding(size: tuple[int, int], out: tuple[int, int]) -> None:
    pixels, (width, height) = frame(size, 3), size
    step = min(height / out[0], width / out[1])
    wide, high = out[1] * step, out[0] * step
    box = ((width - wide) / 2, (height - high) / 2, (width + wide) / 2, (height + high) / 2)
    expected = np.asarray(Image.fromarray(pixels).resize(out[::-1], Image.Resampling.BILINEAR, box=box), np.int64)
    # Pillow cuts the frame off at the box, where ours looks a pixel further: they are alike inside.
    found = camera_input(pixels, size, "rgb888", (*out, 3)).astype(np.int64) + 128
    assert np.abs(found - expected)[1:-1, 1:-1].max() <= 1


def test_the_brightness_of_colours_is_that_of_pillow() -> None:
    pixels = frame((40, 30), 3)
    expected = np.asarray(Image.fromarray(pixels).convert("L"), np.int64)
    found = camera_input(pixels, (40, 30), "rgb888", (30, 40, 1))
    np.testing.assert_array_equal(found[..., 0].astype(np.int64) + 128, expected)


def test_a_grey_frame_has_the_same_brightness_in_all_channels() -> None:
    pixels = frame((5, 5), 1)
    found = camera_input(pixels, (5, 5), "grey", (5, 5, 3))
    np.testing.assert_array_equal(found, np.repeat(pixels.astype(np.int64) - 128, 3, axis=2))


def test_colours_of_16_bits_are_spread_over_0_to_255_in_either_order_of_bytes() -> None:
    words = np.arange(0, 2**16, 7, dtype=np.uint16)[: 96 * 96].reshape(96, -1)
    parts = (words >> 11) / 31, (words >> 5 & 63) / 63, (words & 31) / 31
    for pixels, order in (("rgb565_le", "<u2"), ("rgb565_be", ">u2")):
        found = camera_input(words.astype(order).tobytes(), words.shape[::-1], pixels, (*words.shape, 3))
        for channel, part in enumerate(parts):
            np.testing.assert_array_less(np.abs(found[..., channel] + 128.0 - 255 * part), 1.0)
            assert (found[..., channel].min(), found[..., channel].max()) == (-128, 127)


@pytest.mark.parametrize(
    ("size", "shape", "count", "words"),
    [
        ((4, 3), (2, 2, 1), 11, "must have 12 bytes, got 11"),
        ((0, 3), (2, 2, 1), 0, "must have sides of 1 to 2048 pixels"),
        ((4, 3), (2, 0, 1), 12, "must have sides of 1 to 2048 pixels"),
        ((MOST + 1, 1), (2, 2, 1), MOST + 1, "must have sides of 1 to 2048 pixels"),
        ((4, 3), (2, 2, 2), 12, "and 1 or 3 channels"),
    ],
)
def test_a_frame_of_another_size_is_refused(
    size: tuple[int, int], shape: tuple[int, int, int], count: int, words: str
) -> None:
    with pytest.raises(InputError, match=words):
        camera_input(bytes(count), size, "grey", shape)


def test_a_frame_may_be_as_wide_as_the_sums_allow() -> None:
    assert camera_input(bytes(MOST), (MOST, 1), "grey", (1, MOST, 1)).tolist() == [[[-128]] * MOST]
