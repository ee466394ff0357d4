"""The sample rate that recordings have in common."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from nas.data.windows import Recording
from nas.errors import InputError

TOLERANCE = 0.02
"""Recordings whose rates differ by at most this share count as one rate, as clocks of equal devices differ by less."""

MOST_TIMES = 100
"""A rate this many times as high as that of a recording adds no information, only memory."""


class Timed(Protocol):
    """A recording and where it comes from."""

    @property
    def place(self) -> str: ...

    @property
    def recording(self) -> Recording: ...


def common_rate(takes: Sequence[Timed]) -> float | None:
    """Return the median rate of the recordings; None if none of them has times.

    Raises:
        InputError: the rates differ; it names them and a recording of each.
    """
    known = [(rate, take.place) for take in takes if (rate := take.recording.rate_hz) is not None]
    if not known:
        return None
    common = float(f"{np.median([rate for rate, _ in known]):.4g}")
    if all(abs(rate / common - 1) <= TOLERANCE for rate, _ in known):
        return common
    kinds: list[list[tuple[float, str]]] = []
    for rate, place in sorted(known):
        if not kinds or rate > kinds[-1][0][0] * (1 + TOLERANCE):
            kinds.append([])
        kinds[-1].append((rate, place))
    told = "; ".join(f"{kind[0][0]:g} Hz in {len(kind)}, such as {kind[0][1]}" for kind in kinds[:4])
    most = max(kinds, key=len)[0][0]
    raise InputError(
        "sample rate",
        "recordings must have one rate",
        got=told + (f"; and {len(kinds) - 4} more rates" if len(kinds) > 4 else ""),
        hint=f"give --rate-hz {most:g} to resample all",
    )


def check_rate(takes: Sequence[Timed], rate_hz: float) -> None:
    """Raise InputError if a recording had to be resampled to far more samples than it has."""
    for take in takes:
        own = take.recording.rate_hz
        if own is not None and rate_hz > MOST_TIMES * own:
            raise InputError(
                "--rate-hz",
                f"must be at most {MOST_TIMES} times the rate of {take.place}, {own:g} Hz",
                got=f"{rate_hz:g}",
            )
