"""PhysioNet's files of recordings (WFDB): headers, signals of 12 bits (format 212) and annotations (MIT format).

The formats are those of header(5), signal(5) and annot(5) in the WFDB Applications Guide.
"""

from dataclasses import dataclass

import numpy as np

from nas.arrays import Array
from nas.errors import InputError

MOST_SAMPLES = 1 << 26
"""More samples of a signal than any record of these databases has: 51 hours at 360 Hz."""

_FORMAT = "212"
_GAIN = 200.0
"""Of a header that gives none, in units of the converter a millivolt."""
_SKIP, _TEXT = 59, 63
_FIELDS = (60, 61, 62)
"""Codes of a number, a subtype and a channel, which belong to the annotation before or to those that follow."""


@dataclass(frozen=True, slots=True)
class Signal:
    """One signal of a record.

    Attributes:
        name: its lead.
        gain: units of the converter a millivolt.
        zero: the value of the converter at 0 mV.
    """

    name: str
    gain: float
    zero: int


@dataclass(frozen=True, slots=True)
class Header:
    """What the header of a record says.

    Attributes:
        rate_hz: samples a second.
        samples: of each signal.
        signals: those that the signal file holds, in its order.
    """

    rate_hz: float
    samples: int
    signals: tuple[Signal, ...]


def read_header(text: str, place: str) -> Header:
    """Return what the header of a record with one signal file of format 212 says.

    Raises:
        InputError: it is none, or of a record of another form.
    """
    lines = [line.split() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    try:
        count, rate_hz, samples = int(lines[0][1]), float(lines[0][2].partition("/")[0]), int(lines[0][3])
        signals = tuple(_signal(cells) for cells in lines[1 : 1 + count])
    except (IndexError, ValueError) as error:
        raise InputError(place, "must be the header of a record", got=error, hint="fetch it again") from error
    if not 0 < rate_hz < 1e6 or not 0 < samples <= MOST_SAMPLES or not 0 < count == len(signals):
        raise InputError(place, "must give signals, their rate and their length", hint="fetch it again")
    if any(cells[1] != _FORMAT for cells in lines[1 : 1 + count]):
        raise InputError(place, f"must be of signals of format {_FORMAT}", got=lines[1][1])
    return Header(rate_hz, samples, signals)


def _signal(cells: list[str]) -> Signal:
    """Read a line: file, format, gain(baseline)/units, resolution, zero of the converter ... name."""
    gain, _, baseline = cells[2].partition("/")[0].rstrip(")").partition("(")
    zero = int(baseline or cells[4])
    units = float(gain) or _GAIN
    if not 0 < units < 1e6:
        raise ValueError(f"gain {gain}")
    return Signal(" ".join(cells[8:]), units, zero)


def read_212(content: bytes, header: Header, place: str) -> Array:
    """Return the samples [time, signals] of a signal file of format 212, int16 units of the converter.

    Three bytes hold two samples of 12 bits with sign: the low byte of the first, the high bits of both, and the low
    byte of the second one.

    Raises:
        InputError: the file has another length than its header says.
    """
    total = header.samples * len(header.signals)
    if len(content) != -(-total * 3 // 2):
        raise InputError(place, f"must hold {total:,} samples", got=f"{len(content):,} bytes", hint="fetch it again")
    triples = np.frombuffer(content + bytes(-len(content) % 3), np.uint8).reshape(-1, 3).astype(np.int16)
    high = triples[:, 1]
    pairs = np.stack([triples[:, 0] | (high & 0x0F) << 8, triples[:, 2] | (high >> 4) << 8], axis=1)
    signed = (pairs ^ 0x800) - 0x800
    return signed.reshape(-1)[:total].reshape(header.samples, len(header.signals))


def read_annotations(content: bytes, samples: int, place: str) -> tuple[Array, Array]:
    """Return the times [n], in samples from the beginning, and the codes [n] of an annotation file of MIT's format.

    Each annotation is a little-endian word: a code in the upper 6 bits, and the samples since the last one in the
    lower 10. Some codes are none of a moment: they announce a longer step, or fields and text of an annotation.

    Args:
        content: the file.
        samples: of the record.
        place: the file in messages.

    Raises:
        InputError: the file ends early, or an annotation lies outside of the record.
    """
    words = np.frombuffer(content[: len(content) // 2 * 2], "<u2").tolist()
    times, codes, time, at = [], [], 0, 0
    while at < len(words) and words[at]:
        code, step, at = words[at] >> 10, words[at] & 0x3FF, at + 1
        if code == _SKIP:
            high, low = words[at : at + 2] if at + 1 < len(words) else (0, 0)
            time += _signed(high << 16 | low)
            at += 2
        elif code == _TEXT:
            at += (step + 1) // 2
        elif code not in _FIELDS:
            time += step
            times.append(time)
            codes.append(code)
    if at >= len(words) or any(not 0 <= each < samples for each in times):
        rule = "must end with a mark, and annotate moments of its record"
        raise InputError(place, rule, hint="fetch it again")
    return np.array(times, np.int64), np.array(codes, np.int64)


def _signed(word: int) -> int:
    return word - (1 << 32) if word >> 31 else word
