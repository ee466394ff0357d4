"""Checks of the values of channels: clipped, out of all proportion, or in other units in one part than in another."""

from collections.abc import Iterator, Mapping

import numpy as np

from nas.arrays import Array, Doubles, Floats
from nas.data.dataset import Dataset, Part
from nas.data.finding import Finding
from nas.signal.kind import Kind
from nas.text import percent

CLIPPED_SHARE = 0.01
"""A channel looks clipped if more of its values are at an extreme; within its range, a sensor seldom repeats one."""

CLIPPED_VALUES = 10
"""Fewer values at an extreme may be there by chance."""

PILED = 2
"""Values pile up at an extreme if there are more than this many times as many as at the nearest other value."""

MOST_STEPS, STEPS_AMONG = 32, 10_000
"""A channel with no more distinct values than this, among its first ones, is a switch or a counter, not clipped."""

USUAL_SHARE = 0.98
"""Outliers are compared with what this share of a channel's values keeps within."""

OUTLYING = 1000.0
"""An outlier is this many times as far from the median as the usual values."""

RUINOUS = 1e6
"""An outlier this far away leaves float32 no digits for the other values, once they are scaled."""

MARKS = frozenset(
    sign * mark for mark in (999, 9999, 99999, 999999, 32767, 32768, 65535, 2**31 - 1) for sign in (1, -1)
)
"""Values by which loggers say that there is no value."""

MARKED = 30.0
"""Such a value is an outlier if it is this many times as far from the median as the usual values."""

SAMPLED, SAMPLED_OF_A_CLASS = 200_000, 20_000
"""Values of a channel from which its usual range is measured, and those of one class from which its spread is."""

FEWEST_SPREAD = 20
"""Of fewer values of a class, the spread is not compared."""

OTHER_SCALE, OTHER_SCALE_ALONE = 4.0, 20.0
"""A part is at another scale if most channels spread this many times as wide as in train, or one channel alone."""


def clipped_channels(dataset: Dataset, parts: Mapping[str, Part]) -> Iterator[Finding]:
    """At the limits of a sensor, the shape of the signal is lost."""
    if dataset.kind != Kind.WINDOW:
        return
    x = parts["train"].x
    for index, channel in enumerate(x.reshape(-1, x.shape[-1]).T):
        share = sum(_clipped_share(channel, float(limit)) for limit in (channel.min(), channel.max()))
        if share and len(np.unique(channel[:STEPS_AMONG])) > MOST_STEPS:
            name = dataset.channel_name(index)
            values = f"{percent(share)} of its values are {channel.min():g} or {channel.max():g}"
            advice = "record with a wider range of the sensor, if it has one"
            yield Finding(name, f"{name} looks clipped: {values}", advice=advice)


def outliers(dataset: Dataset, parts: Mapping[str, Part]) -> Iterator[Finding]:
    """A few values by orders of magnitude too large decide the scaling, and all others become nearly equal."""
    if dataset.kind == Kind.IMAGE or dataset.is_as_recorded:
        return
    usual = _usual(parts["train"].x)
    far = {name: _outlying(usual, part.x) for name, part in parts.items()}
    for index in range(parts["train"].x.shape[-1]):
        places = {name: np.argwhere(found[..., index]) for name, found in far.items()}
        if any(len(rows) for rows in places.values()):
            yield _outlier(dataset, parts, index, places, float(usual[0, index]), float(usual[1, index]))


def outlying_rows(dataset: Dataset) -> dict[str, Array]:
    """Return for each part of the source which rows [n] hold outliers, or numbers that are not finite."""
    usual = _usual(dataset.train.x)
    return {
        name: np.asarray((_outlying(usual, part.x) | ~np.isfinite(part.x)).any(axis=tuple(range(1, part.x.ndim))))
        for name, part in dataset.parts().items()
    }


def other_scale(dataset: Dataset, parts: Mapping[str, Part]) -> Iterator[Finding]:
    """If one part is in g and another in m/s2, the answers for it are arbitrary."""
    for name, part in parts.items():
        if name == "train" or name not in dataset.parts():
            continue
        ratios = _spread_ratios(parts["train"], part)
        known = ratios[np.isfinite(ratios)]
        most = float(np.median(known)) if len(known) else 0.0
        if abs(most) > np.log(OTHER_SCALE):
            yield _scale_finding(name, "its values", most)
        elif dataset.kind == Kind.WINDOW:
            for index in np.flatnonzero(np.abs(np.nan_to_num(ratios)) > np.log(OTHER_SCALE_ALONE)):
                yield _scale_finding(name, dataset.channel_name(int(index)), float(ratios[index]))


def _clipped_share(channel: Floats, limit: float) -> float:
    """Return the share of values at a limit of a channel if they pile up there; else 0."""
    at = int((channel == limit).sum())
    if at < max(CLIPPED_VALUES, CLIPPED_SHARE / 2 * len(channel)):
        return 0.0
    rest = channel[channel != limit]
    nearest = rest[np.abs(rest - limit).argmin()] if len(rest) else limit
    return at / len(channel) if at > PILED * int((channel == nearest).sum()) else 0.0


