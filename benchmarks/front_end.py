"""The mel front-end beside TensorFlow's operator: equal features for random settings, and the time of both.

    python benchmarks/front_end.py --settings 500
    python benchmarks/front_end.py --speed

What it printed is in front_end.md. `--speed` runs both on one core, in turns, on the same clips of a second, and tells
the processor time of the better of several turns.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from mel_settings import random_mel, signals, tensorflow_features

from nas._native import front_end_levels
from nas.arrays import Array
from nas.signal.mel import Mel, native


def compare(count: int) -> None:
    """Compare all levels of instructions with the operator, six signals for each of `count` random settings."""
    numbers = different = 0
    for seed in range(count):
        mel = random_mel(seed)
        for samples in signals(mel.window * 6, seed):
            expected = tensorflow_features(mel, samples)
            for level in range(front_end_levels()):
                found = native(mel).features(samples[None], level)[0]
                numbers += expected.size
                different += found.shape != expected.shape or int((found != expected).sum())
    print(f"{count} settings, {numbers:,} numbers at {front_end_levels()} levels, {different} of them different")


def seconds(work: Callable[[], object], turns: int = 5) -> float:
    """Return the processor time of the fastest turn."""
    best = float("inf")
    for _ in range(turns):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def race(clips: int) -> None:
    """Print the time of clips of a second by both, in one process on one core."""
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    sound: Array = np.random.default_rng(0).normal(0, 2000, (clips, 16000)).astype(np.int16)
    few = sound[:200]
    print("| settings | TensorFlow, ms a clip | here | times faster | 3,000 clips |")
    print("|---|---|---|---|---|")
    for words, mel in {
        "30 ms every 20 ms, 40 channels": Mel(),
        "25 ms every 10 ms, 32 channels": Mel(window_size_ms=25, window_step_ms=10, filterbank_n_channels=32),
        "16 ms every 16 ms, 10 channels": Mel(window_size_ms=16, window_step_ms=16, filterbank_n_channels=10),
        "64 ms every 32 ms, 64 channels": Mel(window_size_ms=64, window_step_ms=32, filterbank_n_channels=64),
    }.items():
        theirs = seconds(lambda mel=mel: [tensorflow_features(mel, clip) for clip in few]) / len(few)
        ours = seconds(lambda mel=mel: native(mel).features(sound)) / clips
        print(f"| {words} | {theirs * 1e3:.3f} | {ours * 1e3:.4f} | {theirs / ours:.1f} | {ours * 3000:.2f} s |")


def main() -> None:
    """Run what the flags ask for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--settings", type=int, default=0)
    parser.add_argument("--speed", action="store_true")
    given = parser.parse_args()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    if given.settings:
        compare(given.settings)
    if given.speed:
        race(1000)


if __name__ == "__main__":
    main()
