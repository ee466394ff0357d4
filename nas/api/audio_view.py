"""A sound as a network sees it: the features of a front-end, whose settings can be tried one after the other."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from nas.api.features import read_settings
from nas.api.listening import MICROPHONE, record
from nas.arrays import Array
from nas.codec import Place, to_toml
from nas.data.readers.sound import ENDINGS, Samples, read_header, read_sound
from nas.errors import InputError
from nas.keywords import explains_keywords
from nas.signal.mel import Mel
from nas.text import counted

SHOWN_S, RECORDED_S = 10.0, 2.0
"""Seconds that are shown of a file, and recorded, where the user does not say."""
MOST_S = 120.0
CORE = "cortex-m4"
"""The core whose cost is told."""


@dataclass(frozen=True, slots=True, eq=False)
class AudioView:
    """A sound, and the front-end through which it is seen.

    Attributes:
        name: of the sound.
        samples: [time], 16 bits, at the front-end's rate.
        front_end: the settings.
        device: the microphone that it was recorded with; None for the system's, and for a file.
    """

    name: str
    samples: Samples
    front_end: Mel
    device: str | None = None

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.front_end.sample_rate_hz

    @property
    def features(self) -> Array:
        """The features as the network reads them, int8 [frames, numbers]; InputError without a whole frame."""
        self.front_end.shape((len(self.samples), 1))
        found = self.front_end.features(self.samples[None, :, None])
        return np.asarray(self.front_end.as_int8(found)[0, :, :, 0], np.int8)

    def changed(self, settings: Mapping[str, str]) -> "AudioView":
        """Return the sound through a front-end with some settings changed, each as JSON; InputError for a wrong one."""
        known = {field.name for field in fields(self.front_end)} - {"sample_rate_hz"}
        wrong = next((name for name in settings if name not in known), None)
        if wrong is not None:
            raise InputError("settings", "must be those of the front-end, but for its rate", got=wrong)
        try:
            values = {name: json.loads(value) for name, value in settings.items()}
        except (ValueError, RecursionError) as error:
            raise InputError("settings", "must be numbers, true or false", got=error) from None
        own = {field.name: getattr(self.front_end, field.name) for field in fields(self.front_end)}
        return replace(self, front_end=Mel.from_json({**own, **values}, Place("settings")))

    def recorded_again(self) -> "AudioView":
        """Return what the microphone hears now, for as long."""
        rate_hz = self.front_end.sample_rate_hz
        return replace(self, samples=record(self.seconds, rate_hz, device=self.device))

    def to_json(self) -> dict[str, Any]:
        """Return the features, int8, as rows of frames."""
        features = self.features
        return {**self._facts(features), "features": features.tolist()}

    def packed(self) -> dict[str, Any]:
        """Return what the page draws: the features as bytes, int8 + 128, frame by frame, and the sound's outline."""
        features = self.features
        return {
            **self._facts(features),
            "bytes": base64.b64encode((features.astype(np.int16) + 128).astype(np.uint8).tobytes()).decode(),
            "outline": _outline(self.samples),
            "settings": to_toml({"front_end": self._changes()}),
            "cost": self._cost(len(features)),
        }

    def _facts(self, features: Array) -> dict[str, Any]:
        frames, channels = features.shape
        return {
            "file": self.name,
            "seconds": round(self.seconds, 4),
            "front_end": self.front_end.to_json(),
            "frames": frames,
            "channels": channels,
        }

    def _changes(self) -> dict[str, Any]:
        """Return the settings that are not at their default, as a space's file has them."""
        told, usual = self.front_end.to_json(), Mel().to_json()
        return {name: value for name, value in told.items() if name == "front_end" or value != usual[name]}

    def _cost(self, frames: int) -> str:
        cost = self.front_end.cost((len(self.samples), 1), CORE)
        instructions = "" if cost.instructions is None else f", {cost.instructions / frames:,.0f} instructions a frame"
        flash = cost.table_bytes + cost.code_bytes
        return (
            f"{counted(frames, 'frame')} of {self.front_end.numbers} numbers; on {CORE} "
            f"{cost.ram_bytes:,} B of RAM with all of these frames, {flash:,} B of flash{instructions}"
        )


def _outline(samples: Samples, columns: int = 400) -> list[list[int]]:
    """Return the least and the greatest sample of so many stretches."""
    pieces = np.array_split(samples, min(columns, len(samples)))
    return [[int(piece.min()), int(piece.max())] for piece in pieces]


@explains_keywords
def view_audio(
    source: str | Path | None = None,
    *,
    front_end: Mel | str | Path | None = None,
    start_s: float = 0.0,
    seconds: float | None = None,
    device: str | None = None,
) -> AudioView:
    """Return a sound, from a file or as a microphone hears it now, through a front-end.

    Args:
        source: an audio file, which is resampled to the front-end's rate; None records.
        front_end: settings, or a TOML file of them, see `nas.features`.
        start_s: where in the file to begin, in seconds.
        seconds: how much to show; default 10 of a file, and 2 of a microphone.
        device: number or part of the name of the microphone; the system's by default.

    Raises:
        InputError: the file cannot be read or ends before, there is no microphone, or the settings cannot be computed.
    """
    mel = front_end if isinstance(front_end, Mel) else read_settings(front_end)
    if not isinstance(mel, Mel):
        raise InputError("front_end", "must be one of sound, mel", got=mel.to_json()["front_end"])
    length = seconds if seconds is not None else RECORDED_S if source is None else SHOWN_S
    if not 0 < length <= MOST_S:
        raise InputError("--seconds", f"must be above 0 and at most {MOST_S:g}", got=length)
    if source is None:
        return AudioView(MICROPHONE, record(length, mel.sample_rate_hz, device=device), mel, device)
    samples = _piece(Path(source), mel.sample_rate_hz, start_s, length)
    return AudioView(Path(source).name, samples, mel)


def _piece(path: Path, rate_hz: int, start_s: float, seconds: float) -> Samples:
    if path.suffix.lower() not in ENDINGS or not path.is_file():
        raise InputError(path, "must be an audio file that is there", hint=f"one of {', '.join(ENDINGS)}")
    read_header(path, str(path))
    samples = read_sound(path, str(path), rate_hz).samples
    if not 0 <= start_s * rate_hz < max(1, len(samples)):
        rule = f"must be from 0 to below the {len(samples) / rate_hz:.2f} s of {path.name}"
        raise InputError("--start-s", rule, got=start_s)
    start = round(start_s * rate_hz)
    return samples[start : start + round(seconds * rate_hz)]
