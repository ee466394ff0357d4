"""Statistics and spectra on emulated cores: whether a network's input is Python's, bytes, and instructions a window.

    python benchmarks/window_front_ends.py [--settings 20] [--core cortex-m4 ...] [--front-end statistics ...] [--write]
    python benchmarks/window_front_ends.py --fit

Needs what Debian calls gcc-arm-none-eabi, libnewlib-arm-none-eabi and qemu-system-arm. A window is counted from values
in units, which arrive as float, to the network's int8 input. Instructions are those that QEMU counts under
`-icount shift=0`; bytes those of the linked program without those of one whose front-end is empty. `--write` keeps the
counts in window_front_ends.json; `--fit` fits the tables of nas/signal/statistics_cost.py and spectrum_cost.py to
them. What it printed is in window_front_ends.md.
"""

import argparse
import json
import random
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
import emulated_front_end
from instruction_fit import fit
from plain_c import CORES

from nas.arrays import Array
from nas.data.prepared import Scaling
from nas.exporters.front_ends.fixed_point import as_input
from nas.exporters.front_ends.window import window_front_end_files
from nas.exporters.front_ends.window_input import input_factors
from nas.signal.device_cost import DeviceCost
from nas.signal.front_end import read_front_end
from nas.signal.spectrum import Spectrum, bank
from nas.signal.spectrum_cost import spectrum_terms
from nas.signal.statistics import STATISTICS, Statistics
from nas.signal.statistics_cost import statistics_terms
from nas.signal.transform_cost import size_of
from nas.signal.window_front_end import WindowFrontEnd
from nas.study.archive import Quantization

HERE = Path(__file__).parent
FILE = HERE / "window_front_ends.json"
WINDOWS = 3
Case = tuple[WindowFrontEnd, tuple[int, int]]


def some_settings(kind: str, count: int) -> list[Case]:
    """Return usual settings, and random ones that a small core holds, with the shape of a window."""
    drawn = [_statistics(seed) if kind == "statistics" else _spectrum(seed) for seed in range(count)]
    usual: list[Case] = [(Statistics(), (128, 6)), (Statistics(segments=4, skewness=True, kurtosis=True), (128, 6))]
    if kind == "spectrum":
        usual = [(Spectrum(), (128, 6)), (Spectrum(frame_size=64, bands=8, log=False), (128, 6))]
    return [*usual, *drawn][:count]


def _statistics(seed: int) -> Case:
    chance = random.Random(seed)
    chosen = {name: chance.random() < 0.6 for name in STATISTICS} | {chance.choice(STATISTICS): True}
    segments = chance.choice([1, 2, 4, 8])
    return Statistics(segments=segments, **chosen), (chance.choice([32, 64, 100, 128, 200]), chance.choice([1, 3, 6]))


