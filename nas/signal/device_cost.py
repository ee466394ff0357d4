"""What a front-end costs on a device, for one row of data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DeviceCost:
    """Bytes and instructions.

    Attributes:
        ram_bytes: what is kept between samples, the work of a frame, and the features that the network reads.
        table_bytes: constants in flash.
        code_bytes: of the functions, with what they need of the compiler's own library.
        instructions: for all frames of a row; None on a core that they were not counted on.
    """

    ram_bytes: int = 0
    table_bytes: int = 0
    code_bytes: int = 0
    instructions: float | None = 0.0

    @property
    def flash_bytes(self) -> int:
        """Constants and functions."""
        return self.table_bytes + self.code_bytes
