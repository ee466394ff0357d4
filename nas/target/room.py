"""How much of a limit is used, in words that are the same in the terminal and in Python."""

from nas.text import kilobytes, percent


def room(used: int, limit: int | None, least: bool = False) -> tuple[str, bool]:
    """Return how much of a limit is used, in words, and whether it fits; no words if there is no limit.

    With `least`, what is used is a lower bound.
    """
    if limit is None:
        return "", True
    share = f"{at_least(least)}{percent(used / limit)} of {kilobytes(limit)}"
    if used <= limit:
        return f"{share}, {'at most ' if least else ''}{kilobytes(limit - used)} free", True
    return f"{share}: does not fit, over by {at_least(least)}{kilobytes(used - limit)}", False


NEARLY = 0.9
"""From this share of the RAM on, what is left for the user's program is told."""


def left_for_program(used: int, limit: int | None) -> str:
    """Return in words how much RAM a network leaves on a board where it nearly uses it up; else nothing."""
    if limit is None or not NEARLY * limit < used <= limit:
        return ""
    return f"{kilobytes(limit - used)} of RAM left for your program"


def at_least(least: bool) -> str:
    """Return the words that go before a lower bound; none before an exact figure."""
    return "at least " if least else ""
