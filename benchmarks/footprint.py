"""How fast footprints come: estimates in bulk and single profiles, beside TFLM's own time to allocate.

    python benchmarks/footprint.py [MODEL.tflite ...]

Prints microseconds each; the best of several runs, since other processes only ever add time.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

from nas import _native
from nas.space.dims import RandomChooser
from nas.space.file import load_space
from nas.target.profiler import estimate, estimate_many, profile
from nas.target.target import find_target

RUNS = 7
GRAPHS = 2000


def microseconds(call: Callable[[], object], count: int) -> float:
    best = float("inf")
    for _ in range(RUNS):
        start = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - start)
    return best / count * 1e6


def estimates() -> None:
    space, chooser, target = load_space("cnn_timeseries"), RandomChooser(0), find_target("cortex-m4")
    graphs = [space.sample(chooser, (128, 6), 6).lower() for _ in range(GRAPHS)]
    bulk = microseconds(lambda: estimate_many(graphs, target), GRAPHS)
    single = microseconds(lambda: [estimate(graph, target) for graph in graphs], GRAPHS)
    print(f"estimate_many  {bulk:8.1f} us  ({1e6 / bulk:,.0f} a second)")
    print(f"estimate       {single:8.1f} us  with every operator and tensor as Python objects")


def profiles(path: Path) -> None:
    data, target = path.read_bytes(), find_target("host")
    repeat = 200
    native = microseconds(lambda: [_native.profile(data, "reference", "x86-64") for _ in range(repeat)], repeat)
    python = microseconds(lambda: [profile(data, target) for _ in range(repeat)], repeat)
    print(f"native profile {native:8.1f} us  {path.name}, {len(data):,} bytes")
    print(f"profile        {python:8.1f} us  with every operator and tensor as Python objects")
    tflm(data, repeat)


def tflm(data: bytes, repeat: int) -> None:
    try:
        from tflite_micro.python.tflite_micro import runtime
    except ImportError:
        print("TFLM allocates      -     the package tflite-micro is not installed")
        return
    took = microseconds(lambda: [runtime.Interpreter.from_bytes(data) for _ in range(repeat)], repeat)
    print(f"TFLM allocates {took:8.1f} us  interpreter made from the same bytes")


if __name__ == "__main__":
    estimates()
    for name in sys.argv[1:]:
        profiles(Path(name))
