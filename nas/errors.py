"""The one exception that a user is meant to read.

Every mistake in what a user gave (a flag, a file, a definition) is an `InputError`; the command line prints
its one line and exits with code 1. Any other exception is a defect of this program.
"""

import difflib
from collections.abc import Iterable


class InputError(ValueError):
    """A rule that the user's input breaks, told in one line.

    Args:
        place: where it is: a file, a flag, `file: table.key`.
        rule: what must hold.
        got: the offending value, if one value shows it.
        hint: the next step, as an imperative.
    """

    def __init__(self, place: object, rule: str, *, got: object = None, hint: str | None = None) -> None:
        line = f"{place}: {rule}"
        if got is not None:
            line += f", got {got}"
        if hint is not None:
            line += f"; {hint}"
        super().__init__(" ".join(line.split()))


def unknown(place: object, what: str, name: str, known: Iterable[str]) -> InputError:
    """The error for a name that is not among the known ones; it lists them and proposes the nearest."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1)
    hint = f"did you mean {near[0]}? known: {', '.join(names)}" if near else f"known: {', '.join(names)}"
    return InputError(place, f"{what} must be a known one", got=repr(name), hint=hint)
