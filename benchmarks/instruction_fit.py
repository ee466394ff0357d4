"""Fit instructions to counts: how many each term takes, none below 0, with the least relative error."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls

from nas.arrays import Floats


@dataclass(frozen=True)
class Fit:
    """What was fitted to counts.

    Attributes:
        factors: the instructions of each term, fitted to all counts.
        errors: how far these factors are from each count, as a share of it.
        held_out: the same of every second count, by factors that were fitted to the others.
    """

    factors: Floats
    errors: Floats
    held_out: Floats

    @property
    def row(self) -> str:
        """The factors as the tables in nas/signal have them."""
        return f"({', '.join(f'{value:.2f}' for value in self.factors)})"


def fit(terms: list[tuple[float, ...]], counts: list[float]) -> Fit:
    """Return the fit of counts [n] to terms [n, number of terms]."""
    x, y = np.array(terms, float), np.array(counts)
    half = np.arange(len(y)) % 2 == 0
    factors = _factors(x, y)
    errors, held_out = x @ factors / y - 1, x @ _factors(x[half], y[half]) / y - 1
    return Fit(factors, np.abs(errors), np.abs(held_out[~half]))


def _factors(x: Floats, y: Floats) -> Floats:
    return np.asarray(nnls(x / y[:, None], np.ones(len(y)))[0])
