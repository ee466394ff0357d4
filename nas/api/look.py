"""Verbs that look at data, spaces and models."""

from nas.data.dataset import DataOptions
from nas.data.source import load
from nas.data.splits import Splits, split
from nas.study.study import Study


def read_splits(study: Study) -> Splits:
    """Load and split a study's data; InputError for data that cannot be searched on."""
    options = DataOptions(window=study.window, stride=study.stride, rate_hz=study.rate_hz)
    return split(load(study.data, seed=study.seed, options=options), study.seed, options)
