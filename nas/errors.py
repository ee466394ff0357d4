"""The exception for mistakes in a user's input.

Every mistake in a flag, a file or a definition is an `InputError`; the command line prints its message as one line and
exits with code 1. Any other exception is a defect of this program.
"""

import difflib
from collections.abc import Iterable

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
        super().__init__(" ".join(line.split()))


def unknown(place: object, what: str, name: str, known: Iterable[str]) -> InputError:
    """Return the error for a name that is not among the known ones; it lists them and proposes the nearest."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1)
    hint = f"did you mean {near[0]}? known: {', '.join(names)}" if near else f"known: {', '.join(names)}"
    return InputError(place, f"{what} must be a known one", got=repr(name), hint=hint)
