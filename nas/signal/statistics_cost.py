"""What statistics cost on a device: bytes from the sizes of buffers and tables, instructions from counts.

The counts are those of `benchmarks/window_front_ends.py`, whose page tells the error.
"""

import math

from nas.signal.device_cost import DeviceCost
from nas.signal.window_cost import Counted, ram_bytes, table_bytes
from nas.signal.window_front_end import WindowFrontEnd

# Of the set of statistics.
_WANTED_BYTES = 4

# Instructions of each term of `statistics_terms`, and bytes of the functions, by the cores that were counted.
_COUNTED = Counted(
    instructions={
        "cortex-m0plus": (
            490.28, 52.18, 79.94, 197.53, 121.86, 2467.52, 1310.88, 794.53,
            726.36, 173.86, 95.34, 0.00, 16.47, 12.64, 156.37,
        ),
        "cortex-m4": (
            162.12, 54.23, 26.61, 61.03, 36.11, 605.80, 455.66, 250.33,
            121.56, 8.56, 11.17, 26.90, 11.67, 10.29, 23.45,
        ),
    },
    code_bytes={
        "cortex-m0": 4768,
        "cortex-m0plus": 4768,
        "cortex-m3": 3520,
        "cortex-m4": 3572,
        "cortex-m7": 3592,
        "cortex-m33": 3568,
        "avr": 6238,
    },
    avr_settings_bytes=26,
    avr_stack_bytes=280,
)  # fmt: skip


def statistics_cost(front_end: WindowFrontEnd, row_shape: tuple[int, ...], core: str) -> DeviceCost:
    """Return the cost of one window."""
    tables = table_bytes(front_end, row_shape) + _WANTED_BYTES
    return _COUNTED.cost(core, ram_bytes(front_end, row_shape), tables, statistics_terms(front_end, row_shape))


def statistics_terms(front_end: WindowFrontEnd, row_shape: tuple[int, ...]) -> tuple[float, ...]:
    """Return what the instructions of a window grow with."""
    frames, channels = front_end.frames(row_shape[0]), row_shape[1]
    stretches, wanted = frames.count * channels, set(front_end.values)
    samples = stretches * frames.length
    digits = stretches * math.log2(frames.length)  # of roots and quotients
    powers = bool(wanted & {"skewness", "kurtosis"})
    spread = powers or bool(wanted & {"standard_deviation", "peaks"})
    return (
        1,
        row_shape[0],
        row_shape[0] * channels,
        stretches,
        stretches * len(wanted),
        stretches * spread,
        stretches * ("rms" in wanted),
        stretches * ("crest_factor" in wanted),
        stretches * powers,
        stretches * ("kurtosis" in wanted),
        digits * (("skewness" in wanted) + ("kurtosis" in wanted)),
        samples,
        samples * ("zero_crossings" in wanted),
        samples * ("peaks" in wanted),
        samples * powers,
    )
