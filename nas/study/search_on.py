"""The command that searches a study on."""

import shlex


def search_on(folder: str, minutes: int, trials: int, limit: int | None) -> str:
    """Return the command that searches a study on.

    Args:
        folder: of the study.
        minutes: of the next run.
        trials: number that the study has.
        limit: after how many trials it ends; None for any number. If it is reached, the command gives twice as many,
            since it would do nothing without.
    """
    command = f"nas search {shlex.quote(folder)} --minutes {minutes}"
    return command if limit is None or trials < limit else f"{command} --trials {2 * trials}"
