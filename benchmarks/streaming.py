"""What plain C saves hop by hop: multiply-accumulates, instructions on a Cortex-M4, RAM and flash of an answer.

    python benchmarks/streaming.py [--write]

Needs gcc-arm-none-eabi, libnewlib-arm-none-eabi, qemu-system-arm and the package tflite-micro. Two networks with random
numbers, one for words (a second of log-mel features, a frame each 20 ms) and one for the steps of an accelerometer
(128 samples), answer for each of the last windows of a random signal; their answers are compared with those of TFLM for
the whole windows. Instructions are those that QEMU counts for an answer. With --write, the table goes to streaming.md.
"""

import argparse
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from plain_c import CORES, HERE, Core, build, run, sizes, write_rows

from nas.exporters.c_source import source_text
from nas.graph.builder import GraphBuilder
from nas.graph.graph import Graph
from nas.target.plain_c.model import read_network
from nas.target.plain_c.program import Program, compile_network
from nas.target.profiler import profile
from nas.target.target import find_target

# `plain_c` has put the tests on the path.
from graph_files import file_of  # isort: skip
from plain_c_batch import tflm_answers  # isort: skip

CORE, REPEATS, ANSWERS = "cortex-m4", 3, 10
HOPS = {"words": (0, 4, 8), "steps": (0, 4, 16, 64)}
PAGE = HERE / "streaming.md"


def words() -> Graph:
    """Return a network in the manner of TC-ResNet without shortcuts: time along the width, frequencies as channels."""
    g = GraphBuilder((1, 49, 40))
    g.conv2d(16, 3, padding="VALID")
    g.conv2d(24, 9, stride=2, padding="VALID")
    g.conv2d(32, 9, stride=2, padding="VALID")
    return _with_head(g, 12)


def steps() -> Graph:
    """Return a network for windows of an accelerometer."""
    g = GraphBuilder((1, 128, 3))
    g.conv2d(16, 7, padding="VALID")
    g.pool2d("max")
    g.depthwise_conv2d(5, padding="VALID")
    g.conv2d(16, 1)
    g.pool2d("max")
    g.conv2d(24, 5, padding="VALID")
    return _with_head(g, 6)


def _with_head(g: GraphBuilder, classes: int) -> Graph:
    g.mean()
    g.flatten()
    g.fully_connected(classes, activation="NONE")
    g.softmax()
    return g.graph()


@dataclass(frozen=True)
class Measured:
    """What an answer takes: estimated multiply-accumulates and instructions, and what was counted."""

    macs: int
    estimated: float
    instructions: float
    static_ram: int
    ram: int
    flash: int


def write_sources(folder: Path, tflite: bytes, program: Program) -> None:
    """Write net.c, and a net.h by which a hop is called like a window."""
    network, stream = read_network(tflite, "net"), program.stream
    (source,), (target,) = network.inputs, network.outputs
    taken = source.size if stream is None else source.size // stream.window * stream.hop
    given = {"INPUT_BYTES": taken, "OUTPUT_BYTES": target.size, "RAM_BYTES": program.ram_bytes}
    declared = "void net_invoke(const int8_t *input, int8_t *output);\n"
    if stream is not None:
        given["WINDOW_PUSHES"] = stream.pushes
        declared = "void net_stream_reset(void);\nint net_push(const int8_t *input, int8_t *output);\n"
        declared += "#if !defined(EMPTY)\n#define net_invoke(input, output) (void)net_push(input, output)\n#endif\n"
    defines = "".join(f"#define NET_{key} {value}\n" for key, value in given.items())
    (folder / "net.h").write_text(f"#include <stdint.h>\n{defines}{declared}")
    (folder / "net.c").write_text(source_text("net", network, program))


def measure(core: Core, tflite: bytes, hop: int) -> Measured:
    """Return what an answer takes; AssertionError if it is not TFLM's."""
    network = read_network(tflite, "net")
    program, (source,) = compile_network(network, "net", hop), network.inputs
    stream = program.stream
    window, step, pushes = (1, 1, 1) if stream is None else (stream.window, stream.hop, stream.pushes)
    count = pushes + ANSWERS - 1
    signal = np.random.default_rng(1).integers(-128, 128, (count * step, source.size // window)).astype(np.int8)
    ends = range(pushes * step, count * step + 1, step)
    answers = tflm_answers(tflite, network, np.stack([signal[end - window : end].ravel() for end in ends]))
    before = np.zeros((pushes - 1, answers.shape[1]), np.int8)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_sources(folder, tflite, program)
        write_rows(folder, signal.reshape(count, -1), np.concatenate([before, answers]), REPEATS)
        built = build(core, folder)
        flash = sizes(core, built)[0] - sizes(core, build(core, folder, "-DEMPTY"))[0]
        said = dict(re.findall(r"(different|ticks|stack) (\d+)", run(core, built)))
    # Before a window is full, answers are compared with zeros, which no softmax gives.
    assert int(said["different"]) == pushes - 1, said
    # A target whose clock makes an instruction of each millisecond.
    board = find_target("nucleo-f411re", "c", hop)
    cost = profile(tflite, board)
    estimated = (cost.latency_ms or 0) * (board.clock_hz or 0) / 1000 / board.cycles_per_instruction
    counted = int(said["ticks"]) * core.tick / REPEATS
    return Measured(cost.macs, estimated, counted, program.ram_bytes, cost.ram_bytes, flash)


def rows() -> Iterator[str]:
    """Yield the lines of the table."""
    heads = ["network", "rows at once", "MACs", "instructions", "estimated", "static RAM", "RAM in all", "flash"]
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for make in (words, steps):
        tflite = file_of(make(), np.random.default_rng(0))
        for hop in HOPS[make.__name__]:
            found = measure(CORES[CORE], tflite, hop)
            cells = [make.__name__, str(hop or "whole window"), f"{found.macs:,}", f"{found.instructions:,.0f}"]
            cells += [f"{found.estimated:,.0f}", f"{found.static_ram:,}", f"{found.ram:,}", f"{found.flash:,}"]
            yield f"| {' | '.join(cells)} |"


def main() -> None:
    """Measure, print, and write the page if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    given, lines = parser.parse_args(), []
    for line in rows():
        print(line, flush=True)
        lines.append(line)
    if given.write:
        told = "What `python benchmarks/streaming.py --write` measured of an answer, each equal to TFLM's to the bit."
        parts = f"Networks: {words.__name__}, 49 frames of 40 channels; {steps.__name__}, 128 samples of 3 channels."
        PAGE.write_text("\n".join(["# Plain C hop by hop", "", told, parts, "", *lines]) + "\n")


if __name__ == "__main__":
    main()
