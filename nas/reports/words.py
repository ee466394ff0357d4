"""Numbers as a reader likes them."""

from nas import text
from nas.task.metrics import Estimate
from nas.text import UNKNOWN

# Between a number and its unit: a space at which no line breaks.
GAP = "\u00a0"


def percent(share: float | None) -> str:
    """Write a share of 1 in percent, on one line."""
    return text.percent(share).replace(" ", GAP)


def interval(estimate: Estimate) -> str:
    """Write the interval of a metric in percent."""
    return text.interval(estimate.low, estimate.high).replace(" %", f"{GAP}%")


def whole(number: object) -> str:
    """Group thousands by a narrow space that does not break."""
    return f"{number:,}".replace(",", "\u202f") if isinstance(number, int) else UNKNOWN


def size(number: object) -> str:
    """Write a number of bytes."""
    return f"{whole(number)}{GAP}B" if isinstance(number, int) else UNKNOWN


def decimal(number: float | None, digits: int) -> str:
    """Write a number with that many digits."""
    return UNKNOWN if number is None else f"{number:.{digits}f}"


def duration(seconds: float) -> str:
    """Write a time with its two largest units."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def value(number: object) -> str:
    """Write a sampled value briefly."""
    return f"{number:.4g}" if isinstance(number, float) else str(number)
