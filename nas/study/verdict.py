"""Whether a winner beats the hand-made network, in one sentence for terminal, report, model card and MLflow."""

from nas.study.costs import COSTS
from nas.study.result import Trained
from nas.study.scores import on_test_set
from nas.task.metrics import Estimate
from nas.task.task import find_metric
from nas.text import kilobytes


def verdict(winner: Trained) -> str:
    """Return in a sentence whether a winner beats its hand-made network; empty if there is nothing to compare.

    The sentence has the difference of the study's metric on the test set, whether the hand-made network's score lies
    within the winner's 95 % interval, and the difference of the weights, in bytes.
    """
    made = winner.hand_made
    if winner.tested is None or made is None or made.tested is None:
        return ""
    own, other = winner.tested.metrics[winner.metric], made.tested.metrics[winner.metric]
    metric = find_metric(winner.metric)
    gain = metric.ranked(own.value) - metric.ranked(other.value)
    saved = (COSTS["weights"].of(made.record) or 0) - (COSTS["weights"].of(winner.record) or 0)
    clear = _is_clear(own, other)
    if not metric.differs(own.value, other.value):
        return f"{_level(saved)}: the {on_test_set(winner.metric)} is the same {_size(saved)}."
    by = metric.difference_text(own.value - other.value)
    reached = f"its {on_test_set(winner.metric)} is {by} {'higher' if own.value > other.value else 'lower'}"
    return f"{_head(gain, saved, clear)}: {reached} ({_chance(clear)}) {_size(saved)}."


def _level(saved: float) -> str:
    if saved > 0:
        return "The winner is as accurate as the hand-made network and smaller"
    return "The winner is no better than the hand-made network"


def _head(gain: float, saved: float, clear: bool | None) -> str:
    """Return the verdict where the scores differ: what the test does not show clearly is not claimed."""
    if clear is None:
        return f"The winner is {'better' if gain > 0 else 'less accurate'} than the hand-made network on this test set"
    if clear:
        return f"The winner is {'better' if gain > 0 else 'less accurate'} than the hand-made network"
    if saved > 0:
        more = "more" if gain > 0 else "less"
        return f"The winner is smaller than the hand-made network and not clearly {more} accurate"
    return f"The winner is {'not clearly' if gain > 0 else 'no'} better than the hand-made network"


def _size(saved: float) -> str:
    if not saved:
        return "with weights of the same size"
    return f"with {kilobytes(int(abs(saved)))} {'less' if saved > 0 else 'more'} of weights"


def _is_clear(own: Estimate, other: Estimate) -> bool | None:
    """Return whether the other score is outside one's interval; None without an interval."""
    return None if own.low is None or own.high is None else not own.low <= other.value <= own.high


def _chance(clear: bool | None) -> str:
    if clear is None:
        return "the test set has too few groups to say whether by chance"
    return "outside its 95 % interval" if clear else "within its 95 % interval, so it may be chance"
