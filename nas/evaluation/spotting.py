"""From a model's answers for overlapping windows to events: which class begins when, each told once.

The rules are much like those of programs that listen for words on microcontrollers: `RecognizeCommands` in TensorFlow's
micro_speech example, and the classifier of Silicon Labs' MLTK, whose names the parameters bear.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from nas.arrays import Floats
from nas.errors import InputError
from nas.keywords import explains_fields

_KEYS = {
    "average_window_duration_ms": "average_ms",
    "suppression_ms": "suppression_ms",
    "minimum_count": "minimum_count",
    "latency_ms": "latency_ms",
}
"""The parameters of a model that are settings here, by MLTK's names; beside them the threshold, which counts to 255."""
_THRESHOLD = "detection_threshold"


@explains_fields()
@dataclass(frozen=True, slots=True)
class Spotting:
    """How answers become events. None stands for a share of the window's length.

    Attributes:
        average_ms: the mean of the answers of so many milliseconds decides; default the length of a window.
        threshold: the least mean probability, from 0 to 1.
        suppression_ms: for so long after an event there is no other; default three quarters of a window.
        minimum_count: answers that the mean needs at least; a recording with fewer is judged by all that it has.
        latency_ms: from one window to the next; default a tenth of a window.
    """

    average_ms: float | None = None
    threshold: float = 0.7
    suppression_ms: float | None = None
    minimum_count: int = 3
    latency_ms: float | None = None

    def __post_init__(self) -> None:
        for name in ("average_ms", "suppression_ms", "latency_ms"):
            value = getattr(self, name)
            if value is not None and not 0 < value < float("inf"):
                raise InputError(f"spotting.{name}", "must be more than 0 milliseconds", got=value)
        if not 0 < self.threshold <= 1:
            raise InputError("spotting.threshold", "must be a probability above 0, at most 1", got=self.threshold)
        if self.minimum_count < 1:
            raise InputError("spotting.minimum_count", "must be 1 or more answers", got=self.minimum_count)

    @classmethod
    def of(cls, parameters: Mapping[str, Any], **asked: Any) -> "Spotting":
        """Return settings: as asked, else as the parameters of a model say, else the defaults; None leaves one open."""
        for key in (*_KEYS, _THRESHOLD):
            if isinstance(parameters.get(key, 0), bool) or not isinstance(parameters.get(key, 0), int | float):
                raise InputError(f"parameter {key}", "must be a number", got=parameters[key])
        told = {name: parameters[key] for key, name in _KEYS.items() if key in parameters}
        if _THRESHOLD in parameters:
            told["threshold"] = parameters[_THRESHOLD] / 255
        chosen = {**told, **{name: value for name, value in asked.items() if value is not None}}
        return cls(**{each.name: chosen[each.name] for each in fields(cls) if chosen.get(each.name) is not None})

    def seconds(self, window_s: float) -> "Pace":
        """Return the times in seconds for windows of such a length."""
        shares = {"average_ms": 1.0, "suppression_ms": 0.75, "latency_ms": 0.1}
        found = [
            share * window_s if getattr(self, name) is None else getattr(self, name) / 1000
            for name, share in shares.items()
        ]
        return Pace(*found)


@dataclass(frozen=True, slots=True)
class Pace:
    """The times of `Spotting`, in seconds."""

    average_s: float
    suppression_s: float
    latency_s: float


@dataclass(frozen=True, slots=True)
class Event:
    """A class that began.

    Attributes:
        file: the recording.
        start_s: start of the first window with which the mean reached the threshold, in seconds.
        class_name: the class.
        score: the mean probability then.
    """

    file: str
    start_s: float
    class_name: str
    score: float

    def to_json(self) -> dict[str, Any]:
        """Return the keys `file`, `start_s`, `class` and `score`."""
        return {"file": self.file, "start_s": self.start_s, "class": self.class_name, "score": self.score}


class Spotter:
    """Finds the events of one recording, an answer after the other.

    The mean of the latest answers decides. A class whose mean reaches the threshold begins; it can begin again only
    after its mean has been lower. Classes such as `_silence_` and `_unknown_`, whose names begin with `_`, are none
    that are told.

    Args:
        file: the recording in events.
        class_names: of the answers.
        settings: what is told, and how soon.
        window_s: length of a window, in seconds.
        answers: how many there will be; None for an endless recording.
    """

    def __init__(
        self, file: str, class_names: Sequence[str], settings: Spotting, window_s: float, answers: int | None = None
    ) -> None:
        self._file, self._names = file, class_names
        self._threshold, self._pace = settings.threshold, settings.seconds(window_s)
        self._needed = settings.minimum_count if answers is None else min(settings.minimum_count, answers)
        self._latest: deque[tuple[float, Floats]] = deque()
        self._quiet_until = -np.inf
        self._lasting: int | None = None

    def take(self, start_s: float, probabilities: Floats) -> Event | None:
        """Take the answer [classes] for the window that begins then; return the event that it makes, if any."""
        self._latest.append((start_s, probabilities))
        # Half a step of tolerance: starts are sums of rounded numbers.
        while self._latest[0][0] <= start_s - self._pace.average_s + self._pace.latency_s / 2 and len(self._latest) > 1:
            self._latest.popleft()
        if len(self._latest) < self._needed:
            return None
        means = np.mean([each for _, each in self._latest], axis=0)
        top = int(means.argmax())
        if means[top] < self._threshold or self._names[top].startswith("_"):
            self._lasting = None
            return None
        if top == self._lasting or start_s < self._quiet_until:
            return None
        self._lasting, self._quiet_until = top, start_s + self._pace.suppression_s
        return Event(self._file, round(float(start_s), 6), self._names[top], float(f"{means[top]:.6g}"))
