"""Pieces that several kinds of answers have in common."""

from textwrap import indent

NOT_TESTED = "Not the winner of its study, and therefore not evaluated on the test set."
"""What a card says of a model that was not tested."""


def behind_call(statements: str) -> str:
    """Return statements of C++ as the lines behind a call, indented by two."""
    return "\n" + indent(statements, "  ")
