"""Listening: the events before a microphone, as they begin."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from nas.api.classifying import check_classes, spotting_of
from nas.api.model import Model
from nas.errors import InputError
from nas.evaluation.spotting import Event, Spotter, Spotting
from nas.keywords import explains_keywords

MICROPHONE = "microphone"


@explains_keywords
def listen(
    model: Model,
    *,
    spotting: Spotting | None = None,
    device: str | None = None,
    missed: Callable[[float], None] | None = None,
) -> Iterator[Event]:
    """Yield the classes that begin before the microphone, until it is closed; times count from the start.

    Args:
        model: of one channel of audio.
        spotting: how answers become events; by default as the parameters in the model's file say.
        device: number or part of the name of the microphone; the system's by default.
        missed: told the second before which samples were lost, since the computer was too slow.

    Raises:
        InputError: the model takes no audio or gives no classes, there is no microphone, it is taken away, or the
            package sounddevice is missing.
    """
    check_classes(model)
    settings = spotting_of(model) if spotting is None else spotting
    rate_hz = model.sample_rate_hz
    if len(model.input_shape) != 2 or model.input_shape[1] != 1 or not rate_hz:
        words = " x ".join(map(str, model.input_shape))
        raise InputError(model.origin, "must take one channel of audio at a known rate", got=f"rows of {words}")
    length = model.input_shape[0]
    step = max(1, round(settings.seconds(length / rate_hz).latency_s * rate_hz))
    spotter = Spotter(MICROPHONE, model.class_names, settings, length / rate_hz)
    heard = np.zeros(length, np.int16)
    with _opened(rate_hz, device) as stream:
        taken = 0
        while True:
            block, is_late = stream.read(step)
            if is_late and missed is not None:
                missed(taken / rate_hz)
            heard = np.concatenate([heard, np.asarray(block).reshape(-1)])[-length:]
            taken += step
            if taken < length:
                continue
            shares = model.task.class_shares(model.predict(heard[None, :, None]))
            event = spotter.take((taken - length) / rate_hz, shares[0])
            if event is not None:
                yield event


def record(seconds: float, rate_hz: float, *, device: str | None = None) -> npt.NDArray[np.int16]:
    """Return what a microphone hears, [time]; InputError as `listen`."""
    with _opened(rate_hz, device) as stream:
        block, _ = stream.read(max(1, round(seconds * rate_hz)))
    return np.asarray(block, np.int16).reshape(-1)


@contextmanager
def _opened(rate_hz: float, device: str | None) -> Iterator[Any]:
    """Open a microphone, and say what is wrong with it then and later."""
    library = _sounddevice()
    chosen = int(device) if device is not None and device.isdecimal() else device
    try:
        opened = library.InputStream(samplerate=rate_hz, channels=1, dtype="int16", device=chosen)
    except (library.PortAudioError, ValueError) as error:  # ValueError: no device has this name
        hint = "list the devices: python -m sounddevice; or take a file"
        raise InputError(MICROPHONE, "must be one that can be opened", got=error, hint=hint) from error
    try:
        with opened as stream:
            yield stream
    except library.PortAudioError as error:
        raise InputError(MICROPHONE, "must stay connected", got=error, hint="begin again") from error


def _sounddevice() -> ModuleType:
    try:
        import sounddevice
    except (ImportError, OSError) as error:  # OSError: without PortAudio
        hint = "pip install 'nas[live]', and PortAudio; or take a file"
        raise InputError(MICROPHONE, "needs the package sounddevice", got=error, hint=hint) from error
    module: ModuleType = sounddevice
    return module
