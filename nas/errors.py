"""The exception for mistakes in a user's input.

Every mistake in a flag, a file or a definition is an `InputError`; the command line prints its message as one line and
exits with code 1. Any other exception is a defect of this program.
"""

import difflib
import re
from collections.abc import Iterable, Sequence

# So many known names are listed even if one is near; so many near ones are proposed.
FEW = 12
MOST = 5

LONGEST = 300
"""Most characters of a value in a message; files may hold cells of any length."""


class InputError(ValueError):
    """A rule that the user's input breaks; the message is one line.

    Args:
        place: where the mistake is: a file, a flag, `file: table.key`.
        rule: what must hold.
        got: the value that breaks the rule, if one value shows it.
        hint: the next step, as an imperative.
    """

    def __init__(self, place: object, rule: str, *, got: object = None, hint: str | None = None) -> None:
        line = f"{place}: {rule}"
        if got is not None:
            text = str(got)
            line += f", got {text}" if len(text) <= LONGEST else f", got {text[:LONGEST]} ..."
        if hint is not None:
            line += f"; {hint}"
        # Names from a file may hold what would steer the terminal.
        super().__init__("".join(letter if letter.isprintable() else "\ufffd" for letter in " ".join(line.split())))


def unknown(place: object, what: str, name: str, known: Iterable[str]) -> InputError:
    """Return the error for a name that is not among the known ones; it proposes the nearest, and lists them if few."""
    names = sorted(known)
    near, every = _nearest(name, names), f"known: {', '.join(names)}"
    hint = f"did you mean {' or '.join(near)}?" if near else every
    if near and len(names) <= FEW:
        hint += f" {every}"
    return InputError(place, f"{what} must be a known one", got=repr(name), hint=hint)


def _nearest(name: str, names: Sequence[str]) -> list[str]:
    """Return the name that is spelled most alike, or else some that contain the given one, or are part of it."""
    if close := difflib.get_close_matches(name, names, n=1):
        return close
    plain = _plain(name)
    return [other for other in names if len(plain) > 2 and (plain in _plain(other) or _plain(other) in plain)][:MOST]


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
