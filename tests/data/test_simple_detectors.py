"""Simple detectors of anomalies: what they compute, and how much of it fits into a number of bytes."""

import numpy as np
from sklearn.covariance import LedoitWolf

from nas.data.simple_detectors import simple_detectors

RNG = np.random.default_rng(0)
X = RNG.normal(size=(400, 6)) @ RNG.normal(size=(6, 6))


def test_with_all_components_the_gaussian_is_the_mahalanobis_distance_of_scikit_learn():
    *_, gaussian = simple_detectors(X, 10_000)
    assert gaussian.title == "Gaussian, 6 components"
    np.testing.assert_allclose(gaussian.scores(X), LedoitWolf().fit(X).mahalanobis(X), rtol=1e-6)


def test_k_means_gives_the_squared_distance_to_the_nearest_of_as_many_centres_as_fit():
    k_means, _ = simple_detectors(X, 20)
    assert k_means.title == "k-means, 3 centres"
    scores = k_means.scores(X)
    # The mean of the nearest rows is the centre, so none of the rows is nearer to another point on average.
    assert scores.mean() < ((X - X.mean(axis=0)) ** 2).sum(axis=1).mean()
    assert scores.min() >= 0


def test_fewer_components_leave_the_rest_to_one_variance_and_too_few_bytes_to_nothing():
    assert [one.title for one in simple_detectors(X, 21)] == ["k-means, 3 centres", "Gaussian, 2 components"]
    assert not list(simple_detectors(X, 5))
