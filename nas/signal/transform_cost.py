"""What the Fourier transform and its filter bank cost on a device, whatever follows them."""

import itertools
import math
from collections.abc import Sequence

from nas.signal.mel_tables import Bank

SETTINGS_BYTES = 60
"""sizeof(nas_front_end), with 4-byte pointers."""


def size_of(length: int) -> int:
    """Return the points of the transform of a frame: the least power of two that is not below its length."""
    return 1 << (length - 1).bit_length()


def words(size: int) -> int:
    """Return a size with the padding that the next word needs."""
    return (size + 3) // 4 * 4


def transform_bytes(window: int, size: int, bank: Bank) -> int:
    """Return the bytes of the settings, and of the tables that window, transform and bank need."""
    transform = size // 8 * 12 + size
    return SETTINGS_BYTES + words(2 * window) + transform + words(2 * bank.widths.size) + words(2 * bank.weights.size)


def transform_macs(window: int, size: int, bank: Bank) -> int:
    """Return the multiply-accumulates of a frame."""
    pairs = size // 2
    stages = (pairs.bit_length() - 1) // 2
    return window + stages * pairs // 4 * 12 + pairs // 2 * 4 + 4 * int(bank.widths.sum())


def transform_terms(size: int, bank: Bank) -> tuple[float, ...]:
    """Return what the instructions of transform and bank grow with."""
    pairs, widths = size // 2, bank.widths.tolist()
    stages, odd = divmod(pairs.bit_length() - 1, 2)
    return (
        pairs,
        odd * pairs,
        stages * pairs,
        sum(widths),
        sum(-(-width // 8) for width in widths),
        len(widths) - 1,
        live(bank),
        sum(math.log2(count) for count in _bins(widths) if count),  # digits of the root
    )


def live(bank: Bank) -> int:
    """Return how many bands have a bin; the others cost less."""
    return sum(count > 0 for count in _bins(bank.widths.tolist()))


def _bins(widths: Sequence[int]) -> list[int]:
    return [below + above for below, above in itertools.pairwise(widths)]
