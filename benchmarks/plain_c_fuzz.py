"""Random members of all spaces, and damaged models, through plain C; against the package tflite-micro.

    python benchmarks/plain_c_fuzz.py [--members 1000] [--damaged 200] [--seed 1]

Members have random shapes, numbers, scales and zero points, every other one such as no training gives. A damaged model
is a member's file with a few bytes changed anywhere: it is refused, or its C stays within its memory. The evaluation of
many rows at once (`native/batch`) answers the same rows, and must be equal too. All C is compiled
with `-std=c99 -Wall -Wextra -Wconversion -Werror` and runs under the address and undefined-behaviour sanitizers. What
it printed is in plain_c_fuzz.md.
"""

import argparse
import hashlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
import graph_files
from graph_files import damaged, file_of
from plain_c_batch import Written, answers, rows_for, tflm_answers, written

from nas.errors import InputError
from nas.space.dims import RandomChooser
from nas.space.file import space_names
from nas.target.plain_c.batch import batch_of

BATCH, ROWS = 40, 3
MOST_WEIGHTS = 6000


def shape_for(kind: str, rng: np.random.Generator) -> tuple[int, ...]:
    """Return a random shape of a row."""
    if kind == "table":
        return (int(rng.integers(2, 65)),)
    if kind == "window":
        return int(rng.integers(8, 100)), int(rng.integers(1, 10))
    side = int(rng.integers(6, 25))
    return side, int(rng.integers(6, 25)) if rng.random() < 0.5 else side, int(rng.integers(1, 4))


def members(seed: int) -> Iterator[bytes]:
    """Yield files of random members of the spaces, in turn; every other one with odd numbers."""
    rng = np.random.default_rng(seed)
    drawn = graph_files.members(space_names(), rng, RandomChooser(seed), shape_for, (12, MOST_WEIGHTS))
    for number, graph in enumerate(drawn):
        yield file_of(graph, rng, odd=number % 2 == 1)


def compare(files: Sequence[bytes], rng: np.random.Generator) -> tuple[int, int, int]:
    """Return how many files were refused, how many are equal on all rows, and how many TFLM refuses."""
    models: list[tuple[bytes, Written]] = []
    for tflite in files:
        try:
            models.append((tflite, written(tflite, f"net{len(models)}")))
        except InputError:
            continue
    rows = [rows_for(model, ROWS, rng) for _, model in models]
    equal = refused_by_tflm = 0
    with tempfile.TemporaryDirectory() as folder:
        found = answers([model for _, model in models], rows, Path(folder))
    for (tflite, model), own, given in zip(models, found, rows, strict=True):
        try:
            expected = tflm_answers(tflite, model.network, given)
        except RuntimeError:
            refused_by_tflm += 1
            continue
        batch = batch_of(tflite)
        if np.array_equal(own, expected) and batch is not None and np.array_equal(batch.run(given), expected):
            equal += 1
        else:
            keep(tflite, "differs")
    return len(files) - len(models), equal, refused_by_tflm


def stays_within(files: Sequence[bytes], rng: np.random.Generator) -> int:
    """Run the files that are not refused, and return their number."""
    models: list[Written] = []
    for tflite in files:
        try:
            models.append(written(tflite, f"net{len(models)}"))
        except InputError:
            continue
    if models:
        with tempfile.TemporaryDirectory() as folder:
            answers(models, [rows_for(model, 1, rng) for model in models], Path(folder))
    return len(models)


def keep(tflite: bytes, why: str) -> None:
    path = Path(tempfile.gettempdir()) / f"plain_c_{why}_{hashlib.sha256(tflite).hexdigest()[:12]}.tflite"
    path.write_bytes(tflite)
    print(f"{why}: {path}", flush=True)


def main() -> None:
    """Run both, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--members", type=int, default=1000)
    parser.add_argument("--damaged", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    rng, source = np.random.default_rng(given.seed), members(given.seed)
    totals, failed = np.zeros(3, int), 0
    for start in range(0, given.members, BATCH):
        files = [next(source) for _ in range(min(BATCH, given.members - start))]
        try:
            totals += compare(files, rng)
        except subprocess.CalledProcessError as error:
            print((error.stderr or b"").decode()[:2000], flush=True)
            for tflite in files:
                keep(tflite, "batch_failed")
            failed += 1
        print(
            f"{start + len(files)} members: refused {totals[0]}, equal {totals[1]}, TFLM refuses {totals[2]}",
            flush=True,
        )
    ran = 0
    for start in range(0, given.damaged, BATCH):
        files = [damaged(next(source), rng) for _ in range(min(BATCH, given.damaged - start))]
        try:
            ran += stays_within(files, rng)
        except subprocess.CalledProcessError as error:
            print((error.stderr or b"").decode()[:2000], flush=True)
            for tflite in files:
                keep(tflite, "damaged")
            failed += 1
        print(f"{start + len(files)} damaged: {ran} became C and ran clean, the others were refused", flush=True)
    if failed or totals[0] + totals[1] + totals[2] < given.members:
        sys.exit(1)


if __name__ == "__main__":
    main()
