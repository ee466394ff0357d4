"""A front-end in the parameters that a `.tflite` carries: settings as `fe.<name>`, by the names of MLTK."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from nas.errors import InputError
from nas.signal.front_end import FRONT_ENDS, FrontEnd, read_front_end
from nas.signal.mel import Mel
from nas.signal.raw import RAW
from nas.signal.window_front_end import WindowFrontEnd

MARKS = ("fe.front_end", "fe.sample_rate_hz")
"""The parameters of which every model with a front-end has one; those of MLTK have the second."""

_PREFIX = "fe."


def to_parameters(front_end: FrontEnd, row_shape: tuple[int, ...]) -> dict[str, Any]:
    """Return the parameters of a front-end before rows of a shape, each with its kind; none for raw rows."""
    if front_end == RAW:
        return {}
    found = front_end.to_json()
    if isinstance(front_end, Mel):
        found["sample_length_ms"] = round(1000 * row_shape[0] / front_end.sample_rate_hz)
        found["fft_length"] = front_end.size
    if isinstance(front_end, WindowFrontEnd):
        found["row_shape"] = list(row_shape)
    kinds = {key: ":float32" if isinstance(value, float) else "" for key, value in found.items()}
    return {f"{_PREFIX}{key}{kinds[key]}": value for key, value in found.items()}


def from_parameters(
    parameters: Mapping[str, Any], features: tuple[int, ...]
) -> tuple[FrontEnd, tuple[int, ...]] | None:
    """Return the front-end that parameters describe, and the shape of the rows before it.

    Args:
        parameters: by key; those of Silicon Labs' MLTK, which name no front-end, are the same.
        features: shape of what the network reads.

    Returns:
        None if they describe none, or none that gives such features.
    """
    told = {key.removeprefix(_PREFIX): value for key, value in parameters.items() if key.startswith(_PREFIX)}
    try:
        front_end = _read(told)
        if front_end is None or len(features) < 2:
            return None
        row_shape = _row_shape(front_end, told, features)
        return (front_end, row_shape) if front_end.shape(row_shape) == features else None
    except InputError:
        return None


def _read(told: Mapping[str, Any]) -> Mel | WindowFrontEnd | None:
    """Return a front-end by the settings that are told, whatever else is told; None without any."""
    name = str(told.get("front_end", "mel"))
    names = {field.name for field in dataclasses.fields(FRONT_ENDS.find(name, "parameters"))}
    settings = {key: _plain(value) for key, value in told.items() if key in names}
    found = read_front_end({"front_end": name, **settings}, "parameters") if settings else None
    return found if isinstance(found, Mel | WindowFrontEnd) else None


def _row_shape(front_end: Mel | WindowFrontEnd, told: Mapping[str, Any], features: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape of a row that is told; of sound, one whose frames are those of features."""
    if isinstance(front_end, Mel):
        return _sound_shape(front_end, told.get("sample_length_ms"), features)
    front_end.feature_units()  # without the range of samples there are none
    shape = told.get("row_shape")
    if not isinstance(shape, tuple) or not all(isinstance(length, int) and length > 0 for length in shape):
        raise InputError("parameters: row_shape", "must be positive whole numbers", got=shape)
    return shape


def _sound_shape(mel: Mel, length_ms: Any, features: tuple[int, ...]) -> tuple[int, int]:
    """Return samples and microphones of a row: as many samples as were told, if their frames are those of features."""
    microphones = features[-1]
    if mel.frequencies_are_channels:
        microphones //= mel.numbers
    told = length_ms * mel.sample_rate_hz // 1000 if isinstance(length_ms, int) else 0
    least = mel.window + (features[0] - 1) * mel.step
    return told if mel.frames(told) == features[0] else least, microphones


def _plain(value: Any) -> Any:
    """Return the shortest decimal number whose float32 a parameter is: 0.95 for 0.949999988."""
    return float(str(np.float32(value))) if isinstance(value, float) else value
