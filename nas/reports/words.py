"""Numbers as a reader likes them."""

from nas.task.metrics import Estimate

UNKNOWN = "-"
# Between a number and its unit: a space at which no line breaks.
GAP = "\u00a0"


def percent(share: float | None) -> str:
    """Write a share of 1 with one digit."""
    return UNKNOWN if share is None else f"{100 * share:.1f}{GAP}%"


def interval(estimate: Estimate) -> str:
    """Write the 95 % interval of a metric with one digit."""
    return f"{100 * estimate.low:.1f} to {percent(estimate.high)}"


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
