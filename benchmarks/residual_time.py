"""Where the time of a residual candidate goes, beside the same convolutions in a chain, on one core.

    python benchmarks/residual_time.py ../shared/data/uci_har_windows.npz > benchmarks/residual_time.md

Both candidates are trained in turns. Steps are in the process's CPU time, the stages of a candidate in seconds as a
worker measures them.
"""

import statistics
import sys
from collections.abc import Iterator
from dataclasses import replace

from layers import BATCH, TURNS, steps

from nas.data.prepared import Prepared, prepare
from nas.data.source import load
from nas.data.splits import split
from nas.model import runtime
from nas.model.network.network import Network
from nas.model.worker import train_candidate
from nas.space.architecture import Architecture
from nas.space.blocks.block import Block
from nas.space.blocks.conv import Conv
from nas.space.blocks.head import Head
from nas.space.blocks.temporal import Temporal
from nas.study.recipe import Recipe
from nas.study.record import State
from nas.study.tasks import TrainingTask
from nas.target.budget import Budget
from nas.target.target import find_target

EPOCHS = 10
CANDIDATE_TURNS = 5
FIRST = Conv(filters=16, kernel=7, pools=1)
# Two convolutions each, with an identity shortcut: the channels stay.
RESIDUAL = tuple(Temporal(convolutions=2, filters=16, kernel=5, dilation=dilation) for dilation in (1, 2))
CHAIN = tuple(replace(block, shortcut="none") for block in RESIDUAL)
STAGES = ("build", "trace", "train", "quantize", "evaluate")


def architecture(data: Prepared, *blocks: Block) -> Architecture:
    return Architecture("benchmark", data.row_shape, len(data.class_names), (*blocks, Head()))


def stages(data: Prepared, *blocks: Block) -> list[float]:
    """Train a candidate as a search does, and return the seconds of its stages."""
    recipe = Recipe.of(epochs=EPOCHS, min_steps=0)
    member, target = architecture(data, *blocks), find_target("cortex-m4")
    record = train_candidate(TrainingTask(0, member, {}, target, Budget(), recipe, EPOCHS, 0), data).record
    assert record.state == State.COMPLETE, record.reason
    return [record.seconds[stage] for stage in STAGES]


def candidates(data: Prepared) -> Iterator[str]:
    yield f"Seconds of a candidate of {EPOCHS} epochs, median of {CANDIDATE_TURNS} turns. The form was traced before.\n"
    yield f"| stage | chain | residual | ratio |\n|{'---|' * 4}"
    for blocks in (CHAIN, RESIDUAL):
        stages(data, FIRST, *blocks)  # traces, and loads what the first candidate of a process loads
    turns = [(stages(data, FIRST, *CHAIN), stages(data, FIRST, *RESIDUAL)) for _ in range(CANDIDATE_TURNS)]
    chain, residual = (
        [statistics.median(times) for times in zip(*side, strict=True)] for side in zip(*turns, strict=True)
    )
    for name, a, b in (*zip(STAGES, chain, residual, strict=True), ("in all", sum(chain), sum(residual))):
        yield f"| {name} | {a:.3f} | {b:.3f} | {b / a:.2f} |"


def parts(data: Prepared) -> Iterator[str]:
    yield f"\nCPU milliseconds of a step of {BATCH} rows, forward, backward and Adam, as the network grows; median of"
    yield f"{TURNS} turns. What a part adds is its share.\n"
    yield f"| network | milliseconds | added |\n|{'---|' * 3}"
    networks = {
        "convolution 16x7, pooling, head": (FIRST,),
        "and a residual block: two convolutions 16x5, sum": (FIRST, RESIDUAL[0]),
        "and another one, with a dilation of 2": (FIRST, *RESIDUAL),
        "the last network without its sums": (FIRST, *CHAIN),
    }
    calls = [steps(Network(architecture(data, *blocks).lower()), data.train) for blocks in networks.values()]
    turns = [[call() for call in calls] for _ in range(TURNS)]
    before = 0.0
    for name, times in zip(networks, zip(*turns, strict=True), strict=True):
        took = statistics.median(times)
        yield f"| {name} | {took:.3f} | {took - before:+.3f} |"
        before = took


def main() -> None:
    runtime.use_one_thread()
    runtime.leave_graphs_as_written()
    data = prepare(split(load(sys.argv[1]), 0))
    print("# Where the time of a residual candidate goes\n")
    print("Made by `benchmarks/residual_time.py`: UCI HAR, windows of 128 x 6, one core. Both candidates have the same")
    print("convolutions; in `residual`, two sums with an identity shortcut join them.\n")
    for line in (*candidates(data), *parts(data)):
        print(line, flush=True)
    print(f"\n{', '.join(f'{name} {version}' for name, version in sorted(runtime.versions().items()))}.")


if __name__ == "__main__":
    main()
