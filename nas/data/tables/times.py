"""Columns of time: which ones they are, and their values in seconds."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from nas.arrays import Doubles
from nas.data.tables.table import Table
from nas.errors import InputError

UNITS = {
    **dict.fromkeys(("h", "hour", "hours"), 3600.0),
    **dict.fromkeys(("min", "minutes"), 60.0),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1.0),
    **dict.fromkeys(("ms", "msec", "millis", "milliseconds"), 1e-3),
    **dict.fromkeys(("us", "µs", "μs", "usec", "micros", "microseconds"), 1e-6),
    **dict.fromkeys(("ns", "nsec", "nanos", "nanoseconds"), 1e-9),
}
"""Length in seconds of the units with which the name of a time column may end."""

CORE = {"t", "ts", "time", "times", "timestamp", "timestamps", "datetime", "date", "elapsed", "unix", "unixtime"}
CORE |= {"epoch", "utc", "zeit", "uhrzeit", "datum"} | {
    unit for unit, length in UNITS.items() if len(unit) > 1 and length <= 1
}
FILLERS = set(UNITS) | {"stamp", "of", "day", "since", "start", "local", "gmt", "in"}
SHORT_UNITS = {unit for unit, length in UNITS.items() if length <= 1}
RISING = 0.8
"""Share of the steps of a column that go up, of those that change it, from which on its numbers may be times."""

FIRST_COLUMN = re.compile(r".*_(?:ms|us|ns)")
"""Names that mean time in the first column only: elsewhere, `acc_ms` may be anything."""

EPOCHS = ((1e18, 1e-9), (1e15, 1e-6), (1e12, 1e-3), (1e9, 1.0))
"""Unix times of the years 2001 to 2096 lie between one and four times these, in units of this length."""

STEPS = ((1e-9, 1e6), (1e-6, 1e3), (1e-3, 1.0), (1.0, 0.0))
"""Units and the least step in each at which the rate lies between 1 Hz and 1 kHz."""

DAY_SECONDS = 86_400
SHORT_CLOCK = re.compile(r"\d{1,2}:\d\d(\.\d+)?")
CLOCK = re.compile(r"\d{1,2}:\d\d:\d\d(?:\.\d+)?")
DAY = re.compile(r"\d{1,4}([-/.])\d{1,2}\1\d{1,4}")
HALF_DAY = re.compile(r"\d{1,2}:\d\d:\d\d(?:\.\d+)? ?[AP]M", re.IGNORECASE)


def is_time(name: str, column: int) -> bool:
    """Return whether the name of a column says that it holds time."""
    words = set(re.findall(r"[^\W\d_]+", name.lower()))
    named = bool(words & CORE) and words <= CORE | FILLERS
    return named or (column == 0 and bool(FIRST_COLUMN.fullmatch(name.lower())))


def may_be_temperature(name: str) -> bool:
    """Return whether a name that says time may as well mean temperature: `T`, or `T_min`, but not `t_ms`."""
    words = set(re.findall(r"[^\W\d_]+", name.lower()))
    return words & CORE == {"t"} and not words & SHORT_UNITS


def rises(table: Table, column: int) -> bool:
    """Return whether a column mostly increases from row to row, as times do; also where it holds no two numbers."""
    known = table.known_numbers(column)
    if len(known) < 2:
        return True
    steps = np.diff(known)
    steps = steps[steps != 0]
    return len(steps) > 0 and float((steps > 0).mean()) >= RISING


def seconds(table: Table, columns: Sequence[int], unit: str | None) -> tuple[Doubles, tuple[str, ...]]:
    """Return the times in seconds from the first one on, NaN where a cell is blank, and what was assumed.

    Args:
        table: the table.
        columns: the columns of time; of several, the first counts, or a day and a time of day together.
        unit: unit of the first column; None if its name or its values tell.

    Raises:
        InputError: the cells are no times, or their unit is ambiguous.
    """
    column = columns[0]
    numbers = not table.is_text(column) and not pd.api.types.is_datetime64_any_dtype(table.frame[column].dtype)
    if numbers:
        times = table.numbers(column)
        factor, note = _unit(table, column, times, unit)
        # Times count from 0: in a large number, such as the time of day, later arithmetic would lose the fractions.
        with np.errstate(over="ignore", invalid="ignore"):
            return (times - _first(times)) * factor, note
    if table.frame[column].dtype.kind == "m":
        return _from_first(table.frame[column], table, column, [""] * len(table)), ()
    texts = [_point(text) for text in table.texts(column).tolist()]
    if len(columns) > 1 and DAY.fullmatch(_some(texts)):
        later = [_point(text) for text in table.texts(columns[1]).tolist()]
        texts = [f"{day} {clock}" if day and clock else "" for day, clock in zip(texts, later, strict=True)]
    return _dates(table, column, texts)


def _point(text: str) -> str:
    """Return a time with a point before the fraction of the second; `12:00:00,020` and `12:00:00:020` mean the same."""
    return re.sub(r"(\d:\d\d:\d\d):(\d+)$", r"\1.\2", text.replace(",", "."))


def _dates(table: Table, column: int, texts: Sequence[str]) -> tuple[Doubles, tuple[str, ...]]:
    filled, example = pd.Series([text or None for text in texts]), _some(texts)
    note = (f"{table.name(column)} holds times such as {example}",)

    def checked(parsed: Any) -> Doubles:
        return _from_first(parsed, table, column, texts)

    if short := SHORT_CLOCK.fullmatch(example):
        if not short[1]:
            rule = f"{table.name(column)} may hold hours and minutes, or minutes and seconds"
            raise InputError(table.place, rule, got=example, hint="write times as 00:12:34")
        filled = "0:" + filled
    if short or CLOCK.fullmatch(example):
        clock = checked(pd.to_timedelta(filled, errors="coerce"))
        with np.errstate(invalid="ignore"):
            midnights = np.cumsum(np.diff(clock, prepend=clock[:1]) < -DAY_SECONDS / 2)
        return clock + DAY_SECONDS * midnights, note
    if HALF_DAY.fullmatch(example):
        compact = pd.Series([text.replace(" ", "") or None for text in texts])
        return checked(pd.to_datetime(compact, format="mixed", errors="coerce")), note
    parsed = pd.to_datetime(filled, format="ISO8601", errors="coerce", utc=True)
    if parsed.isna().sum() == filled.isna().sum():
        return checked(parsed), note
    day, month = (
        checked(pd.to_datetime(filled, format="mixed", dayfirst=first, errors="coerce", utc=True))
        for first in (True, False)
    )
    if "/" in example and not np.array_equal(day, month, equal_nan=True):
        rule = f"{table.name(column)} may begin with the day or the month"
        raise InputError(table.place, rule, got=example, hint="write dates as 2024-12-31")
    return day, note


def _from_first(parsed: Any, table: Table, column: int, texts: Sequence[str]) -> Doubles:
    """Return times of pandas in seconds from the first one on; InputError at the first text that is no time."""
    bad = parsed.isna().to_numpy() & (np.array(texts) != "")
    if bad.any():
        row = int(bad.argmax())
        got = repr(str(table.frame.iat[row, column]))
        raise InputError(table.at(row), f"column {table.name(column)} must be a time", got=got)
    known = parsed.dropna()
    if not len(known):
        hint = "fill it, or name another column by --time-column"
        raise InputError(table.place, f"column {table.name(column)} must hold times, but is blank", hint=hint)
    return np.asarray((parsed - known.iloc[0]).dt.total_seconds(), np.float64)


def _unit(table: Table, column: int, times: Doubles, unit: str | None) -> tuple[float, tuple[str, ...]]:
    """Return the length in seconds of the unit of a time column, and a note if it was assumed."""
    name = table.name(column)
    words = re.findall(r"[^\W\d_]+", name.lower())
    told = unit or next((word for word in reversed(words) if word in UNITS and (len(words) > 1 or len(word) > 1)), None)
    if told:
        return UNITS[told], ()
    steps = np.abs(np.diff(times[np.isfinite(times)]))
    steps = steps[steps > 0]
    if not len(steps):
        return 1.0, ()
    step, start = float(np.median(steps)), abs(_first(times))
    by_step = next(length for length, above in STEPS if step >= above)
    by_date = next((length for least, length in EPOCHS if least <= start < 4 * least), None)
    if by_date is not None and by_date != by_step and step > 10 and by_date == 1.0:
        raise _ambiguous(table, name, step, (1.0, by_step))
    if by_date is None and step in (1.0, 1e3, 1e6):
        raise _ambiguous(table, name, step, (by_step * 1e3, by_step))
    length = by_step if by_date is None else by_date
    kind = "Unix time in " if by_date is not None else ""
    return length, (f"unit of {name}: {kind}{_word(length)}, by its values",)


def _ambiguous(table: Table, name: str, step: float, lengths: tuple[float, float]) -> InputError:
    units = [_word(length) for length in lengths]
    rates = " or ".join(f"{1 / (step * length):g} Hz in {unit}" for length, unit in zip(lengths, units, strict=True))
    hint = f"give --time-column '{name}:{units[0]}' or '{name}:{units[1]}'"
    return InputError(table.place, f"the unit of {name} is ambiguous: steps of {step:g} mean {rates}", hint=hint)


def _word(length: float) -> str:
    return {1.0: "s", 1e-3: "ms", 1e-6: "us", 1e-9: "ns"}[float(f"{length:.0e}")]


def _first(times: Doubles) -> float:
    known = times[~np.isnan(times)]
    return float(known[0]) if len(known) else 0.0


def _some(texts: Sequence[str]) -> str:
    """Return the first text that is not empty."""
    return next((text for text in texts if text), "")
