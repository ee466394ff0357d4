"""The exception for mistakes in a user's input.

Every mistake in a flag, a file or a definition is an `InputError`; the command line prints its message as one line and
exits with code 1. Any other exception is a defect of this program.

Messages are written with the flags of the command line; who calls functions in Python reads keywords in their place.
"""

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

# So many known names are listed even if one is near; so many near ones are proposed.
FEW = 12
MOST = 5

LONGEST = 300
"""Most characters of a value in a message; files may hold cells of any length."""

_SETTING = re.compile(
    # Commands stay as they are: those in backticks, and others up to the end of their part of the sentence.
    r"`[^`]*`|\b(?:nas|pip|dask) [a-z]+ .*?(?=;|, or |$)"
    # A flag, and its value where that is in quotes, a number, a placeholder in capitals, or before the end, a flag or a
    # parenthesis.
    r"|(?<![\w-])(?P<flag>--[a-z][a-z-]*|-o\b)"
    r"(?: (?P<value>'[^']*'|[\d.]+(?![\w.])|(?:true|false)\b|[A-Z]+(?::[a-z]+)?(?![A-Za-z_])"
    r"|[\w,.:/-]+(?=$|[;)]|, | or | --| [(])))?(?P<more> (?=--))?"
)
_KEYWORDS = {"o": "out", "format": "formats", "set": "parameters", "studies": "root"}
_SWITCHES = frozenset({"finish", "resume", "clean", "force", "trust", "bare"})
_shows_flags = False


@contextmanager
def flags_shown() -> Iterator[None]:
    """Let messages name settings as flags, as the command line does; else they name the keywords of Python."""
    global _shows_flags
    before, _shows_flags = _shows_flags, True
    try:
        yield
    finally:
        _shows_flags = before


def spelled(message: str) -> str:
    """Return a message that names flags with the words of its reader: in Python, `--window 64` is `window=64`."""
    return message if _shows_flags else _SETTING.sub(_keyword, message)


def _keyword(match: re.Match[str]) -> str:
    """Return a setting as a keyword, or a command as it is."""
    if match["flag"] is None:
        return match[0]
    return _setting(match["flag"], match["value"]) + (", " if match["more"] else "")


def _setting(flag: str, value: str | None) -> str:
    name = flag.lstrip("-").replace("-", "_")
    keyword = _KEYWORDS.get(name, name)
    if value is None:
        return f"{keyword}=True" if name in _SWITCHES else keyword
    if value in ("true", "false"):
        return f"{keyword}={value.title()}"
    is_literal = value[0] == "'" or re.fullmatch(r"\d+([.]\d+)?", value)
    return f"{keyword}={value if is_literal else repr(value)}"


class InputError(ValueError):
    """A rule that the user's input breaks; the message is one line.

    Args:
        place: where the mistake is: a file, a flag, `file: table.key`.
        rule: what must hold.
        got: the value that breaks the rule, if one value shows it.
        hint: the next step, as an imperative.
    """

    def __init__(self, place: object, rule: str, *, got: object = None, hint: str | None = None) -> None:
        line = spelled(f"{place}: {rule}")
        if got is not None:
            line += f", got {_short(str(got))}"
        if hint is not None:
            line += f"; {spelled(hint)}"
        # Names from a file may hold what would steer the terminal.
        super().__init__("".join(letter if letter.isprintable() else "\ufffd" for letter in " ".join(line.split())))


def unknown(place: object, what: str, name: str, known: Iterable[str]) -> InputError:
    """Return the error for a name that is not among the known ones; it proposes the nearest, and lists them if few."""
    names = sorted(known)
    near, every = nearest(name, names), f"known: {', '.join(names)}"
    hint = f"did you mean {' or '.join(near)}?" if near else every
    if near and len(names) <= FEW:
        hint += f" {every}"
    return InputError(place, f"unknown {what} {_short(repr(name))}", hint=hint)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} ..."


def nearest(name: str, names: Sequence[str]) -> list[str]:
    """Return the name that is spelled most alike, or else some that contain the given one, or are part of it."""
    if close := difflib.get_close_matches(name, names, n=1):
        return close
    plain = _plain(name)
    # A name of one or two letters is part of almost anything.
    alike = {known: _plain(known) for known in names if min(len(plain), len(_plain(known))) > 2}
    return [known for known, other in alike.items() if plain in other or other in plain][:MOST]


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
