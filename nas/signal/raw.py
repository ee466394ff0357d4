"""The front-end that computes nothing."""

from dataclasses import dataclass

from nas.arrays import Array
from nas.signal.device_cost import DeviceCost
from nas.signal.front_end import FRONT_ENDS, FrontEnd


@FRONT_ENDS.register("raw")
@dataclass(frozen=True, slots=True)
class Raw(FrontEnd):
    """The rows as they are: the network reads samples."""

    def shape(self, row_shape: tuple[int, ...]) -> tuple[int, ...]:
        return row_shape

    def apply(self, x: Array) -> Array:
        return x

    def channel_names(self, names: tuple[str, ...]) -> tuple[str, ...]:
        return names

    def macs(self, row_shape: tuple[int, ...]) -> int | None:
        return 0

    def cost(self, row_shape: tuple[int, ...], core: str) -> DeviceCost:
        return DeviceCost()


RAW = Raw()
