"""Fit the instructions of the mel front-end to the counts of `front_end_cores.py`, and tell the errors.

    python benchmarks/front_end_fit.py

Prints the tables of nas/signal/mel_cost.py. The settings are divided in two: one half is fitted, and the error is that
of the other half; the tables are then fitted to all. What it printed is in front_end_cores.md.
"""

import json
from collections import defaultdict
from pathlib import Path

import numpy as np
from scipy.optimize import nnls

from nas.signal.mel import Mel
from nas.signal.mel_cost import ram_bytes, table_bytes, terms

FILE = Path(__file__).parent / "front_end_cores.json"


def fitted(rows: list[dict], chosen: np.ndarray) -> np.ndarray:
    """Return instructions of each term, none below 0, with the least relative error."""
    x = np.array([terms(Mel(**row["settings"])) for row in rows], float)[chosen]
    y = np.array([row["instructions"] for row in rows])[chosen]
    return nnls(x / y[:, None], np.ones(len(y)))[0]


def main() -> None:
    """Fit each core."""
    by_core: dict[str, list[dict]] = defaultdict(list)
    for row in json.loads(FILE.read_text()):
        by_core[row["core"]].append(row)
    for core, rows in by_core.items():
        numbers = np.arange(len(rows))
        x = np.array([terms(Mel(**row["settings"])) for row in rows], float)
        y = np.array([row["instructions"] for row in rows])
        held = x @ fitted(rows, numbers % 2 == 0) / y - 1
        error = np.abs(held[numbers % 2 == 1])
        code = {row["flash"] - table_bytes(Mel(**row["settings"])) for row in rows}
        ram = {row["ram"] - ram_bytes(Mel(**row["settings"])) for row in rows}
        print(f"{core}: {len(rows)} settings, error of the half that was not fitted: median {np.median(error):.1%},")
        print(f"  greatest {error.max():.1%}; code {sorted(code)}, RAM apart by {sorted(ram)}")
        print(f"  all: greatest {np.abs(x @ fitted(rows, numbers >= 0) / y - 1).max():.1%}")
        print(f'    "{core}": ({", ".join(f"{value:.2f}" for value in fitted(rows, numbers >= 0))}),')
        print(f"  different: {sum(row['different'] for row in rows)}, stack {max(row['stack'] for row in rows)}")


if __name__ == "__main__":
    main()
