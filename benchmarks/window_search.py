"""Whether front-ends bring something at 2 KB: searches of UCI HAR with them in the space and without, in turn.

    python benchmarks/window_search.py ../shared/data/uci_har_windows.npz --folder FOLDER [--seeds 3] [--minutes 6]

Each search runs by itself, `features_timeseries` and then `cnn_timeseries` of the same seed; what the folder holds
already is not searched again. Prints the rows of window_search.md.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from nas.text import percent

SPACES = ("features_timeseries", "cnn_timeseries")


def search(data: Path, folder: Path, space: str, seed: int, minutes: float) -> dict[str, Any]:
    """Return the document of a search."""
    name = f"{space.partition('_')[0]}-{seed}"
    file = folder / f"{name}.json"
    if not file.is_file():
        limits = ["--budget-kb", "2", "--minutes", f"{minutes:g}", "--jobs", "2"]
        what = ["--space", space, "--data", str(data), "--seed", str(seed), "--name", name]
        command = [sys.executable, "-m", "nas", "search", *what, *limits, "--json"]
        said = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, check=True).stdout
        file.write_bytes(said)
    found: dict[str, Any] = json.loads(file.read_text())
    return found


def told(space: str, seed: int, document: dict[str, Any]) -> str:
    """Return a row of the table."""
    best, states = document["best"], document["states"]
    low, high = best["test_accuracy_interval"]
    settings = best["architecture"].get("front_end", {"front_end": "raw"})
    shown = ", ".join(f"{key} {value}" for key, value in settings.items() if key in ("segments", "frame_size", "bands"))
    cells = [
        f"{space} | {seed} | {states['complete']} + {states['pruned']}",
        f"{settings['front_end']}{f' ({shown})' if shown else ''}",
        f"{percent(best['val_accuracy'])} | {percent(best['test_accuracy'])} | {percent(low)} to {percent(high)}",
        f"{best['weights_bytes']:,} B | {best.get('ram_bytes', best['arena_bytes']):,} B | {best['macs']:,}",
    ]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Search, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--minutes", type=float, default=6)
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    head = ("space", "seed", "trained + stopped early", "front-end of the winner", "validated", "tested (int8)")
    head += ("95 % interval", "weights", "RAM, host", "MACs")
    print(f"| {' | '.join(head)} |\n|{'---|' * len(head)}")
    for seed in range(given.seeds):
        for space in SPACES:
            document = search(given.data.resolve(), given.folder, space, seed, given.minutes)
            print(told(space, seed, document), flush=True)


if __name__ == "__main__":
    main()
