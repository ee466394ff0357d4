"""What a front-end costs on a device, for one row of data."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DeviceCost:
    """Bytes and instructions.

    Attributes:
        ram_bytes: what is kept between samples, the work of a frame, and the features that the network reads.
        table_bytes: constants in flash.
        code_bytes: of the functions, with what they need of the compiler's own library.
        instructions: for all frames of a row; None on a core that they were not counted on.
        stack_bytes: the most that the functions need below their caller, which is free again while the network runs; 0
            on a core where it was not measured.
    """

    ram_bytes: int = 0
    table_bytes: int = 0
    code_bytes: int = 0
    instructions: float | None = 0.0
    stack_bytes: int = 0

    @property
    def flash_bytes(self) -> int:
        """Constants and functions."""
        return self.table_bytes + self.code_bytes


# Cores that run the same instructions, or differ little in what a front-end's C needs.
_LIKE: Mapping[str, str] = {"cortex-m0": "cortex-m0plus", "cortex-m3": "cortex-m4", "cortex-m33": "cortex-m4"}


def code_of_core(counted: Mapping[str, int], core: str) -> int:
    """Return the bytes of functions on a core; on one without figures, the most of any core of 32 bits."""
    return counted.get(core, max(size for name, size in counted.items() if name != "avr"))


def on_avr(core: str, avr_bytes: int) -> int:
    """Return what an AVR alone needs, or what was measured there alone.

    Structures of settings take RAM there: it reads tables from flash, which are declared with `__flash`, and nothing
    else. Other cores read both from flash.
    """
    return avr_bytes if core == "avr" else 0


def counted_instructions(counted: Mapping[str, tuple[float, ...]], terms: tuple[float, ...], core: str) -> float | None:
    """Return the sum of the counted instructions of each term; None on a core that they were not counted on."""
    found = counted.get(_LIKE.get(core, core))
    return None if found is None else sum(a * b for a, b in zip(found, terms, strict=True))
