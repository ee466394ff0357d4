"""Fit the instructions of the mel front-end to the counts of `front_end_cores.py`, and tell the errors.

    python benchmarks/front_end_fit.py

Prints the tables of nas/signal/mel_cost.py. The settings are divided in two: one half is fitted, and the error is that
of the other half; the tables are then fitted to all. What it printed is in front_end_cores.md.
"""

import json
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from instruction_fit import fit

from nas.signal.mel import Mel
from nas.signal.mel_cost import ram_bytes, table_bytes, terms

FILE = Path(__file__).parent / "front_end_cores.json"


def main() -> None:
    """Fit each core."""
    by_core: dict[str, list[dict]] = defaultdict(list)
    for row in json.loads(FILE.read_text()):
        by_core[row["core"]].append(row)
    for core, rows in by_core.items():
        mels = [Mel(**row["settings"]) for row in rows]
        found = fit([terms(mel) for mel in mels], [row["instructions"] for row in rows])
        held_out = found.held_out
        code = {row["flash"] - table_bytes(mel) for row, mel in zip(rows, mels, strict=True)}
        ram = {row["ram"] - ram_bytes(mel) for row, mel in zip(rows, mels, strict=True)}
        print(f"{core}: {len(rows)} settings, error of the half that was not fitted: median {np.median(held_out):.1%},")
        print(f"  greatest {held_out.max():.1%}; code {sorted(code)}, RAM apart by {sorted(ram)}")
        print(f"  all: greatest {found.errors.max():.1%}")
        print(f'    "{core}": {found.row},')
        print(f"  different: {sum(row['different'] for row in rows)}, stack {max(row['stack'] for row in rows)}")


if __name__ == "__main__":
    main()
