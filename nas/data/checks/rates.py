"""Checks of the sample rate: whether it is known, and whether the unit of a time column may be another."""

from collections.abc import Iterator, Mapping

from nas.data.dataset import Dataset, Part
from nas.data.finding import Finding
from nas.signal.kind import Kind

SLOWEST_HZ, FASTEST_HZ = 0.5, 20_000.0
"""Sensors that are searched with windows give rates between these, and the tables of loggers seldom others."""


def implausible_rates(dataset: Dataset, parts: Mapping[str, Part]) -> Iterator[Finding]:
    """Times in milliseconds that are taken for seconds give a thousandth of the rate."""
    rate = dataset.sample_rate_hz
    if dataset.kind != Kind.WINDOW or rate is None or dataset.is_as_recorded or SLOWEST_HZ <= rate <= FASTEST_HZ:
        return
    right, units = (rate * 1000, "milliseconds") if rate < SLOWEST_HZ else (rate / 1000, "seconds")
    text = f"the sample rate is {rate:g} Hz, which is rare"
    if not SLOWEST_HZ <= right <= FASTEST_HZ or not dataset.recordings:
        yield Finding("sample rate", text, advice="check the times, or the rate that was given")
        return
    short = "ms" if units == "milliseconds" else "s"
    yield Finding(
        "sample rate",
        f"{text}; is the column of times in {units}? Then it is {right:g} Hz",
        advice=f"if so, add --time-column NAME:{short} with the name of that column",
    )


def unknown_rates(dataset: Dataset, parts: Mapping[str, Part]) -> Iterator[Finding]:
    """Without a rate, recordings are taken as they are: a gap or another rate in one of them is not seen."""
    if dataset.kind == Kind.WINDOW and dataset.sample_rate_hz is None and dataset.recordings:
        yield Finding(
            "sample rate",
            "no column of times: all recordings are taken to have one rate, which is not known, and no gaps",
            advice="give the rate at which they were recorded: --rate-hz 50",
        )
