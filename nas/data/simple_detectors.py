"""Simple detectors of anomalies, which auto-encoders are shown beside: k-means, and a Gaussian.

Each is given as many bytes as a network's weights: its numbers are counted as int8, though it computes with floats, so
that it is rather better here than on a device.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from nas.arrays import Array, Doubles
from nas.text import counted

MOST_ROWS = 10_000
"""Training rows that are fitted to, evenly spaced."""

_VARIANCE_BYTES = 4


@dataclass(frozen=True, slots=True)
class SimpleDetector:
    """A detector, and its scores of scaled rows [n, ...]: the higher, the less like the training rows."""

    title: str
    scores: Callable[[Array], Doubles]


def simple_detectors(x: Array, weights_bytes: int, seed: int = 0) -> Iterator[SimpleDetector]:
    """Yield the detectors that fit into a number of bytes, fitted to scaled normal rows [n, ...]."""
    rows = _flat(x)[:: len(x) // MOST_ROWS + 1]
    values = rows.shape[1]
    centres = min(weights_bytes // values, len(rows))
    if centres:
        yield _k_means(rows, centres, seed)
    components = min(weights_bytes // (values + _VARIANCE_BYTES), values, len(rows) - 1)
    if components > 0:
        yield _gaussian(rows, components)


def _k_means(rows: Doubles, centres: int, seed: int) -> SimpleDetector:
    """Return the squared distance to the nearest centre."""
    from sklearn.cluster import KMeans

    fitted = KMeans(centres, n_init=3, random_state=seed).fit(rows)
    return SimpleDetector(
        f"k-means, {counted(centres, 'centre')}", lambda x: np.asarray(fitted.transform(_flat(x)).min(axis=1) ** 2)
    )


def _gaussian(rows: Doubles, components: int) -> SimpleDetector:
    """Return the Mahalanobis distance by a shrunk covariance (Ledoit and Wolf, 2004), of the first components.

    What lies outside of them has one variance, the mean of the others' (probabilistic PCA: Tipping and Bishop, 1999).
    """
    from sklearn.covariance import LedoitWolf

    fitted = LedoitWolf().fit(rows)
    variances, axes = np.linalg.eigh(fitted.covariance_)
    kept, rest = variances[::-1][:components], variances[::-1][components:]
    base = axes[:, ::-1][:, :components]
    spread = float(rest.mean()) if len(rest) else 1.0

    def scores(x: Array) -> Doubles:
        centred = _flat(x) - fitted.location_
        inside = centred @ base
        outside = np.maximum((centred**2).sum(axis=1) - (inside**2).sum(axis=1), 0)
        return np.asarray((inside**2 / kept).sum(axis=1) + outside / spread)

    return SimpleDetector(f"Gaussian, {counted(components, 'component')}", scores)


def _flat(x: Array) -> Doubles:
    return np.asarray(x, np.float64).reshape(len(x), -1)
