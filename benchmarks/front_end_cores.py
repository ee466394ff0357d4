"""The mel front-end on emulated cores: whether its features are Python's, its bytes, and its instructions a frame.

    python benchmarks/front_end_cores.py [--settings 20] [--core cortex-m4 ...] [--write]

Needs what Debian calls gcc-arm-none-eabi, libnewlib-arm-none-eabi and qemu-system-arm. Instructions are those that QEMU
counts under `-icount shift=0`. Bytes are those of the linked program without those of a program whose front-end is
empty. `--write` keeps the counts in front_end_cores.json, which `front_end_fit.py` reads.
"""

import argparse
import dataclasses
import json
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
import emulated_front_end
from mel_settings import random_mel
from plain_c import CORES

from nas.arrays import Array
from nas.exporters.front_ends.mel import front_end_files
from nas.signal.mel import Mel
from nas.signal.mel_cost import code_bytes, instructions, table_bytes

HERE = Path(__file__).parent
FRAMES = 4
USUAL = [
    Mel(),
    Mel(window_size_ms=25, window_step_ms=10, filterbank_n_channels=32, pcan_enable=False),
    Mel(window_size_ms=16, window_step_ms=16, filterbank_n_channels=10),
    Mel(window_step_ms=10, filterbank_n_channels=64, noise_reduction_enable=False, pcan_enable=False),
    Mel(window_size_ms=64, window_step_ms=32, filterbank_n_channels=64),
    Mel(window_size_ms=40, window_step_ms=20, filterbank_n_channels=20, log_scale_enable=False),
    Mel(window_size_ms=20, window_step_ms=20, filterbank_n_channels=16, filterbank_upper_band_limit=4000.0),
    Mel(sample_rate_hz=8000, window_size_ms=32, filterbank_n_channels=20, filterbank_upper_band_limit=3800.0),
    Mel(window_size_ms=30, filterbank_n_channels=40, pcan_enable=False, dc_notch_filter_enable=True),
    Mel(window_size_ms=8, window_step_ms=8, filterbank_n_channels=8, filterbank_lower_band_limit=300.0),
]  # fmt: skip


def some_settings(count: int) -> list[Mel]:
    """Return usual settings, and random ones that a small core holds."""
    drawn = (random_mel(seed) for seed in range(1000, 1400))
    small = (mel for mel in drawn if mel.size <= 1024 and mel.filterbank_n_channels >= 4)
    return [*USUAL, *small][:count]


def sound(mel: Mel) -> Array:
    """Return samples of a few frames: noise and a tone, of middling loudness."""
    count = mel.window + (FRAMES - 1) * mel.step
    chance = np.random.default_rng(7)
    tone = 4000 * np.sin(np.arange(count) * 0.3)
    return (tone + chance.normal(0, 800, count)).astype(np.int16)


def write_sources(mel: Mel, folder: Path) -> list[str]:
    """Write the front-end, the samples and the features that Python computes; return the C files."""
    files = front_end_files("test", mel)
    for name, text in files.items():
        (folder / name).write_text(text)
    samples = sound(mel)
    features = mel.features(samples[None, :, None])[0, :, :, 0]
    lines = [f"#define FRAMES {FRAMES}", f"#define CHANNELS {mel.filterbank_n_channels}"]
    lines.append(f"#define NUMBERS {mel.numbers}")
    if mel.mfcc_coefficients:
        lines.append(f"#define COEFFICIENTS {mel.mfcc_coefficients}")
    lines.append(f"static const int16_t sound[{len(samples)}] = {{{','.join(map(str, samples.tolist()))}}};")
    inside = ",".join(map(str, features.ravel().tolist()))
    lines.append(f"static const {features.dtype}_t expected[{features.size}] = {{{inside}}};")
    (folder / "sound.h").write_text("\n".join(lines) + "\n")
    return [name for name in files if name.endswith(".c")]


def measure(name: str, mel: Mel) -> dict[str, Any]:
    """Return what was measured of settings on a core."""
    return {"core": name, **emulated_front_end.measure(name, "front_end", partial(write_sources, mel), FRAMES - 1)}


def measured(count: int, cores: list[str]) -> Iterator[dict[str, Any]]:
    """Yield the figures of settings on cores."""
    for mel in some_settings(count):
        for name in cores:
            cost = mel.cost((mel.window, 1), name)
            settings = {
                field.name: getattr(mel, field.name)
                for field in dataclasses.fields(mel)
                if getattr(mel, field.name) != field.default
            }
            alone = {"table_bytes": table_bytes(mel), "code_bytes": code_bytes(name)}
            alone["instructions"] = instructions(mel, name)
            yield {**measure(name, mel), "settings": settings, "estimate": {**dataclasses.asdict(cost), **alone}}


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--settings", type=int, default=10)
    parser.add_argument("--core", action="append", choices=CORES)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    found = []
    print("| samples | channels | core | flash | RAM | stack | instructions a frame | features that differ |")
    print("|---|---|---|---|---|---|---|---|")
    for row in measured(given.settings, given.core or ["cortex-m0plus", "cortex-m4"]):
        found.append(row)
        mel, guess = Mel(**row["settings"]), row["estimate"]
        flash = guess["table_bytes"] + guess["code_bytes"]
        counted, guessed = row["instructions"], guess["instructions"] or 0
        cells = [
            f"{mel.window} | {mel.filterbank_n_channels} | {row['core']}",
            f"{row['flash']:,} ({flash - row['flash']:+,}) | {row['ram']:,} | {row['stack']}",
            f"{counted:,.0f} ({guessed / counted - 1:+.1%}) | {row['different']}",
        ]
        print(f"| {' | '.join(cells)} |", flush=True)
    if given.write:
        file, cores = HERE / "front_end_cores.json", {row["core"] for row in found}
        kept = [row for row in json.loads(file.read_text()) if row["core"] not in cores]
        file.write_text(json.dumps([*kept, *found], indent=1) + "\n")


if __name__ == "__main__":
    main()
