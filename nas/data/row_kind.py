"""What the rows of a bare array are: tables, windows of a signal, or images."""

from collections.abc import Iterator

import numpy as np

from nas.arrays import Array
from nas.signal.kind import Kind

LONGEST_IMAGE = 2.0
"""Rows of bytes that are longer than this many times their width are windows: pictures are nearly square."""

SMOOTH = 0.5
"""Neighbours in a picture are alike along both axes: their squared distance is under this share of that of others."""


def row_kind(x: Array, asked: Kind | None, has_rate: bool, has_names: bool) -> Kind:
    """Return what the rows of `x` [n, ...] are.

    What the user or the search space asks for decides, then a sample rate or channel names, then shape and values: of
    rows with two axes, nearly square ones of bytes and square ones are images if they look like it.

    Args:
        x: the rows, without or with an axis for channels.
        asked: the kind that the search space takes; None if unknown.
        has_rate: whether a sample rate is known.
        has_names: whether the channels have names.
    """
    if x.ndim <= 2:
        return Kind.WINDOW if x.ndim == 2 and (asked == Kind.WINDOW or has_rate) else Kind.TABLE
    if x.ndim > 3:
        return Kind.IMAGE
    if asked in (Kind.WINDOW, Kind.IMAGE):
        return asked
    return Kind.WINDOW if has_rate or has_names or not _looks_like_image(x) else Kind.IMAGE


def assumed(x: Array, kind: Kind) -> Iterator[str]:
    """Yield what was assumed of rows [n, a, b] without names and rate, where it might be otherwise."""
    a, b = x.shape[1:]
    if kind == Kind.IMAGE:
        yield f"rows of {a} x {b} are taken for images; if they are windows of {a} samples, add --kind window"
    elif a <= LONGEST_IMAGE * b and b <= LONGEST_IMAGE * a:
        yield f"rows of {a} x {b} are taken for windows of {a} samples; if they are images, add --kind image"


def roughness(x: Array, axis: int) -> float:
    """Return how unlike neighbours along an axis of `x` [n, ...] are: 0 if equal, 1 if like any other values."""
    rows = x[:: len(x) // 200 + 1].astype(np.float64)
    if rows.shape[axis] < 2:
        return 1.0
    rows = rows - rows.mean(axis=axis, keepdims=True)
    spread = float((rows**2).mean())
    return float((np.diff(rows, axis=axis) ** 2).mean()) / (2 * spread) if spread else 0.0


def _looks_like_image(x: Array) -> bool:
    height, width = x.shape[1:]
    if not x.size or max(height, width) > LONGEST_IMAGE * min(height, width):
        return False
    if x.dtype == np.uint8:
        return True
    few = x[:: len(x) // 200 + 1]
    return height == width and bool((few >= 0).all() or max(roughness(few, 1), roughness(few, 2)) < SMOOTH)
