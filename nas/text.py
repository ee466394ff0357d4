"""Numbers and documents as text, one form of each for the command line, the reports and the exported files."""

import html
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

UNKNOWN = "-"


def percent(share: float | None, decimals: int = 1) -> str:
    """Return a share of 1 in percent; a dash for None."""
    return UNKNOWN if share is None else f"{100 * share:.{decimals}f} %"


def interval(low: float | None, high: float | None) -> str:
    """Return an interval of shares of 1 in percent; a dash if there is none."""
    if low is None or high is None:
        return UNKNOWN
    return f"{100 * low:.1f} to {percent(high)}"


def counted(number: int, what: str, ending: str = "s") -> str:
    """Return a number of things, such as `1 candidate` or `3 candidates`; the plural has another ending if given."""
    return f"{number:,} {what}{'' if number == 1 else ending}"


def listed(words: Sequence[str]) -> str:
    """Return words as a list in a sentence: `one`, `one and two`, `one, two and three`."""
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def shortened(names: Iterable[object], most: int) -> str:
    """Return names in a row, at most so many and the number of the others: `a, b and 3 more`."""
    words = list(map(str, names))
    more = len(words) - most
    return ", ".join(words[:most]) + (f" and {more} more" if more > 0 else "")


def duration(seconds: float) -> str:
    """Return a time in its two largest units."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def kilobytes(value: int | None) -> str:
    """Return a number of bytes: exact below 10 KB, in KB of 1024 bytes from there on; a dash for None."""
    if value is None:
        return UNKNOWN
    return f"{value:,} B" if value < 10_240 else f"{value / 1024:,.1f} KB"


def facts_html(title: str, facts: Mapping[str, object]) -> str:
    """Return a title and a table of facts as HTML, for notebooks; all text is escaped."""
    rows = (f"<tr><th>{html.escape(name)}</th><td>{html.escape(str(fact))}</td></tr>" for name, fact in facts.items())
    return f"<b>{html.escape(title)}</b><table>{''.join(rows)}</table>"


def document(data: Any) -> str:
    """Return data as a JSON document with sorted keys; NaN and infinities become null, since JSON has neither."""
    return json.dumps(_finite(data), indent=1, sort_keys=True, allow_nan=False) + "\n"


def _finite(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _finite(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_finite(value) for value in data]
    return None if isinstance(data, float) and not math.isfinite(data) else data
