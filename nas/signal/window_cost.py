"""What front-ends of windows cost alike: the window that is kept, the factors of its features, and the features."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from nas.signal.device_cost import DeviceCost, code_of_core, counted_instructions, on_avr
from nas.signal.transform_cost import words
from nas.signal.window_front_end import WindowFrontEnd

WINDOWS_BYTES = 32
"""sizeof(nas_windows), with 4-byte pointers."""

# A factor and a summand of 8 bytes for each feature of a frame.
_FACTOR_BYTES = 16

# Of the number of steps that the window has.
_STATE_BYTES = 4


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted of a front-end's functions, by core.

    Attributes:
        instructions: of each term that they grow with.
        code_bytes: with what they call of the compiler's own library.
        avr_settings_bytes: of the structure of settings on an AVR, which has it in RAM.
        avr_stack_bytes: the most stack on an AVR, measured in simavr, and some bytes more.
    """

    instructions: Mapping[str, tuple[float, ...]]
    code_bytes: Mapping[str, int]
    avr_settings_bytes: int
    avr_stack_bytes: int

    def cost(self, core: str, ram: int, tables: int, terms: tuple[float, ...]) -> DeviceCost:
        """Return the cost of one window, given its bytes of RAM and of tables."""
        return DeviceCost(
            ram_bytes=ram + on_avr(core, self.avr_settings_bytes),
            table_bytes=tables,
            code_bytes=code_of_core(self.code_bytes, core),
            instructions=counted_instructions(self.instructions, terms, core),
            stack_bytes=on_avr(core, self.avr_stack_bytes),
        )


def ram_bytes(front_end: WindowFrontEnd, row_shape: tuple[int, ...], work_bytes: int = 0) -> int:
    """Return the bytes of the window's samples, the features as the network's input, and the work of a frame."""
    samples, features = words(2 * math.prod(row_shape)), words(math.prod(front_end.shape(row_shape)))
    # Linkers end the RAM's sections where a stack may begin.
    return (samples + features + words(work_bytes) + _STATE_BYTES + 7) // 8 * 8


def table_bytes(front_end: WindowFrontEnd, row_shape: tuple[int, ...]) -> int:
    """Return the bytes of the settings, and of the factors that samples and features are made by."""
    return WINDOWS_BYTES + _FACTOR_BYTES * front_end.shape(row_shape)[1] + words(row_shape[1])
