"""Trainings that are compared, each a line of a file: what is there already is not done again.

A training is a frozen dataclass. Its fields that are compared say which training it is; the others, with defaults, say
what came out of it.
"""

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import fmean, stdev
from typing import Any, TypeVar

T = TypeVar("T")


def read(lines: Path, kind: type[T]) -> dict[T, T]:
    """Return the trainings of a file, each by itself without what came out of it."""
    texts = lines.read_text().splitlines() if lines.exists() else []
    return {one: one for one in (kind(**json.loads(text)) for text in texts)}


def fill(lines: Path, wanted: Iterable[T], measure: Callable[[T], T]) -> None:
    """Do those trainings that the file lacks, and append a line for each."""
    for training in wanted:
        if training not in read(lines, type(training)):
            found: Any = measure(training)
            print(found, file=sys.stderr)
            with lines.open("a") as file:
                file.write(json.dumps(asdict(found)) + "\n")


def cell(pairs: Sequence[tuple[Any, Any]], key: str, is_base: bool) -> str:
    """Return the mean of a figure in percent, or of its differences from the second of each pair, +- its error."""
    numbers = [100 * (getattr(one, key) - (0 if is_base else getattr(base, key))) for one, base in pairs]
    mean = f"{fmean(numbers):.1f}" if is_base else f"{fmean(numbers):+.1f}"
    return f"{mean} +- {stdev(numbers) / len(numbers) ** 0.5:.1f}" if len(numbers) > 1 else mean
