"""Which channels are the three axes of one sensor."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from nas.data.splits import Splits

Triple = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Axes:
    """Channels of windows that are vectors in space.

    Attributes:
        triples: numbers of the channels x, y and z of each sensor.
        mean: of every channel, in units; `std` likewise: rows are scaled by them.
    """

    triples: tuple[Triple, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]


def axes(splits: Splits) -> Axes | None:
    """Return the axes among the channels of windows, None if there are none that their names tell."""
    found = triples(splits.channel_names) if splits.kind == "series" else ()
    return Axes(found, splits.scaling.mean, splits.scaling.std) if found else None


def triples(names: Sequence[str]) -> tuple[Triple, ...]:
    """Return the channels whose names differ in a last letter x, y, z alone, such as `acc_x`, `acc_y`, `acc_z`."""
    sensors: dict[str, dict[str, int]] = defaultdict(dict)
    for channel, name in enumerate(names):
        sensors[name[:-1].lower()][name[-1:].lower()] = channel
    return tuple((s["x"], s["y"], s["z"]) for s in sensors.values() if {"x", "y", "z"} <= s.keys())