def _spectrum(seed: int) -> Case:
    chance = random.Random(seed)
    steps, channels = chance.choice([64, 100, 128, 200]), chance.choice([1, 3, 4])
    length = chance.choice([0, 16, 32, 50, 64])
    bands = min(chance.choice([4, 8, 12, 16, 24, 31]), size_of(length or steps) // 2 - 1)
    front_end = Spectrum(
        frame_size=length,
        frame_step=chance.choice([0, length // 2, length]),
        bands=bands,
        scale=chance.choice(["linear", "mel"]),
        log=chance.random() < 0.5,
    )
    return front_end, (steps, channels)


def rows_of(shape: tuple[int, int]) -> Array:
    """Return windows of tones, noise and a constant acceleration."""
    chance = np.random.default_rng(7)
    time = np.arange(shape[0])[None, :, None]
    tones = np.sin(time * chance.uniform(0.1, 2, (40, 1, shape[1]))) * chance.uniform(0.1, 1, (40, 1, shape[1]))
    return (tones + chance.normal(0, 0.1, (40, *shape)) + chance.uniform(-1, 1, shape[1])).astype(np.float32)


def write_sources(case: Case, folder: Path) -> list[str]:
    """Write the front-end, values and the network's inputs that Python computes; return the C files."""
    front_end, shape = case
    x = rows_of(shape)
    fitted = front_end.fitted(x)
    assert isinstance(fitted, WindowFrontEnd)
    factors = input_factors(fitted, Scaling.fit(fitted.apply(x)), Quantization(0.03, -3))
    files = window_front_end_files("test", fitted, shape, factors)
    for name, text in files.items():
        (folder / name).write_text(text)
    few = x[:WINDOWS]
    expected = as_input(fitted.compute(fitted.samples(few)), factors).reshape(WINDOWS, -1)
    sizes_of = {"WINDOWS": WINDOWS, "STEPS": shape[0], "CHANNELS": shape[1], "INPUT_BYTES": expected.shape[1]}
    lines = [f"#define {key} {size}" for key, size in sizes_of.items()]
    for ctype, name, values in (("float", "values", few.reshape(WINDOWS, -1)), ("int8_t", "expected", expected)):
        texts = (f"{value:.9e}f" if ctype == "float" else str(value) for value in values.ravel().tolist())
        lines.append(f"static const {ctype} {name}[{values.size}] = {{{','.join(texts)}}};")
    (folder / "window.h").write_text("\n".join(lines) + "\n")
    return [name for name in files if name.endswith(".c")]


def measure(name: str, case: Case) -> dict[str, Any]:
    """Return what was measured of settings on a core."""
    settings = {"core": name, "settings": case[0].to_json(), "row_shape": list(case[1])}
    return settings | emulated_front_end.measure(name, "window_front_end", partial(write_sources, case), WINDOWS)


def told(row: dict[str, Any]) -> str:
    """Return a line of the table."""
    guess, counted = estimate(row), row["instructions"]
    values = len(case_of(row)[0].values)
    cells = [
        f"{row['settings']['front_end']}, {values} | {row['row_shape'][0]} x {row['row_shape'][1]} | {row['core']}",
        f"{row['flash']:,} ({guess.flash_bytes - row['flash']:+,})",
        f"{row['ram']:,} ({guess.ram_bytes - row['ram']:+,}) | {row['stack']}",
        f"{counted:,.0f} ({(guess.instructions or 0) / counted - 1:+.1%}) | {row['different']}",
    ]
    return f"| {' | '.join(cells)} |"


def case_of(row: dict[str, Any]) -> Case:
    """Return the settings of a measured row."""
    front_end = read_front_end(row["settings"], "row")
    assert isinstance(front_end, WindowFrontEnd)
    return front_end, (row["row_shape"][0], row["row_shape"][1])


def estimate(row: dict[str, Any]) -> DeviceCost:
    """Return what nas says that a row costs."""
    front_end, shape = case_of(row)
    return front_end.cost(shape, row["core"])


def terms(row: dict[str, Any]) -> tuple[float, ...]:
    """Return what the instructions of a row grow with."""
    front_end, shape = case_of(row)
    if not isinstance(front_end, Spectrum):
        return statistics_terms(front_end, shape)
    size = size_of(front_end.frames(shape[0]).length)
    return spectrum_terms(front_end, shape, bank(front_end.scale, size, front_end.bands))


def errors(rows: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the error of the half of the rows that was not fitted, and instructions of each term fitted to all."""
    found = fit([terms(row) for row in rows], [row["instructions"] for row in rows])
    held_out = found.held_out
    code = {row["flash"] - estimate(row).table_bytes for row in rows}
    ram = {row["ram"] - estimate(row).ram_bytes for row in rows}
    yield f"{len(rows)} settings, error of the half that was not fitted: median {np.median(held_out):.1%},"
    yield f"  greatest {held_out.max():.1%}; code {sorted(code)}, RAM apart by {sorted(ram)}"
    yield f"  all: greatest {found.errors.max():.1%}; different {sum(row['different'] for row in rows)}"
    yield f"  {found.row},"


def main() -> None:
    """Measure and print a table, or fit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--settings", type=int, default=10)
    parser.add_argument("--core", action="append", choices=CORES)
    parser.add_argument("--front-end", action="append", choices=["statistics", "spectrum"])
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--fit", action="store_true")
    given = parser.parse_args()
    kept = json.loads(FILE.read_text()) if FILE.is_file() else []
    if given.fit:
        for kind, core in sorted({(row["settings"]["front_end"], row["core"]) for row in kept}):
            rows = [row for row in kept if (row["settings"]["front_end"], row["core"]) == (kind, core)]
            print(f"{kind}, {core}:", *errors(rows), sep="\n")
        return
    found = []
    print("| front-end, values | window | core | flash | RAM | stack | instructions | inputs that differ |")
    print("|---|---|---|---|---|---|---|---|")
    for kind in given.front_end or ["statistics", "spectrum"]:
        for case in some_settings(kind, given.settings):
            for name in given.core or ["cortex-m0plus", "cortex-m4"]:
                found.append(measure(name, case))
                print(told(found[-1]), flush=True)
    if given.write:
        measured = {(row["settings"]["front_end"], row["core"]) for row in found}
        others = [row for row in kept if (row["settings"]["front_end"], row["core"]) not in measured]
        FILE.write_text("[\n" + ",\n".join(map(json.dumps, [*others, *found])) + "\n]\n")


if __name__ == "__main__":
    main()
