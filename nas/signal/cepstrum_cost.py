"""What cepstral coefficients cost on a device beside the log-mel features that they are made of.

The instructions are those of `benchmarks/cepstrum_cores.py`, whose figures are in `benchmarks/front_end_cores.md`.
"""

from collections.abc import Mapping

from nas.signal.device_cost import code_of_core, counted_instructions
from nas.signal.mel_settings import MelSettings
from nas.signal.transform_cost import words

# Instructions of each term of `cepstrum_terms`, by the cores that were counted.
_INSTRUCTIONS: Mapping[str, tuple[float, ...]] = {
    "cortex-m0plus": (110.23, 106.62, 16.93),
    "cortex-m4": (40.87, 48.84, 10.49),
}
# The function as gcc 12.2 -O2 compiles it, and the line of the exported `listen.c` that calls it.
_CODE_BYTES: Mapping[str, int] = {
    "cortex-m0": 476,
    "cortex-m0plus": 476,
    "cortex-m3": 388,
    "cortex-m4": 380,
    "cortex-m7": 396,
    "cortex-m33": 388,
    "avr": 908,  # gcc 5.4 -Os
}

# sizeof(nas_cepstrum), with 4-byte pointers.
_SETTINGS_BYTES = 16
AVR_SETTINGS_BYTES = 10
"""The same on an AVR."""


def cepstrum_bytes(front_end: MelSettings) -> int:
    """Return the bytes of the constants; 0 without coefficients, as the other functions do."""
    cosines, scales = words(2 * (2 * front_end.filterbank_n_channels + 1)), 4 * front_end.mfcc_coefficients
    return _SETTINGS_BYTES + cosines + scales if front_end.mfcc_coefficients else 0


def cepstrum_code_bytes(front_end: MelSettings, core: str) -> int:
    """Return the bytes of the function; on a core without figures, those of the largest."""
    return code_of_core(_CODE_BYTES, core) if front_end.mfcc_coefficients else 0


def cepstrum_terms(front_end: MelSettings) -> tuple[float, ...]:
    """Return what the instructions of a frame grow with."""
    count = front_end.mfcc_coefficients
    return (float(count > 0), count, count * front_end.filterbank_n_channels)


def cepstrum_instructions(front_end: MelSettings, core: str) -> float | None:
    """Return the instructions of a frame's coefficients; None on a core that they were not counted on."""
    return counted_instructions(_INSTRUCTIONS, cepstrum_terms(front_end), core)
