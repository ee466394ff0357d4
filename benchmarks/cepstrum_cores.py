"""Cepstral coefficients on emulated cores: whether they are Python's, and what they cost beside the log-mel features.

    python benchmarks/cepstrum_cores.py [--core cortex-m4 ...]

Needs what `front_end_cores.py` needs, and measures as it does: each setting with coefficients and without, whose
difference is told. It then fits the instructions of a frame, as `front_end_fit.py` does, and prints the tables of
nas/signal/cepstrum_cost.py. The page is front_end_cores.md.
"""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.optimize import nnls

sys.path.insert(0, str(Path(__file__).parent))
from front_end_cores import measure
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


def main() -> None:
    """Measure, print a table, and fit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--core", action="append", choices=CORES)
    print("| channels | coefficients | core | flash | RAM | instructions a frame | that differ |")
    print("|---|---|---|---|---|---|---|")
    for core in parser.parse_args().core or ["cortex-m0plus", "cortex-m4"]:
        code, counts = set(), []
        for mel in SETTINGS:
            both, without = measure(core, mel), measure(core, replace(mel, mfcc_coefficients=0))
            added = {key: both[key] - without[key] for key in ("flash", "ram", "instructions")}
            code.add(added["flash"] - cepstrum_bytes(mel))
            counts.append(added["instructions"])
            guessed = cepstrum_instructions(mel, core)
            near = "" if guessed is None else f" ({guessed / counts[-1] - 1:+.1%})"
            cells = f"{mel.filterbank_n_channels} | {mel.mfcc_coefficients} | {core} | {added['flash']:,}"
            print(
                f"| {cells} | {added['ram']} | {added['instructions']:,.0f}{near} | {both['different']} |", flush=True
            )
        x, y = np.array([cepstrum_terms(mel) for mel in SETTINGS], float), np.array(counts)
        numbers = np.arange(len(y))
        errors = []
        for chosen in (numbers % 2 == 0, numbers >= 0):
            factors = nnls(x[chosen] / y[chosen, None], np.ones(chosen.sum()))[0]
            errors.append(np.abs(x @ factors / y - 1)[~chosen if not chosen.all() else chosen].max())
        print(f"{core}: code {sorted(code)}; greatest error {errors[0]:.1%} not fitted, {errors[1]:.1%} all")
        print(f'    "{core}": ({", ".join(f"{value:.2f}" for value in factors)}),')


if __name__ == "__main__":
    main()
