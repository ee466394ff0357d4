"""What the mel front-end costs on a device: bytes from the sizes of its tables and buffers, instructions from counts.

The counts are those of `benchmarks/front_end_cores.py`: the C compiled by gcc 12.2 -O2, run under QEMU, fitted by
`benchmarks/front_end_fit.py`, whose page tells the error.
"""

from collections.abc import Mapping
from functools import lru_cache

from nas.signal.cepstrum_cost import AVR_SETTINGS_BYTES as AVR_CEPSTRUM_BYTES
from nas.signal.cepstrum_cost import cepstrum_bytes, cepstrum_code_bytes, cepstrum_instructions
from nas.signal.device_cost import DeviceCost, code_of_core, counted_instructions, on_avr
from nas.signal.mel_settings import MelSettings
from nas.signal.transform_cost import live, transform_bytes, transform_macs, transform_terms, words

# sizeof(nas_front_end_state), whose initial values lie in flash too, with 4-byte pointers.
_STATE_BYTES = 32
# sizeof(nas_front_end) on an AVR, which has it in RAM.
_AVR_SETTINGS_BYTES = 46
# The most stack there, measured in simavr (387), and some bytes more.
_AVR_STACK_BYTES = 390

# Instructions of each term of `terms`, by the cores that were counted.
_INSTRUCTIONS: Mapping[str, tuple[float, ...]] = {
    "cortex-m0plus": (
        1567.64, 36.16, 47.79, 32.97, 45.53, 44.30, 1.76, 34.41,
        738.29, 15.14, 127.42, 77.98, 11.51, 49.76, 30.69, 22.94,
    ),
    "cortex-m4": (
        697.27, 25.21, 37.25, 19.00, 26.63, 20.05, 18.42, 33.54,
        280.27, 5.90, 19.87, 21.11, 18.26, 22.06, 6.89, 14.47,
    ),
}  # fmt: skip
# The functions with the table of logarithms, and what they call of the compiler's library.
_CODE_BYTES: Mapping[str, int] = {
    "cortex-m0": 4764,
    "cortex-m0plus": 4764,
    "cortex-m3": 3948,
    "cortex-m4": 3904,
    "cortex-m7": 3892,
    "cortex-m33": 4000,
    "avr": 11314,  # gcc 5.4 -Os
}


# What joins front-end and network beside the steps of `joining_table_bytes`: the functions of the exported
# `NAME_listen.c`, linked with the front-end, for a network with one channel and for one whose channels are frequencies.
_JOINING_BYTES: Mapping[str, tuple[int, int]] = {
    "cortex-m0": (428, 450),
    "cortex-m0plus": (428, 450),
    "cortex-m3": (136, 176),
    "cortex-m4": (204, 258),
    "cortex-m7": (226, 272),
    "cortex-m33": (32, 72),
    "avr": (448, 566),
}
# The instructions of these functions: for a frame, and for each of its channels; an answer every fifth of a window.
_JOINING_INSTRUCTIONS: tuple[Mapping[str, tuple[float, ...]], ...] = (
    {"cortex-m0plus": (80, 62.2), "cortex-m4": (42, 15.7)},
    {"cortex-m0plus": (77, 66.4), "cortex-m4": (108, 17.9)},
)
# Frames in the window, as a word.
_COUNTER_BYTES = 4


@lru_cache(maxsize=4096)
def mel_cost(front_end: MelSettings, frames: int, microphones: int, core: str) -> DeviceCost:
    """Return the cost of so many frames of each microphone; the features of all of them are kept as int8."""
    channels, coefficients = front_end.filterbank_n_channels, front_end.mfcc_coefficients
    buffers = microphones * ram_bytes(front_end) + words(microphones * frames * front_end.numbers)
    settings = on_avr(core, _AVR_SETTINGS_BYTES + AVR_CEPSTRUM_BYTES * (coefficients > 0))
    return DeviceCost(
        ram_bytes=buffers + words(2 * channels) + words(2 * coefficients) + _COUNTER_BYTES + settings,
        table_bytes=table_bytes(front_end)
        + cepstrum_bytes(front_end)
        + (microphones - 1) * _STATE_BYTES
        + joining_table_bytes(front_end),
        code_bytes=code_bytes(core) + cepstrum_code_bytes(front_end, core) + joining_code_bytes(front_end, core),
        instructions=_of_row(front_end, frames * microphones, core),
        stack_bytes=on_avr(core, _AVR_STACK_BYTES),
    )


def _of_row(front_end: MelSettings, frames: int, core: str) -> float | None:
    joining = _JOINING_INSTRUCTIONS[front_end.frequencies_are_channels]
    counted = instructions(front_end, core)
    transformed = cepstrum_instructions(front_end, core)
    beside = counted_instructions(joining, (1, front_end.numbers), core)
    if counted is None or transformed is None or beside is None:
        return None
    return frames * (counted + transformed + beside)


def code_bytes(core: str) -> int:
    """Return the bytes of the front-end's functions; on a core without figures, those of the largest."""
    return code_of_core(_CODE_BYTES, core)


def joining_code_bytes(front_end: MelSettings, core: str) -> int:
    """Return the bytes of the functions that turn features into the network's input and keep the newest frames."""
    which = front_end.frequencies_are_channels
    return code_of_core({name: sizes[which] for name, sizes in _JOINING_BYTES.items()}, core)


def joining_table_bytes(front_end: MelSettings) -> int:
    """Return the bytes of the factor and the summand of each of the network's channels."""
    return 16 * (front_end.numbers if front_end.frequencies_are_channels else 1)


@lru_cache(maxsize=4096)
def mel_macs(front_end: MelSettings, frames: int) -> int:
    """Return the multiply-accumulates of so many frames."""
    cosine = front_end.mfcc_coefficients * front_end.filterbank_n_channels
    return frames * (transform_macs(front_end.window, front_end.size, front_end.bank) + cosine)


def ram_bytes(front_end: MelSettings) -> int:
    """Return the bytes of the state and its buffers."""
    means = front_end.filterbank_n_channels if front_end.noise_reduction_enable else 0
    return words(2 * front_end.window) + words(2 * (front_end.size + 2)) + 4 * means + _STATE_BYTES


def table_bytes(front_end: MelSettings) -> int:
    """Return the bytes of all constants."""
    gains = 252 if front_end.pcan_enable else 0
    return transform_bytes(front_end.window, front_end.size, front_end.bank) + gains + _STATE_BYTES


def terms(front_end: MelSettings) -> tuple[float, ...]:
    """Return what the instructions of a frame grow with; channels without a bin of their own cost less."""
    channels, bands = front_end.filterbank_n_channels, live(front_end.bank)
    return (
        1,
        front_end.window,
        *transform_terms(front_end.size, front_end.bank),
        channels * front_end.noise_reduction_enable,
        channels * front_end.pcan_enable,
        bands * front_end.pcan_enable,
        channels * front_end.log_scale_enable,
        bands * front_end.log_scale_enable,
        front_end.step * front_end.dc_notch_filter_enable,
    )


def instructions(front_end: MelSettings, core: str) -> float | None:
    """Return the instructions of a frame up to its features; None on a core that they were not counted on."""
    return counted_instructions(_INSTRUCTIONS, terms(front_end), core)
