"""Checks of the axes of windows: [n, time, channels], and not [n, channels, time]."""

from collections.abc import Iterator, Mapping

from nas.data.dataset import Dataset, Part
from nas.data.finding import Finding
from nas.data.row_kind import roughness
from nas.signal.kind import Kind

FLAT = 4
"""Windows with this many times as many channels as samples look swapped, unless they are smooth in time."""

SMOOTHER = 0.5
"""Rows are smooth along an axis if they are no rougher along it than this share of their roughness along the other."""


def swapped_axes(dataset: Dataset, parts: Mapping[str, Part]) -> Iterator[Finding]:
    """Convolutions over channels in place of time learn little, and the firmware would feed the wrong numbers."""
    if dataset.kind != Kind.WINDOW:
        return
    time, channels = dataset.train.x.shape[1:]
    smoother = roughness(dataset.train.x, 1) < SMOOTHER * roughness(dataset.train.x, 2)
    looks_flat = channels >= FLAT * time and not (dataset.channel_names and smoother)
    if time < channels and (looks_flat or roughness(dataset.train.x, 2) < SMOOTHER * roughness(dataset.train.x, 1)):
        yield Finding(
            "x_train",
            f"windows are read as {time} samples of {channels} channels; if they are {channels} samples of {time} "
            "channels, the axes are swapped",
            options={"channels_first": True},
        )
