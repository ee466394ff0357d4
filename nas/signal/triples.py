"""The names of channels that are the x, y and z of one sensor."""

from collections import defaultdict
from collections.abc import Sequence

Triple = tuple[int, int, int]


def triples(names: Sequence[str]) -> tuple[Triple, ...]:
    """Return the channels whose names are equal up to the last letter, x, y or z: `acc_x`, `acc_y`, `acc_z`."""
    sensors: dict[str, dict[str, int]] = defaultdict(dict)
    for channel, name in enumerate(names):
        sensors[name[:-1].lower()][name[-1:].lower()] = channel
    return tuple((s["x"], s["y"], s["z"]) for s in sensors.values() if {"x", "y", "z"} <= s.keys())
