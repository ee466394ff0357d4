"""What spectra cost on a device: bytes from the sizes of buffers and tables, instructions from counts.

The counts are those of `benchmarks/window_front_ends.py`, whose page tells the error.
"""

from nas.signal.device_cost import DeviceCost
from nas.signal.mel_tables import Bank
from nas.signal.transform_cost import live, size_of, transform_bytes, transform_terms, words
from nas.signal.window_cost import Counted, ram_bytes, table_bytes
from nas.signal.window_front_end import WindowFrontEnd

# Instructions of each term of `spectrum_terms`, and bytes of the functions, by the cores that were counted.
_COUNTED = Counted(
    instructions={
        "cortex-m0plus": (
            319.97, 50.88, 54.96, 949.04, 59.37, 0.00, 27.56, 45.93,
            67.06, 204.50, 271.59, 418.02, 27.31, 15.57, 97.76,
        ),
        "cortex-m4": (
            394.92, 51.35, 34.18, 435.14, 40.89, 0.00, 17.73, 28.96,
            51.62, 73.66, 84.01, 198.98, 5.78, 2.48, 34.97,
        ),
    },
    code_bytes={
        "cortex-m0": 4416,
        "cortex-m0plus": 4416,
        "cortex-m3": 3668,
        "cortex-m4": 3704,
        "cortex-m7": 3736,
        "cortex-m33": 3640,
        "avr": 10574,
    },
    avr_settings_bytes=72,
    avr_stack_bytes=380,
)  # fmt: skip

# Of the addresses of a frame's work and values.
_WORK_POINTERS_BYTES = 8


def spectrum_cost(front_end: WindowFrontEnd, row_shape: tuple[int, ...], bank: Bank, core: str) -> DeviceCost:
    """Return the cost of one window, given the filter bank of a frame."""
    length = front_end.frames(row_shape[0]).length
    size = size_of(length)
    work = words(2 * (length + size + 2)) + 4 * len(front_end.values)
    made = transform_bytes(length, size, bank)
    tables = table_bytes(front_end, row_shape) + made + _WORK_POINTERS_BYTES
    terms = spectrum_terms(front_end, row_shape, bank)
    return _COUNTED.cost(core, ram_bytes(front_end, row_shape, work), tables, terms)


def spectrum_terms(front_end: WindowFrontEnd, row_shape: tuple[int, ...], bank: Bank) -> tuple[float, ...]:
    """Return what the instructions of a window grow with."""
    frames, channels = front_end.frames(row_shape[0]), row_shape[1]
    spectra = frames.count * channels
    size = size_of(frames.length)
    log = bool(front_end.to_json()["log"])
    per_spectrum = (1, frames.length, *transform_terms(size, bank), len(front_end.values) * log, live(bank) * log)
    return (1, row_shape[0], row_shape[0] * channels, *(spectra * term for term in per_spectrum))
