"""Measure what more minutes buy: test accuracy against the time limit, and how the time was divided.

    python benchmarks/minutes.py uci_har_windows.npz --label before     # with the sources of an earlier release
    python benchmarks/minutes.py uci_har_windows.npz --label after

Runs a search at 6 KB for each of 1, 2, 4 and 10 minutes and 3 seeds, on the data and on data ten times as long: the
rows repeated, each time with noise of 2 % of their standard deviation. About five hours, on a machine that is idle.
Each search is a process of its own. Adds each result to `benchmarks/minutes.jsonl`; results that are there are not
measured again. Writes `benchmarks/minutes.md`.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent
MINUTES, SEEDS, TIMES = (1, 2, 4, 10), (0, 1, 2), (1, 10)
KEYS = ("label", "times", "minutes", "seed")


def longer(data: Path, times: int, folder: Path) -> Path:
    """Return a data set whose rows of training are repeated with noise."""
    if times == 1:
        return data.resolve()
    arrays = dict(np.load(data, allow_pickle=False))
    train = {key for key in arrays if key.endswith("_train")}
    rng, x = np.random.default_rng(0), arrays["x_train"]
    noise = 0.02 * x.std(axis=tuple(range(x.ndim - 1)))
    repeats = [x, *(x + (noise * rng.standard_normal(x.shape)).astype(x.dtype) for _ in range(times - 1))]
    arrays |= {key: np.concatenate([arrays[key]] * times) for key in train} | {"x_train": np.concatenate(repeats)}
    file = folder / f"{data.stem}_{times}.npz"
    np.savez(file, **arrays)
    return file


def searched(data: Path, minutes: int, seed: int, jobs: int) -> dict[str, Any]:
    """Return what a search found, and how its finals went."""
    with tempfile.TemporaryDirectory() as folder:
        limits = ["--minutes", str(minutes), "--seed", str(seed), "--jobs", str(jobs)]
        study = ["--space", "cnn_timeseries", "--data", str(data), "--budget-kb", "6", "--tracking-uri", "none"]
        command = [sys.executable, "-m", "nas", "search", *study, *limits, "--studies", folder, "--json"]
        found = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
        journal = next(Path(folder).glob("*/study.journal")).read_text().splitlines()
    winner = [json.loads(line)["user_attr"]["winner"] for line in journal if '"user_attr":{"winner":' in line][-1]
    return {
        "test_accuracy": found["best"]["test_accuracy"],
        "trials": found["trials"],
        "seconds": found["seconds"],
        "winner_epochs": winner["epochs"],
        "finalists": len({final["trial"] for final in winner["finals"]}),
    }


def page(lines: list[dict[str, Any]]) -> str:
    groups = defaultdict(list)
    for line in lines:
        groups[line["label"], line["times"], line["minutes"]].append(line)
    text = [
        "# What more minutes buy\n",
        "Test accuracy in %, mean over the seeds and its standard error. Made by `benchmarks/minutes.py`.\n",
        "| release | data | minutes | test accuracy | trials | epochs of the winner / finalists |",
        "|---|---:|---:|---:|---:|---|",
    ]
    for (label, times, minutes), group in sorted(groups.items()):
        scores = [100 * line["test_accuracy"] for line in group]
        error = statistics.stdev(scores) / len(scores) ** 0.5 if len(scores) > 1 else float("nan")
        epochs = ", ".join(f"{line['winner_epochs']} / {line['finalists']}" for line in group)
        trials = statistics.fmean(line["trials"] for line in group)
        accuracy = f"{statistics.fmean(scores):.1f} ± {error:.1f}"
        text.append(f"| {label} | x{times} | {minutes} | {accuracy} | {trials:.0f} | {epochs} |")
    return "\n".join([*text, ""])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--label", default="after")
    parser.add_argument("--minutes", type=int, nargs="+", default=list(MINUTES))
    parser.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS))
    parser.add_argument("--times", type=int, nargs="+", default=list(TIMES))
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--out", type=Path, default=HERE / "minutes.jsonl")
    args = parser.parse_args()
    lines = [json.loads(line) for line in args.out.read_text().splitlines()] if args.out.is_file() else []
    done = {tuple(line[key] for key in KEYS) for line in lines}
    with tempfile.TemporaryDirectory() as folder:
        for times in args.times:
            data = longer(args.data, times, Path(folder))
            for minutes in args.minutes:
                for seed in args.seeds:
                    turn = dict(zip(KEYS, (args.label, times, minutes, seed), strict=True))
                    if tuple(turn.values()) not in done:
                        lines.append({**turn, **searched(data, minutes, seed, args.jobs)})
                        args.out.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
                        args.out.with_suffix(".md").write_text(page(lines))


if __name__ == "__main__":
    main()
