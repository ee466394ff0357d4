"""The channels that are the x, y and z axes of one sensor."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from nas.data.prepared import Prepared
from nas.signal.kind import Kind

Triple = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Axes:
    """Channels of windows that are the components of vectors in space.

    Attributes:
        triples: positions of the channels x, y and z of each sensor.
        mean: mean of every channel in units, and `std` its standard deviation, by which the rows were scaled.
    """

    triples: tuple[Triple, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]


def find_axes(data: Prepared) -> Axes | None:
    """Return the sensor axes among the channels of windows; None if no channel names end in x, y and z."""
    found = triples(data.channel_names) if Kind.of(data.row_shape) == Kind.WINDOW else ()
    return Axes(found, data.scaling.mean, data.scaling.std) if found else None


def triples(names: Sequence[str]) -> tuple[Triple, ...]:
    """Return the channels whose names are equal up to the last letter, x, y or z: `acc_x`, `acc_y`, `acc_z`."""
    sensors: dict[str, dict[str, int]] = defaultdict(dict)
    for channel, name in enumerate(names):
        sensors[name[:-1].lower()][name[-1:].lower()] = channel
    return tuple((s["x"], s["y"], s["z"]) for s in sensors.values() if {"x", "y", "z"} <= s.keys())
