"""Features of sound as text: time to the right, frequency upwards, louder is darker."""

from collections.abc import Iterator

import numpy as np

from nas.arrays import Array

SHADES = " .:-=+*#%@"
MOST_LINES = 20


def spectrogram_lines(features: Array, columns: int) -> Iterator[str]:
    """Yield lines of text, the highest frequencies first, of features [frames, channels].

    More frames than columns, and more channels than lines, are averaged.
    """
    shrunk = _means(_means(features.astype(np.float64), columns).T, MOST_LINES)
    low, high = float(features.min()), float(features.max())
    levels = np.zeros_like(shrunk) if high == low else (shrunk - low) / (high - low)
    for line in levels[::-1]:
        yield "".join(SHADES[round(level * (len(SHADES) - 1))] for level in line.tolist()).rstrip()


def _means(values: Array, most: int) -> Array:
    """Return at most so many rows, each the mean of neighbours."""
    pieces = np.array_split(values, min(most, len(values)))
    return np.array([piece.mean(axis=0) for piece in pieces])
