"""Cepstral coefficients on emulated cores: whether they are Python's, and what they cost beside the log-mel features.

    python benchmarks/cepstrum_cores.py [--core cortex-m4 ...]

Needs what `front_end_cores.py` needs, and measures as it does: each setting with coefficients and without, whose
difference is told. It then fits the instructions of a frame, as `front_end_fit.py` does, and prints those in
nas/signal/cepstrum_cost.py. The page is front_end_cores.md.
"""

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from front_end_cores import measure
from instruction_fit import fit
from plain_c import CORES

from nas.signal.cepstrum_cost import cepstrum_bytes, cepstrum_instructions, cepstrum_terms
from nas.signal.mel import Mel

SHORT = Mel(window_size_ms=16, window_step_ms=16, filterbank_n_channels=10)
SETTINGS = [
    replace(SHORT, filterbank_n_channels=channels, mfcc_coefficients=count, mfcc_lifter=lifter)
    for channels, count, lifter in (
        (40, 13, 22), (40, 10, 22), (20, 10, 22), (32, 12, 22), (26, 13, 22), (40, 40, 0), (10, 10, 22), (64, 20, 22),
        (23, 7, 22), (80, 13, 0), (8, 1, 22), (16, 16, 22), (48, 30, 0), (12, 5, 60),
    )
]  # fmt: skip


def added(core: str, mel: Mel) -> dict[str, Any]:
    """Return what coefficients add to flash, RAM and instructions on a core, and how many differ from Python's."""
    both, without = measure(core, mel), measure(core, replace(mel, mfcc_coefficients=0))
    found = {key: both[key] - without[key] for key in ("flash", "ram", "instructions")}
    return {**found, "different": both["different"]}


def line(core: str, mel: Mel, found: dict[str, Any]) -> str:
    """Return a line of the table; in brackets, how far the estimate is from the instructions."""
    count, guess = found["instructions"], cepstrum_instructions(mel, core)
    near = "" if guess is None else f" ({guess / count - 1:+.1%})"
    cells = f"{mel.filterbank_n_channels} | {mel.mfcc_coefficients} | {core} | {found['flash']:,} | {found['ram']}"
    return f"| {cells} | {count:,.0f}{near} | {found['different']} |"


def main() -> None:
    """Measure, print a table, and fit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--core", action="append", choices=CORES)
    print("| channels | coefficients | core | flash | RAM | instructions a frame | that differ |")
    print("|---|---|---|---|---|---|---|")
    for core in parser.parse_args().core or ["cortex-m0plus", "cortex-m4"]:
        rows = []
        for mel in SETTINGS:
            rows.append(added(core, mel))
            print(line(core, mel, rows[-1]), flush=True)
        code = {row["flash"] - cepstrum_bytes(mel) for mel, row in zip(SETTINGS, rows, strict=True)}
        found = fit([cepstrum_terms(mel) for mel in SETTINGS], [row["instructions"] for row in rows])
        errors = f"{found.held_out.max():.1%} not fitted, {found.errors.max():.1%} all"
        print(f"{core}: code {sorted(code)}; greatest error {errors}")
        print(f'    "{core}": {found.row},')


if __name__ == "__main__":
    main()
