"""Simple detectors of anomalies, which auto-encoders are shown beside: k-means, and a Gaussian.

Each is given as many bytes as a network's weights: its numbers are counted as int8, though it computes with floats, so
that it is rather better here than on a device; `nas.data.fixed_detectors` are what a device computes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nas.arrays import Array, Doubles
from nas.text import counted

MOST_ROWS = 10_000
"""Training rows that are fitted to, evenly spaced."""

_VARIANCE_BYTES = 4


@dataclass(frozen=True, slots=True, eq=False)
class KMeans:
    """The distance to the nearest of some centres [centres, values]."""

    name: ClassVar[str] = "k-means"
    centres: Doubles

    @property
    def title(self) -> str:
        return f"{self.name}, {counted(len(self.centres), 'centre')}"

    def scores(self, x: Array) -> Doubles:
        """Return the squared distance of scaled rows [n, ...]: the higher, the less like the training rows."""
        from sklearn.metrics.pairwise import euclidean_distances

        return np.asarray(euclidean_distances(_flat(x), self.centres, squared=True).min(axis=1))


@dataclass(frozen=True, slots=True, eq=False)
class Gaussian:
    """The Mahalanobis distance, of some components; what lies outside of them has one variance.

    Attributes:
        mean: of the training rows [values].
        axes: the components' directions [components, values], of length 1 and at right angles.
        variances: along each of them, the greatest first [components].
        rest: the variance in every other direction.
    """

    name: ClassVar[str] = "gaussian"
    mean: Doubles
    axes: Doubles
    variances: Doubles
    rest: float

    @property
    def title(self) -> str:
        return f"Gaussian, {counted(len(self.axes), 'component')}"

    def scores(self, x: Array) -> Doubles:
        """Return the squared distance of scaled rows [n, ...]: the higher, the less like the training rows."""
        centred = _flat(x) - self.mean
        inside = centred @ self.axes.T
        outside = np.maximum((centred**2).sum(axis=1) - (inside**2).sum(axis=1), 0)
        return np.asarray((inside**2 / self.variances).sum(axis=1) + outside / self.rest)


NAMES = (KMeans.name, Gaussian.name)


def simple_detectors(x: Array, weights_bytes: int, seed: int = 0) -> Iterator[KMeans | Gaussian]:
    """Yield the detectors that fit into a number of bytes, fitted to scaled normal rows [n, ...]."""
    rows = _flat(x)[:: len(x) // MOST_ROWS + 1]
    values = rows.shape[1]
    centres = min(weights_bytes // values, len(rows))
    if centres:
        yield _k_means(rows, centres, seed)
    components = min(weights_bytes // (values + _VARIANCE_BYTES), values, len(rows) - 1)
    if components > 0:
        yield _gaussian(rows, components)


def _k_means(rows: Doubles, centres: int, seed: int) -> KMeans:
    from sklearn.cluster import KMeans as Clusters

    return KMeans(np.asarray(Clusters(centres, n_init=3, random_state=seed).fit(rows).cluster_centers_))


def _gaussian(rows: Doubles, components: int) -> Gaussian:
    """Fit a shrunk covariance (Ledoit and Wolf, 2004), of which the first components are kept.

    The variance of the rest is the mean of theirs (probabilistic PCA: Tipping and Bishop, 1999).
    """
    from sklearn.covariance import LedoitWolf

    fitted = LedoitWolf().fit(rows)
    variances, axes = np.linalg.eigh(fitted.covariance_)
    kept, rest = variances[::-1][:components], variances[::-1][components:]
    spread = float(rest.mean()) if len(rest) else 1.0
    return Gaussian(fitted.location_, axes[:, ::-1][:, :components].T, kept, spread)


def _flat(x: Array) -> Doubles:
    return np.asarray(x, np.float64).reshape(len(x), -1)
