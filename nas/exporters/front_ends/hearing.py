"""What the C of a model with a front-end needs to know: the window of sound, the steps to int8, and a known answer."""

from dataclasses import dataclass, replace

import numpy as np

from nas.errors import InputError
from nas.exporters.front_ends.fixed_point import SHIFT, Factors, answered, noise
from nas.exporters.input_scaling import input_factors
from nas.signal.mel import Mel
from nas.signal.window_front_end import WindowFrontEnd
from nas.study.archive import Archive
from nas.target.plain_c.streaming import Stream

_ANSWERS = 5


@dataclass(frozen=True, slots=True)
class Hearing:
    """A front-end that is written as C, before a network that answers for a window of sound.

    Attributes:
        mel: the front-end.
        samples: of a window.
        stream: how the network runs hop by hop; None if it takes whole windows.
    """

    mel: Mel
    samples: int
    stream: Stream | None = None

    @property
    def frames(self) -> int:
        """Frames of a window."""
        return self.mel.frames(self.samples)

    @property
    def hop(self) -> int:
        """Frames from one answer to the next: a fifth of a window, unless told otherwise."""
        return max(1, self.frames // _ANSWERS) if self.stream is None else self.stream.hop

    @property
    def heard_samples(self) -> int:
        """Samples until the first answer: of a window, or of the hops until one is full."""
        if self.stream is None:
            return self.samples
        return self.samples + (self.stream.hop * self.stream.pushes - self.frames) * self.mel.step

    @property
    def rate_hz(self) -> int:
        """Samples a second."""
        return self.mel.sample_rate_hz


def hearing_of(archive: Archive, stream: Stream | None = None) -> Hearing | None:
    """Return the front-end of a model and its window; None for a model that reads raw rows.

    Args:
        archive: the model.
        stream: how its network runs hop by hop; None if it takes whole windows.

    Raises:
        InputError: the front-end needs what this C does not do: several microphones, or the whole row at once.
    """
    mel = archive.front_end
    if not isinstance(mel, Mel):
        return None
    samples, microphones = archive.row_shape
    if microphones != 1:
        raise InputError("front_end", "must have one microphone to be written as C", hint="mix the channels")
    if mel.quantize_dynamic_scale_enable:
        hint = "search with quantize_dynamic_scale_enable = false"
        raise InputError("front_end", "must have a fixed range to be written as C", hint=hint)
    return Hearing(mel, samples, stream)


def written_hearing(archive: Archive) -> Hearing | None:
    """Return the same for formats that leave out a front-end which they cannot write, and then take features."""
    try:
        return hearing_of(archive)
    except InputError:
        return None


def windows_of(archive: Archive) -> WindowFrontEnd | None:
    """Return the front-end of a model of windows of sensors; None for one of sound, and for one that reads raw rows."""
    return archive.front_end if isinstance(archive.front_end, WindowFrontEnd) else None


def has_front_end(archive: Archive) -> bool:
    """Say whether a front-end that C can express makes the network's input."""
    return written_hearing(archive) is not None or windows_of(archive) is not None


def factors(archive: Archive) -> Factors:
    """Return what turns a feature into int8, for each channel of the network's input."""
    mul, add = (np.array(values) for values in input_factors(archive))
    return np.rint(mul * 2.0**SHIFT).astype(np.int64), np.rint((add + 0.5) * 2.0**SHIFT).astype(np.int64)


def with_heard_example(archive: Archive, hearing: Hearing) -> Archive:
    """Return an archive whose example is what a device makes of `noise`: its features, and the network's answer."""
    heard = hearing.mel.features(noise(hearing.heard_samples)[None, :, None])
    features = heard.reshape(-1, hearing.mel.numbers)[-hearing.frames :].reshape(-1, len(archive.scaling.mean))
    return replace(archive, example=answered(archive, features, factors(archive)))
