"""A check for groups that were recorded in other units: one person in m/s2, the others in g."""

from collections.abc import Iterator, Mapping

import numpy as np

from nas.arrays import Doubles, Floats
from nas.data.dataset import Dataset, Part
from nas.data.finding import Finding
from nas.signal.kind import Kind

FACTORS = {
    9.80665: "m/s2 against g",
    57.29578: "degrees against radians",
    1000.0: "such as mg against g",
    100.0: "such as uT against gauss",
}
"""What units that are often mixed up differ by."""

TOLERANCE = 0.2
"""A group whose values spread this near to a known factor is told with it; people differ by about as much."""

WIDER = 5.0
"""A group is at another scale if all its channels spread this many times as wide, or as narrow, as the others."""

FEWEST = 3
"""From fewer groups it is not clear which one is at another scale."""

SAMPLED = 20_000
"""Values of a channel of a group from which its spread is measured."""


def units_of_groups(dataset: Dataset, parts: Mapping[str, Part]) -> Iterator[Finding]:
    """A group in other units is learned as other movements, and the answers for it are arbitrary."""
    # Speakers are louder or softer, or nearer to the microphone.
    if dataset.kind != Kind.WINDOW or dataset.train.groups is None or dataset.is_as_recorded:
        return
    for group, factor in _other_scales(dataset):
        times = f"{factor:.3g} times as wide" if factor > 1 else f"{1 / factor:.3g} times as narrow"
        known = next((words for k, words in FACTORS.items() if abs(max(factor, 1 / factor) / k - 1) < TOLERANCE), "")
        yield Finding(
            f"group {group}",
            f"group {group} is at another scale: all its channels spread {times} as in the other groups"
            f"{f' ({known})' if known else ''}",
            advice=f"bring the recordings of {group} to the units of the others",
        )


def _other_scales(dataset: Dataset) -> Iterator[tuple[str, float]]:
    """Yield each group at another scale with its factor: the median over the channels."""
    names, which = np.unique(np.asarray(dataset.train.groups), return_inverse=True)
    if len(names) < FEWEST:
        return
    spreads = np.stack([_spread(dataset.train.x[which == group]) for group in range(len(names))])
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(spreads / np.median(spreads, axis=0))
    for name, ratios in zip(names.tolist(), logs, strict=True):
        known = ratios[np.isfinite(ratios)]
        if len(known) and (bool((known > np.log(WIDER)).all()) or bool((known < -np.log(WIDER)).all())):
            yield str(name), float(np.exp(np.median(known)))


def _spread(x: Floats) -> Doubles:
    """Return the distance between the 10 % and the 90 % quantile of each channel."""
    flat = x.reshape(-1, x.shape[-1])
    low, high = np.quantile(flat[:: len(flat) // SAMPLED + 1], [0.1, 0.9], axis=0)
    return np.asarray(high - low, np.float64)
