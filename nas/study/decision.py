"""Why the winner of a study won, in the same plain words for terminal, report, model card and MLflow."""

from collections.abc import Sequence
from statistics import fmean

from nas.study.finals import Finalist
from nas.study.result import Trained
from nas.study.scores import in_validation
from nas.task.metrics import Metric
from nas.task.task import find_metric, metric_title, score_text


def finalists(winner: Trained) -> tuple[Finalist, ...]:
    """Return the candidates that entered the finals, the best of the search first; none if nothing is known of them."""
    if winner.finalists:
        return winner.finalists
    trials = dict.fromkeys(entry["trial"] for entry in winner.finals)
    return tuple(Finalist.of_entries(trial, winner.finals) for trial in trials)


def by_rank(winner: Trained) -> list[Finalist]:
    """Return those that were cross-validated: the winner, then the others by their score in the finals."""
    ran = [(one, one.final_score) for one in finalists(winner) if one.fold_scores and one.final_score is not None]
    return [one for one, _ in sorted(ran, key=lambda each: (each[0].trial != winner.record.trial, -each[1]))]


def why_won(winner: Trained) -> str:
    """Return in a sentence, without its full stop, why the winner won; empty if that is not known."""
    entered, ran = finalists(winner), by_rank(winner)
    if not entered:
        return ""
    head = f"trial {winner.record.trial} won: "
    if not ran:
        score = f"{in_validation(winner.metric)} {score_text(winner.record.metric, winner.record.val_score)}"
        return f"{head}best score in the search, {score}; no candidate was cross-validated"
    if len(ran) == 1:
        return head + _alone(winner, ran[0], len(entered))
    return head + _among(winner, ran, entered)


def sentence(winner: Trained) -> str:
    """Return `why_won` as a whole sentence; empty if it is not known."""
    why = why_won(winner)
    return f"{why[0].upper()}{why[1:]}." if why else ""


def _alone(winner: Trained, own: Finalist, entered: int) -> str:
    reached = f"in {_cross_validation(winner, own)} its mean {metric_title(winner.metric)} is"
    if entered == 1:
        return f"it is the only finalist; {reached} {score_text(winner.metric, own.mean)}"
    few = f"there was time to cross-validate only this one of the {entered} best candidates"
    return f"best score in the search; {few}; {reached} {score_text(winner.metric, own.mean)}"


def _cross_validation(winner: Trained, own: Finalist) -> str:
    counted, left_out = len(own.fold_scores), winner.folds_left_out
    if left_out:
        return f"{counted} of {counted + left_out} folds of a cross-validation"
    return f"{counted}-fold cross-validation"


def _among(winner: Trained, ran: Sequence[Finalist], entered: Sequence[Finalist]) -> str:
    own, others = ran[0], ran[1:]
    title, folds = metric_title(winner.metric), _cross_validation(winner, own)
    missing = len(entered) - len(ran)
    left_out = f"; {missing} of the {len(entered)} best candidates could not be compared" if missing else ""
    metric = find_metric(winner.metric)
    higher = next((one for one in others if metric.is_better(fmean(one.fold_scores), fmean(own.fold_scores))), None)
    if higher is not None:
        return (
            f"best mean score of {folds}, which weighs {title} against size, of the {len(ran)} finalists: "
            f"{metric.text(own.mean)} with {_weights(own)}; trial {higher.trial} reached {metric.text(higher.mean)} "
            f"with {_weights(higher)}{left_out}"
        )
    won = f"best mean {title} of {folds}, {score_text(winner.metric, own.mean)}, of the {len(ran)} finalists"
    return f"{won}; {_leader(metric, own, others, entered)}{left_out}"


def _leader(metric: Metric, own: Finalist, others: Sequence[Finalist], entered: Sequence[Finalist]) -> str:
    """Return how the candidate fared that led the search; the second of the finals, if the winner did."""
    if entered[0].trial == own.trial:
        return f"trial {others[0].trial} is second with {_mean(metric, others[0], own)}"
    leader = entered[0]
    if leader.val_score is None or own.val_score is None:
        return f"trial {others[0].trial} is second with {_mean(metric, others[0], own)}"
    ahead = metric.is_better(leader.val_score, own.val_score) and metric.differs(leader.val_score, own.val_score)
    by = f" by {metric.difference_text(leader.val_score - own.val_score)}" if ahead else ""
    reached = f"reached {_mean(metric, leader, own)}" if leader.fold_scores else "could not be cross-validated"
    return f"trial {leader.trial}, ahead in the search{by}, {reached}"


def _mean(metric: Metric, other: Finalist, own: Finalist) -> str:
    if other.final_score == own.final_score:
        return f"{metric.text(other.mean)} too; of equal ones the smaller wins, then the earlier"
    return metric.text(other.mean)


def _weights(one: Finalist) -> str:
    return "weights of unknown size" if one.weights_bytes is None else f"{one.weights_bytes:,} B of weights"


def not_on_front(winner: Trained) -> str:
    """Return in words that a winner is not on the front, which goes by the scores of the search."""
    return "not on this front, but best in the cross-validation" if winner.finals else "not on this front"
