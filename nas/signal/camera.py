"""A camera's frame as the input of a network of pictures, as `nas_camera.h` computes it in the firmware, to the bit."""

from enum import StrEnum

import numpy as np
import numpy.typing as npt

from nas.errors import InputError
from nas.keywords import explains_keywords

MOST = 2048
"""Pixels of a frame on a side, so that the sums of the C fit."""

Bytes = npt.NDArray[np.uint8]


class CameraPixels(StrEnum):
    """How a frame stores its pixels, row by row from the top."""

    GREY = "grey"
    """A byte: brightness."""
    RGB888 = "rgb888"
    """Three bytes: red, green, blue."""
    RGB565_LE = "rgb565_le"
    """Two bytes, the low one first: 5 bits of red, 6 of green, 5 of blue."""
    RGB565_BE = "rgb565_be"
    """Two bytes, the high one first."""


_BYTES = {CameraPixels.GREY: 1, CameraPixels.RGB888: 3, CameraPixels.RGB565_LE: 2, CameraPixels.RGB565_BE: 2}


@explains_keywords
def camera_input(
    frame: bytes | Bytes, size: tuple[int, int], pixels: CameraPixels | str, shape: tuple[int, int, int]
) -> npt.NDArray[np.int8]:
    """Return the int8 input [height, width, channels] that the exported C makes of a camera's frame.

    The largest part in the middle that has the input's shape is scaled to it: each pixel is the mean of those around,
    weighted by a triangle, as Pillow's bilinear filter in training, with its two roundings made one.

    Args:
        frame: its bytes.
        size: width and height of the frame.
        pixels: how it stores its pixels.
        shape: height, width and channels of the network's input; one channel is grey.

    Raises:
        InputError: the frame has another number of bytes, or a side is not from 1 to `MOST`.
    """
    width, height = size
    if not all(1 <= side <= MOST for side in (*size, *shape[:2])) or shape[2] not in (1, 3):
        raise InputError("frame", f"must have sides of 1 to {MOST} pixels, and 1 or 3 channels", got=(size, shape))
    colours = _colours(np.frombuffer(bytes(frame), np.uint8), size, CameraPixels(pixels))
    if shape[2] == 1 and colours.shape[-1] == 3:
        colours = ((colours @ np.array([19595, 38470, 7471]) + 32768) >> 16)[..., None]  # ITU-R BT.601
    is_wide = width * shape[0] >= height * shape[1]
    num, den = (height, shape[0]) if is_wide else (width, shape[1])
    columns, rows = _weights(num, den, width, shape[1]), _weights(num, den, height, shape[0])
    sums = np.einsum("yh,hxc->yxc", rows, np.einsum("xw,hwc->hxc", columns, colours, optimize=True), optimize=True)
    total = (rows.sum(axis=1)[:, None] * columns.sum(axis=1))[..., None]
    means = (2 * sums + total) // (2 * total)
    return np.broadcast_to(means - 128, shape).astype(np.int8)


def _colours(content: Bytes, size: tuple[int, int], pixels: CameraPixels) -> npt.NDArray[np.int64]:
    """Return red, green and blue, or brightness alone, of a frame's bytes: [height, width, channels], 0 to 255."""
    width, height = size
    expected = width * height * _BYTES[pixels]
    if content.size != expected:
        raise InputError("frame", f"must have {expected:,} bytes", got=f"{content.size:,}")
    cells = content.reshape(height, width, -1).astype(np.int64)
    if pixels in (CameraPixels.GREY, CameraPixels.RGB888):
        return cells
    low, high = (0, 1) if pixels is CameraPixels.RGB565_LE else (1, 0)
    word = cells[..., high] << 8 | cells[..., low]
    red, green, blue = word >> 11, word >> 5 & 63, word & 31
    return np.stack([red << 3 | red >> 2, green << 2 | green >> 4, blue << 3 | blue >> 2], axis=-1)


def _weights(num: int, den: int, size: int, out: int) -> npt.NDArray[np.int64]:
    """Return the weight of each pixel of an axis [out, size] of the frame, in 1 / (2 den) of a pixel."""
    centers = size * den - num * out + (2 * np.arange(out) + 1) * num
    offsets = np.abs((2 * np.arange(size) + 1) * den - centers[:, None])
    weights: npt.NDArray[np.int64] = np.maximum(2 * max(num, den) - offsets, 0)
    return weights