def _usual(train: Floats) -> Doubles:
    """Return the median of each channel and the distance from it within which most values are [2, channels]."""
    flat = train.reshape(-1, train.shape[-1])
    sample = flat[:: len(flat) // SAMPLED + 1].astype(np.float64)
    sample = sample[np.isfinite(sample).all(axis=1)]
    if not len(sample):
        return np.repeat([[0.0], [np.inf]], flat.shape[1], axis=1)
    middle = np.median(sample, axis=0)
    distance = np.quantile(np.abs(sample - middle), USUAL_SHARE, axis=0)
    # Of a channel that hardly ever changes, a change is no outlier, unless it is enormous.
    return np.stack([middle, np.where(distance > 0, distance, np.maximum(np.abs(middle), 1.0))])


def _outlying(usual: Doubles, x: Floats) -> Array:
    """Return which values of `x` are outliers [..., channels], among its own values and those of train."""
    middle, distance = usual
    # A part at another scale has no outliers for that.
    distance = np.maximum(distance, _usual(x)[1])
    far = np.zeros(x.shape, bool)
    flat = x.reshape(-1, x.shape[-1])
    with np.errstate(invalid="ignore"):
        low, high = flat.min(axis=0), flat.max(axis=0)
        beyond = ~(np.maximum(middle - low, high - middle) <= MARKED * distance)
    for index in np.flatnonzero(beyond):
        values = x[..., index]
        times = np.abs(np.where(np.isfinite(values), values, middle[index]) - middle[index]) / distance[index]
        far[..., index] = (times > OUTLYING) | ((times > MARKED) & np.isin(values, list(MARKS)))
    return far


def _outlier(
    dataset: Dataset, parts: Mapping[str, Part], index: int, places: Mapping[str, Array], middle: float, distance: float
) -> Finding:
    found = {name: parts[name].x[..., index][tuple(rows.T)] for name, rows in places.items()}
    values = np.concatenate(list(found.values()))
    worst = float(values[np.abs(values - middle).argmax()])
    times = abs(worst - middle) / distance
    # The finals train on the rows of val too.
    ruinous = times > RUINOUS and any(len(found[name]) for name in found if name != "test")
    first = next(name for name, rows in places.items() if len(rows))
    row, *sample = places[first][0].tolist()
    where = f"row {row} of {first}" + (f", sample {sample[0]}" if sample else "")
    files = parts[first].recordings
    where += "" if files is None else f", from {dataset.recordings[files[row]]}"
    channel = dataset.channel_name(index)
    count = f"{len(values)} values of up to {worst:g}" if len(values) > 1 else f"a value of {worst:g}"
    effect = "; scaled by its deviation, all others become 0" if ruinous else ""
    return Finding(
        channel,
        f"{channel} has {count}, {times:.2g} times as far out as the others{effect}; the first is in {where}",
        is_error=ruinous and dataset.kind == Kind.WINDOW,
        options={"drop_outliers": True},
    )


def _spread_ratios(train: Part, part: Part) -> Doubles:
    """Return the log of how much wider each channel spreads in `part` than in `train`: the median over the classes.

    Classes are compared one by one, since a part may have more rows of lively ones. NaN where nothing spreads.
    """
    ratios = []
    for label in np.intersect1d(train.strata, part.strata):
        a, b = (_spread(p.x[p.strata == label]) for p in (part, train))
        if a is not None and b is not None:
            with np.errstate(divide="ignore", invalid="ignore"):
                ratios.append(np.where((a > 0) & (b > 0), np.log(a / b), np.nan))
    if not ratios:
        return np.full(train.x.shape[-1], np.nan)
    columns = [column[np.isfinite(column)] for column in np.stack(ratios).T]
    return np.array([np.median(column) if len(column) else np.nan for column in columns])


def _spread(x: Floats) -> Doubles | None:
    """Return the distance between the 10 % and the 90 % quantile of each channel; None of too few values."""
    flat = x.reshape(-1, x.shape[-1])
    if len(flat) < FEWEST_SPREAD:
        return None
    low, high = np.quantile(flat[:: len(flat) // SAMPLED_OF_A_CLASS + 1], [0.1, 0.9], axis=0)
    return np.asarray(high - low, np.float64)


def _scale_finding(name: str, what: str, log_ratio: float) -> Finding:
    factor = float(np.exp(abs(log_ratio)))
    words = f"{factor:.3g} times as {'wide' if log_ratio > 0 else 'narrow'} as in train"
    return Finding(
        f"x_{name}",
        f"{name} is at another scale: {what} spread {words}, compared class by class",
        advice=f"bring x_{name} to the units of x_train",
    )
