"""The channels that are the x, y and z axes of one sensor."""

from dataclasses import dataclass

from nas.data.prepared import Prepared
from nas.signal.kind import Kind
from nas.signal.triples import Triple, triples


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
