"""Small data sets of scikit-learn: one of images, three of tables with classes, one with targets, one with labels.

scikit-learn is imported inside the functions, so that listing the sources costs nothing.
"""

from typing import Any

import numpy as np

from nas.data.dataset import Dataset, Part
from nas.data.source import SOURCES
from nas.task.task import LABELS, TARGETS


@SOURCES.register("digits")
def digits(seed: int) -> Dataset:
    """Handwritten digits, 1797 images of 8 x 8, 10 classes (UCI Optical Recognition of Handwritten Digits)."""
    from sklearn.datasets import load_digits

    bunch: Any = load_digits()
    images = bunch.images[..., np.newaxis]
    return Dataset("digits", _part(images, bunch.target), tuple(str(name) for name in bunch.target_names))


@SOURCES.register("breast_cancer")
def breast_cancer(seed: int) -> Dataset:
    """Measures of cell nuclei, 569 rows of 30 features, 2 classes (UCI Breast Cancer Wisconsin, Diagnostic)."""
    from sklearn.datasets import load_breast_cancer

    return _table("breast_cancer", load_breast_cancer())


@SOURCES.register("wine")
def wine(seed: int) -> Dataset:
    """Chemical analyses of wine, 178 rows of 13 features, 3 classes (UCI Wine)."""
    from sklearn.datasets import load_wine

    return _table("wine", load_wine())


@SOURCES.register("diabetes")
def diabetes(seed: int) -> Dataset:
    """Progression of diabetes after a year, 442 rows of 10 features, for regression (Efron et al., 2004)."""
    from sklearn.datasets import load_diabetes

    bunch: Any = load_diabetes(scaled=False)
    rows = Part(np.asarray(bunch.data, np.float32), np.asarray(bunch.target, np.float32)[:, np.newaxis])
    names = tuple(str(feature) for feature in bunch.feature_names)
    return Dataset("diabetes", rows, ("progression",), channel_names=names, task=TARGETS)


@SOURCES.register("faults")
def faults(seed: int) -> Dataset:
    """Simulated counts of events in a machine, 1500 rows of 12 counts, of which any of 4 faults may be the cause."""
    from sklearn.datasets import make_multilabel_classification

    counts, y = make_multilabel_classification(1500, 12, n_classes=4, length=60, random_state=seed)
    names = ("bearing", "belt", "pump", "valve")
    rows = Part(np.asarray(counts, np.float32), np.asarray(y, np.uint8))
    return Dataset("faults", rows, names, channel_names=tuple(f"count {n}" for n in range(12)), task=LABELS)


def _table(name: str, bunch: Any) -> Dataset:
    return Dataset(
        name,
        _part(bunch.data, bunch.target),
        tuple(str(label) for label in bunch.target_names),
        channel_names=tuple(str(feature) for feature in bunch.feature_names),
    )


def _part(x: Any, y: Any) -> Part:
    return Part(np.asarray(x, np.float32), np.asarray(y, np.int64))
