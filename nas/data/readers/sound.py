"""One audio file: what its header tells, and its samples as one channel of 16 bits at the rate that is wanted."""

import struct
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from nas.arrays import Array
from nas.errors import InputError

ENDINGS = (".wav", ".flac", ".ogg", ".mp3", ".opus", ".aiff", ".aif")

Samples = npt.NDArray[np.int16]

FULL_SCALE = 32768
LOUDEST = 2.0
"""Samples of floating point numbers reach from -1 to 1; beyond this, they must be meant otherwise."""

MOST_SECONDS = 6 * 3600
_BLOCK = 1 << 20
_RATIO = 1000
_UNKNOWN = (0, 0xFFFFFFFF)


@dataclass(frozen=True, slots=True)
class Header:
    """What an audio file tells of itself.

    Attributes:
        rate_hz: sample rate.
        frames: samples of each channel.
        channels: 2 for stereo.
        encoding: such as `WAV, 16 bit`.
        is_cut: whether the file ends before the length that its header tells.
    """

    rate_hz: int
    frames: int
    channels: int
    encoding: str
    is_cut: bool = False

    @property
    def seconds(self) -> float:
        return self.frames / self.rate_hz


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """The samples of a file.

    Attributes:
        samples: [time], 16 bits, at the wanted rate.
        clipped: samples at full scale that stand beside another one there, before the rate was changed.
    """

    samples: Samples
    clipped: int


def read_header(path: Path, place: str) -> Header:
    """Return what a file tells of itself.

    Raises:
        InputError: at `place`: it cannot be read as audio, or is too long.
    """
    library = soundfile()
    try:
        info = library.info(str(path))
    except (library.SoundFileError, OSError, TypeError) as error:
        raise _unreadable(place, error) from error
    if not 100 <= info.samplerate <= 768_000:
        raise InputError(place, "must have a sample rate from 100 to 768,000 Hz", got=info.samplerate)
    header = Header(info.samplerate, info.frames, info.channels, _encoding(info), _is_cut(path))
    if header.seconds > MOST_SECONDS:
        rule = f"must be at most {MOST_SECONDS // 3600} hours long"
        raise InputError(place, rule, got=f"{header.seconds / 3600:.1f} h", hint="cut it into several files")
    return header


def read_sound(path: Path, place: str, rate_hz: int) -> Sound:
    """Return the samples of a file: the mean of its channels, at a rate.

    Samples of 24 and 32 bits and of floating point numbers are rounded to 16 bits. Another rate is reached by a
    polyphase filter, which takes away what lies above half of the new rate.

    Raises:
        InputError: at `place`: the file is damaged, or holds numbers that are not samples.
    """
    library = soundfile()
    try:
        with library.SoundFile(str(path)) as file:
            kind = _kind(file.subtype)
            # A damaged header may promise any length: memory is taken only for what is there.
            blocks = [_mono(file.read(_BLOCK, dtype=kind, always_2d=True), place)]
            while len(blocks[-1]) == _BLOCK:
                blocks.append(_mono(file.read(_BLOCK, dtype=kind, always_2d=True), place))
            own = int(file.samplerate)
    except (library.SoundFileError, OSError) as error:
        raise _unreadable(place, error) from error
    samples = np.concatenate(blocks)
    full = np.abs(samples) >= 1 - 1.5 / FULL_SCALE
    clipped = int((full[1:] & full[:-1]).sum())
    return Sound(_to_16_bits(_resampled(samples, own, rate_hz)), clipped)


def soundfile() -> ModuleType:
    """Return the library that reads audio files; InputError if it is not installed."""
    try:
        import soundfile as library
    except (ImportError, OSError) as error:  # OSError: without libsndfile
        raise InputError("audio", "needs the package soundfile", hint="pip install 'nas[audio]'") from error
    module: ModuleType = library
    return module


def _kind(subtype: str) -> str:
    """Return the type in which samples are read: as they are stored, floating point for what is computed."""
    if subtype in ("PCM_16", "PCM_S8", "PCM_U8", "ULAW", "ALAW"):
        return "int16"
    return "int32" if subtype.startswith("PCM_") else "float32"


def _mono(block: Array, place: str) -> npt.NDArray[np.float32]:
    """Return samples [time] from -1 to 1, the mean of the channels of `block` [time, channels]."""
    scale = {"int16": 2.0**-15, "int32": 2.0**-31}.get(block.dtype.name, 1.0)
    if block.dtype.kind == "f" and len(block):
        most = float(np.abs(block).max())
        if not most <= LOUDEST:
            rule = "must have finite samples from -1 to 1, as audio of floating point numbers has"
            raise InputError(place, rule, got=f"up to {most:g}", hint="divide by the largest, or write 16 bits")
    if block.shape[1] == 1:
        return np.asarray(block[:, 0] * np.float32(scale), np.float32)
    return np.asarray(block.mean(axis=1, dtype=np.float64) * scale, np.float32)


def _resampled(samples: Array, own: int, rate_hz: int) -> Array:
    if own == rate_hz or not len(samples):
        return samples
    from scipy.signal import resample_poly

    ratio = Fraction(rate_hz, own)
    if max(ratio.numerator, ratio.denominator) > _RATIO:
        ratio = ratio.limit_denominator(_RATIO)
    resampled: Array = resample_poly(samples, ratio.numerator, ratio.denominator)
    return resampled


def _to_16_bits(samples: Array) -> Samples:
    return np.clip(np.rint(samples * np.float32(FULL_SCALE)), -FULL_SCALE, FULL_SCALE - 1).astype(np.int16)


def _encoding(info: Any) -> str:
    words = {"PCM_S8": "8 bit", "PCM_U8": "8 bit", "FLOAT": "32 bit float", "DOUBLE": "64 bit float"}
    subtype = str(info.subtype)
    word = words.get(subtype) or (f"{subtype[4:]} bit" if subtype.startswith("PCM_") else subtype.lower())
    return f"{info.format}, {word}"


def _is_cut(path: Path) -> bool:
    """Return whether a WAV file ends before its samples do; a length of 0 or of all ones is that of a stream."""
    with path.open("rb") as file:
        start = file.read(12)
        if start[:4] != b"RIFF" or start[8:] != b"WAVE":
            return False
        size = path.stat().st_size
        while len(chunk := file.read(8)) == 8:
            name, length = struct.unpack("<4sI", chunk)
            if name == b"data":
                return length not in _UNKNOWN and file.tell() + length > size
            file.seek(length + length % 2, 1)
    return False


def _unreadable(place: str, error: Exception) -> InputError:
    why = str(getattr(error, "error_string", error)).strip().rstrip(".")
    return InputError(place, "must be a readable audio file", got=why, hint="write it again, or take it away")
