"""Numbers as text for a page: no line breaks within them, thousands grouped."""

from nas import text
from nas.task.metrics import Estimate
from nas.task.task import find_metric, score_text
from nas.text import UNKNOWN

# The space between a number and its unit, at which no line may break.
GAP = "\u00a0"


def percent(share: float | None) -> str:
    """Return a share of 1 in percent."""
    return text.percent(share).replace(" ", GAP)


def interval(estimate: Estimate) -> str:
    """Return the interval of a metric in percent."""
    return text.interval(estimate.low, estimate.high).replace(" %", f"{GAP}%")


def scored(metric: str, value: float | None) -> str:
    """Return a value of a metric of any task."""
    return score_text(metric, value).replace(" ", GAP)


def interval_of(metric: str, estimate: Estimate) -> str:
    """Return the interval of a metric of any task."""
    return find_metric(metric).interval_text(estimate.low, estimate.high).replace(" %", f"{GAP}%")


def whole(number: object) -> str:
    """Return a whole number with its thousands grouped; a dash for anything else."""
    return f"{number:,}" if isinstance(number, int) else UNKNOWN


def size(number: object) -> str:
    """Return a number of bytes; a dash for anything else."""
    return f"{whole(number)}{GAP}B" if isinstance(number, int) else UNKNOWN


def decimal(number: float | None, digits: int) -> str:
    """Return a number with that many decimals; a dash for None."""
    return UNKNOWN if number is None else f"{number:.{digits}f}"


def value(number: object) -> str:
    """Return the value of a hyperparameter, a number with four digits at most."""
    return f"{number:.4g}" if isinstance(number, float) else str(number)


def capitalized(words: str) -> str:
    """Return words with a capital at their beginning, and the others as they are."""
    return words[:1].upper() + words[1:]
