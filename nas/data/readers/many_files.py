"""Reading many files on all cores, so that one error tells of all those that cannot be read."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import joblib

from nas.errors import InputError

E = TypeVar("E")
R = TypeVar("R")

MOST_ERRORS = 8
"""Files that an error tells of."""


def read_all(entries: Sequence[E], read: Callable[[E], R]) -> list[R]:
    """Return what `read` gives for each entry; its libraries let other threads run while they read.

    Raises:
        InputError: some cannot be read; it tells of each of them, in the order of the entries.
    """

    def tried(entry: E) -> R | InputError:
        try:
            return read(entry)
        except InputError as error:
            return error

    found = joblib.Parallel(n_jobs=-1, prefer="threads")(joblib.delayed(tried)(entry) for entry in entries)
    errors = [each for each in found if isinstance(each, InputError)]
    if errors:
        raise errors[0] if len(errors) == 1 else _unreadable(errors, len(entries))
    return [each for each in found if not isinstance(each, InputError)]


def _unreadable(errors: Sequence[InputError], files: int) -> InputError:
    """Return one error that tells of all files that cannot be read, so that they can be mended at once."""
    told = " ".join(f"({number}) {error}" for number, error in enumerate(errors[:MOST_ERRORS], 1))
    more = f" and {len(errors) - MOST_ERRORS} more" if len(errors) > MOST_ERRORS else ""
    return InputError(f"{len(errors)} of {files} files", f"must be readable, but are not: {told}{more}")
