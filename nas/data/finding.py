"""What looks wrong with data: what was found, where, whether it stops a search, and what mends it."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nas.errors import InputError, spelled


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault that the data seem to have.

    Attributes:
        place: the part, channel or file where it was found.
        text: what was found, in a sentence.
        is_error: whether a search refuses the data because of it.
        options: the fields of `DataOptions` that mend it, with their values; empty if no option does.
        advice: what to do, where no option mends it.
        kind: name of the check or rule.
    """

    place: str
    text: str
    is_error: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)
    advice: str = ""
    kind: str = ""

    @property
    def level(self) -> str:
        return "error" if self.is_error else "warning"

    @property
    def mend(self) -> str:
        """What to do about it: settings to add, or a step in words."""
        return spelled(f"add {as_flags(self.options)}" if self.options else self.advice)

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "level": self.level,
            "place": self.place,
            "text": self.text,
            "mend": self.mend or None,
        }

    def error(self, source: str) -> InputError:
        """Return the error with which a search refuses the data of `source`."""
        return InputError(f"{source}: {self.place}", self.text, hint=self.mend or None)


def as_flags(options: Mapping[str, Any]) -> str:
    """Return options as flags of `nas data` and `nas search`."""
    return " ".join(f"--{name.replace('_', '-')} {_word(value)}" for name, value in options.items())


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else shlex.quote(str(value))
