"""What benchmarks share that compare searches side by side: so whatever else the machine does strikes them alike."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from nas.text import interval, percent

Line = dict[str, Any]
_FIGURES = ("weights_bytes", "arena_bytes", "macs")
HEAD = """\
| weights up to | space | seed | minutes | candidates | int8 test accuracy | 95 % interval | weights | arena | MACs |
|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|
"""


def side_by_side(path: Path, turns: Iterable[Sequence[Line]], searched: Callable[[Line], Line]) -> Iterator[list[Line]]:
    """Run searches, those of a turn at the same time, and keep a line of each in a file.

    Args:
        path: the file of lines. Searches that it has are not done again.
        turns: the settings of searches; a line begins with them.
        searched: runs a search and returns its line.

    Yields:
        All lines of the file, after each turn.
    """
    lines: list[Line] = [json.loads(text) for text in path.read_text().splitlines()] if path.exists() else []
    for turn in turns:
        missing = [settings for settings in turn if not any(settings.items() <= line.items() for line in lines)]
        with ThreadPoolExecutor(len(turn)) as pool:
            lines += pool.map(searched, missing)
        path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
        yield lines


def winner(found: Any) -> Line:
    """Return what a line says of a search's winner, from the document that `search` returns."""
    best = found["best"]
    tested = {"accuracy": best["test_accuracy"], "interval": best["test_accuracy_interval"]}
    return {"candidates": found["trials"], **tested, **{key: best[key] for key in _FIGURES}}


def row(line: Line, limit: str) -> str:
    """Return a row of the table of searches; `limit` is that of the weights, in words."""
    cells = (
        f"{limit} | {line['space']} | {line['seed']} | {line['minutes']:g} | {line['candidates']}",
        f"{percent(line['accuracy'])} | {interval(*line['interval'])}",
        f"{line['weights_bytes']:,} B | {line['arena_bytes']:,} B | {line['macs']:,}",
    )
    return f"| {' | '.join(cells)} |\n"


def search(**settings: object) -> Any:
    """Search by the command line, with one worker, and return the document that it prints.

    Args:
        settings: options by name, such as `budget_kb=6`.
    """
    with tempfile.TemporaryDirectory() as folder:
        options = [part for key, value in settings.items() for part in (f"--{key.replace('_', '-')}", str(value))]
        kept = ["--jobs", "1", "--tracking-uri", "none", "--studies", folder, "--json"]
        command = [sys.executable, "-m", "nas", "search", *options, *kept]
        return json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
