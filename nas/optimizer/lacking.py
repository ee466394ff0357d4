"""What a run that was too short left out for its winner, in a sentence."""

from collections.abc import Sequence

from nas.optimizer.clock import Clock
from nas.optimizer.timing import FinalsPlan
from nas.optimizer.trials import Trials
from nas.study.record import Record
from nas.study.result import Trained
from nas.text import duration


def lacked(
    winner: Trained, searched: Record, chosen: Sequence[Record], plan: FinalsPlan, clock: Clock, trials: Trials
) -> str | None:
    """Return in a sentence what the winner lacked, and how long a run has to be; None if it lacked nothing.

    Args:
        winner: with the epochs of its last training.
        searched: its record of the search.
        chosen: the finalists.
        plan: of the finals.
        clock: of this run.
        trials: of the study.
    """
    # Where no fold can tell the metric, more time does not help.
    compared = winner.finals or not winner.planned_folds
    parts = [] if compared else ["it was not compared with others in a cross-validation"]
    parts += _training(winner, plan)
    if not parts or clock.limit is None:
        return None
    if searched.reason:
        parts.insert(0, f"its training was {searched.reason}")
    # A run without a training of the search has had only finals; their time is more than its start took.
    start = clock.seconds if trials.start_seconds is None else trials.start_seconds
    start += max((record.seconds.get("trace", 0.0) for record in trials.records), default=0.0)
    minutes = plan.enough_minutes(chosen, start, clock.limit)
    *first, last = parts
    missed = f"{', '.join(first)}, and {last}" if first else last
    return (
        f"the limit of {duration(clock.limit)} left too little time for the winner: {missed}; "
        f"at the pace of this run, --minutes {minutes} is enough"
    )


def _training(winner: Trained, plan: FinalsPlan) -> list[str]:
    """Return what the winner's last training lacked, in a clause, if anything."""
    if not winner.epochs:
        return [f"it was not trained once more on {plan.winner_data}"]
    if winner.epochs < plan.least_winner_epochs:
        return [f"its last training had {winner.epochs} of {plan.winner_epochs} epochs"]
    return []
