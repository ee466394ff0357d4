"""Models measured on this computer as a person reads them: a line each, and below why some were not."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Group
from rich.padding import Padding
from rich.text import Text

from nas.api.benchmarked import Benchmark, BenchmarkRow, HostTime
from nas.cli.views.columns import columns
from nas.cli.views.labels import labels
from nas.reports.memory_map.lifetimes import printable
from nas.task.task import metric_title, score_text
from nas.text import UNKNOWN, counted, kilobytes, shortened

_INTERPRETERS = {"LiteRT": "litert", "XNNPACK": "xnnpack", "TFLM": "tflm"}


# With fewer columns, a table has no room for how much times vary.
_WIDE = 120


def view(result: Benchmark, width: int = 80) -> Group:
    """Return the table, then why some models or interpreters gave no figures."""
    called = labels(dict.fromkeys((row.file for row in result.rows), ""))
    parts: list[Any] = [_heading(result), "", _table(result, called, width >= _WIDE)]
    notes = list(_notes(result, called))
    return Group(*parts, *(["", *notes] if notes else []))


def _heading(result: Benchmark) -> Text:
    title = Text(f"{counted(len(result.rows), 'model')} on this computer, one thread\n", style="bold")
    words = f"median time of an inference in microseconds; arena on {result.target}"
    if result.baseline is not None:
        words += f"; {metric_title(result.metric)} on {result.test_rows:,} test rows, "
        words += f"baseline {score_text(result.metric, result.baseline)}"
    return title.append(words, style="not bold dim")


def _table(result: Benchmark, called: Mapping[str, str], spread: bool) -> Text:
    judged = result.baseline is not None
    titles = [
        "model",
        "numbers",
        "weights",
        "file",
        "arena",
        *_INTERPRETERS,
        *([metric_title(result.metric)] if judged else []),
    ]
    metric = result.metric if judged else None
    rows = [[called[row.file], *_cells(row, metric, spread)] for row in result.rows]
    styles = ["red" if row.footprint is None else "" if row.footprint.supported else "yellow" for row in result.rows]
    return columns(titles, rows, frozenset(titles) - {"model", "numbers"}, styles)


def _cells(row: BenchmarkRow, metric: str | None, spread: bool) -> list[str]:
    known = row.footprint
    sizes = (UNKNOWN,) * 3
    if known is not None:
        arena = None if known.refused else known.detail.used
        sizes = (kilobytes(known.weights_bytes), kilobytes(known.file_bytes), kilobytes(arena))
    times = [_time(getattr(row, name), spread) for name in _INTERPRETERS.values()]
    numbers = UNKNOWN if row.numbers is None else row.numbers.value
    return [numbers, *sizes, *times, *([score_text(metric, row.litert.score)] if metric else [])]


def _time(time: HostTime, spread: bool) -> str:
    if time.median_us is None or time.low_us is None or time.high_us is None:
        return UNKNOWN
    ends = f" ({_short(time.low_us)} to {_short(time.high_us)})" if spread else ""
    return f"{_short(time.median_us)}{ends}"


def _short(microseconds: float) -> str:
    return f"{microseconds:,.0f}" if microseconds >= 100 else f"{microseconds:.3g}"


def _notes(result: Benchmark, called: Mapping[str, str]) -> Iterator[Any]:
    """Yield each reason once, with the models that it holds for."""
    reasons: dict[str, list[str]] = {}
    for row in result.rows:
        given = {"": row.reason, **{name: getattr(row, key).reason for name, key in _INTERPRETERS.items()}}
        for name, reason in given.items():
            if reason:
                words = f"{name}: {reason}" if name else reason
                reasons.setdefault(words, []).append(called[row.file])
    for words, models in reasons.items():
        yield Padding(Text(f"! {shortened(models, 3)}: {printable(words)}"), (0, 0, 0, 2))
