"""The contract of front-ends: the stage of a model that turns raw rows into the features that the network reads."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from nas.arrays import Array
from nas.codec import Place, from_data, to_data
from nas.errors import InputError
from nas.registry import Registry
from nas.signal.device_cost import DeviceCost


@dataclass(frozen=True, slots=True)
class FrontEnd(ABC):
    """A fixed computation before the network. Its fields are its settings, so equal settings make equal front-ends.

    Life cycle: belongs to an architecture. `shape` gives the network's input shape before anything is computed.
    `nas.data.prepared.prepare` lets it learn from the training rows what it has to (`fitted`), applies it to all rows
    and then fits the scaling to its features.

    To add one: write a file in `nas/signal/` with a subclass of this dataclass, registered in FRONT_ENDS.
    """

    OTHER_NAMES: ClassVar[Mapping[str, str]] = {}
    """Names that files may use in place of a setting's own."""
    TOGETHER: ClassVar[tuple[frozenset[str], ...]] = ()
    """For each rule on several settings, those that it reads; empty where any of them may be at odds."""
    KEEPS_FEATURES: ClassVar[bool] = True
    """Whether the device keeps features for later answers; if not, it writes them where the network reads its input."""

    @classmethod
    def learned(cls, x: Array, spare_bits: int = 0) -> Mapping[str, Any]:
        """Return the settings that are learned from training rows [n, *row_shape], if any; not from other rows.

        Args:
            x: the rows.
            spare_bits: by how many powers of two the samples of later rows may exceed theirs.
        """
        return {}

    def fitted(self, x: Array, spare_bits: int = 0) -> "FrontEnd":
        """Return this front-end with what it learns from training rows, unless it has it already; see `learned`."""
        return self

    @abstractmethod
    def shape(self, row_shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return the shape of a row's features; InputError for rows that this front-end cannot take."""

    @property
    def rate_hz(self) -> float | None:
        """Samples a second that rows must have; None for any."""
        return None

    @abstractmethod
    def apply(self, x: Array) -> Array:
        """Return the features [n, *shape] of rows [n, *row_shape], in units or as they were recorded.

        Each row is computed on its own. Needs what `fitted` learns.
        """

    @abstractmethod
    def channel_names(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Return the names of the features' channels, given those of the rows' channels; empty for no names."""

    @abstractmethod
    def macs(self, row_shape: tuple[int, ...]) -> int | None:
        """Return the multiply-accumulates for one row on the device; None if unknown."""

    @abstractmethod
    def cost(self, row_shape: tuple[int, ...], core: str) -> DeviceCost:
        """Return what one row costs on a device with this core."""

    def row_of(self, frames: int, row_shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return the shape of a row with so many frames; the whole row for a front-end that needs it at once."""
        return row_shape

    def to_json(self) -> dict[str, Any]:
        """Return the registered name and the settings."""
        name = next(name for name, kind in FRONT_ENDS.items() if kind is type(self))
        return {"front_end": name, **to_data(self)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any], place: Place) -> Self:
        """Read settings under their own or other names; InputError at `place` for an unknown one or a wrong value."""
        return from_data(cls, cls.own_names(data, str(place)), place)

    @classmethod
    def own_names(cls, table: Mapping[str, Any], place: str) -> dict[str, Any]:
        """Return a table under the settings' own names; InputError at `place` if it has one of them twice."""
        named = {cls.OTHER_NAMES.get(key, key): value for key, value in table.items()}
        if len(named) < len(table):
            raise InputError(place, "must give each setting once", got=", ".join(sorted(table)))
        return named


FRONT_ENDS: Registry[type[FrontEnd]] = Registry("front-end", "nas.signal")
"""Front-ends by name."""


def require_rows(
    front_end: FrontEnd, row_shape: tuple[int, ...], rate_hz: float | None, source: object, *, otherwise: str = ""
) -> None:
    """Raise an InputError if rows of this shape and rate cannot go through a front-end.

    `otherwise` is what else could be done about another rate, for the hint.
    """
    wanted = front_end.rate_hz
    if wanted is not None and rate_hz is not None and rate_hz != wanted:
        raise InputError(
            f"{source}: sample_rate_hz",
            f"must be the {wanted:g} Hz of the front-end",
            got=f"{rate_hz:g} Hz",
            hint=f"resample with --rate-hz {wanted:g}{otherwise}",
        )
    front_end.shape(row_shape)


def read_front_end(data: Any, place: str) -> FrontEnd:
    """Read the `to_json()` of a front-end; InputError at `place` for anything else."""
    if not isinstance(data, Mapping) or "front_end" not in data:
        raise InputError(place, "must be a table with the key front_end", got=data)
    kind = FRONT_ENDS.find(str(data["front_end"]), place)
    return kind.from_json({key: value for key, value in data.items() if key != "front_end"}, Place(place))
