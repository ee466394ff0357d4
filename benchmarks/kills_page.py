"""The page of `benchmarks/kills.py`."""

from collections.abc import Sequence
from dataclasses import dataclass

MOMENTS = {"start": "while it starts", "trials": "amid trials", "finals": "in the finals"}


@dataclass(frozen=True)
class Attack:
    """What one signal did.

    Attributes:
        way: the signal, and who got it.
        moment: of the study.
        at_stake: trials and trainings of the finals that had finished before.
        code: the exit code that a shell shows.
        seconds_to_end: from the signal to the end of the search.
        lines: on standard error that begin with `nas:`.
        left_in_shm: names of its files in shared memory that were left.
    """

    way: str
    moment: str
    at_stake: int
    code: int
    seconds_to_end: float
    lines: int
    left_in_shm: list[str]


@dataclass(frozen=True)
class Ended:
    """A study that has come to its end, for all attacks."""

    study: int
    tracked: bool
    seconds: float
    attacks: list[Attack]


def page(studies: Sequence[Ended], trials: int) -> str:
    """Return the result as a page, for studies of so many trials."""
    attacks = [attack for study in studies for attack in study.attacks]
    minutes = sum(study.seconds for study in studies) / 60
    left = sorted(name for attack in attacks for name in attack.left_in_shm)
    tracked = sum(study.tracked for study in studies)
    return f"""\
# Kills

Written by `python benchmarks/kills.py`: {len(attacks)} kills of {len(studies)} studies of {trials} trials, each on two
workers, in {minutes:.0f} minutes. After every kill, and at the end of each study, all trials and trainings of the
finals that had finished before were there, once and unchanged. Nothing hung, nothing printed a traceback, and every
process that a search had started ended. Each study then ended with all its trials and a winner; {tracked} were
tracked, from the making of the database on, and MLflow had each candidate that was built once.

{_table(attacks)}

"At stake" are the trials and trainings of the finals that had finished before, added up. A search whose worker is
killed has to go on by itself, and is then killed too. The slowest end holds the wait for a training to end, and for
MLflow. At most {max(attack.lines for attack in attacks)} line on standard error begins with `nas:`. Files left in
`/dev/shm`: {len(left)}{f" ({', '.join(left)})" if left else ""}.
"""


def _table(attacks: Sequence[Attack]) -> str:
    heads = ["signal", "kills", *MOMENTS.values(), "at stake", "exit codes", "slowest end"]
    rows = [heads, ["---"] * len(heads), *(_row(way, attacks) for way in sorted({each.way for each in attacks}))]
    return "\n".join(f"| {' | '.join(row)} |" for row in [*rows, _row("all", attacks)])


def _row(way: str, attacks: Sequence[Attack]) -> list[str]:
    of = [each for each in attacks if way in (each.way, "all")]
    moments = [str(sum(each.moment == moment for each in of)) for moment in MOMENTS]
    stake, codes = sum(each.at_stake for each in of), sorted({each.code for each in of})
    slowest = max(each.seconds_to_end for each in of)
    return [way, str(len(of)), *moments, str(stake), ", ".join(map(str, codes)), f"{slowest:.1f} s"]
