"""Counts what plain C costs on each core, call by call: the figures from which estimates before training are fitted.

    python benchmarks/plain_c_costs.py [--core cortex-m4 ...] [--nets 14] [--small 60] [--models FOLDER]

Random members of the spaces, and the models of FOLDER, are written as plain C with random numbers, compiled as a user
compiles them, linked alone for flash and static RAM, and run in an emulator, once as they are, and once with a probe
between the calls. It needs what `benchmarks/plain_c.py` needs. The calls of each network go to
native/tables/plain_c_calls.csv, and what a core's program takes to plain_c_counts.csv beside it, in place of what is
there of the same core. The calls are the same for all cores: some cores alone are measured anew only with the networks
of the others. If a network of a core fails, the core's counts stay as they were, and the exit code is 1.
"""

import argparse
import csv
import math
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
import graph_files
from plain_c import CORES, HERE, SECTIONS, STRICT, Core, sizes, write_script

from nas.errors import InputError
from nas.exporters.c_source import source_text
from nas.graph.builder import GraphBuilder
from nas.space.dims import RandomChooser
from nas.target.plain_c.from_graph import network_of
from nas.target.plain_c.model import Network, read_network
from nas.target.plain_c.program import Program, compile_network
from nas.target.plain_c.work import calls_of

SHAPES: dict[str, Sequence[tuple[int, ...]]] = {
    "cnn_timeseries": ((128, 9), (128, 3), (50, 3), (64, 1), (187, 1), (100, 6)),
    "cnn_image": ((28, 28, 1), (32, 32, 3), (16, 16, 1), (24, 24, 1)),
    "mlp_tabular": ((8,), (30,), (64,), (9,), (141,)),
}
MOST_WEIGHTS, MOST_RAM = 10_000, 9_000
BATCH = 24
AVR_RAM = 15_000  # of 16 KB; the rest is for the stack and the harness
TABLES = HERE.parent / "native" / "tables"
# Of a shape, these say nothing of costs.
_OF_NUMBERS = {"in_zero_point", "out_zero_point", "low", "high", "multiplier", "shift", "least", "offset"}
# Of these the members of the spaces say enough.
_OF_SPACES = {"conv", "depthwise", "dense", "max_pool", "average_pool", "softmax"}
REPEATS = {"arm": 8, "riscv": 1, "avr": 1}  # Arm counts in ticks of many instructions, the others exactly
# The instructions are those of the core that the program is compiled for; QEMU's M3 runs those of an M0+ as well.
MEASURED: dict[str, Core] = {
    "cortex-m0plus": replace(CORES["cortex-m0plus"], run=CORES["cortex-m3"].run, tick=40, ram_bytes=0x80000),
    **{name: CORES[name] for name in ("cortex-m3", "cortex-m4", "cortex-m7", "cortex-m33", "cortex-m55")},
    "rv32imc": replace(CORES["rv32imac"], flags=("-march=rv32imc", "-mabi=ilp32", "--specs=picolibc.specs")),
    "rv32ec": replace(CORES["rv32imac"], flags=("-march=rv32ec", "-mabi=ilp32e", "--specs=picolibc.specs")),
    "avr": replace(
        CORES["atmega328p"],
        flags=("-mmcu=atmega1284p", "-Os"),
        run=("simavr", "-m", "atmega1284p", "-f", "16000000"),
    ),
}


@dataclass(frozen=True)
class Net:
    """A network with its program, and where it comes from."""

    name: str
    network: Network
    program: Program

    @property
    def given_bytes(self) -> tuple[int, int]:
        return sum(t.size for t in self.network.inputs), sum(t.size for t in self.network.outputs)


def one_of(shapes: Sequence[tuple[int, ...]]) -> Callable[[str, np.random.Generator], tuple[int, ...]]:
    """Return what draws one of some shapes."""
    return lambda _, rng: shapes[int(rng.integers(len(shapes)))]


def members(count: int, seed: int) -> Iterator[Net]:
    """Yield random members of the spaces with random numbers."""
    rng = np.random.default_rng(seed)

    def fill(shape: tuple[int, ...], dtype: str) -> Any:
        return rng.integers(-127, 128, shape).astype(dtype)

    for name, shapes in SHAPES.items():
        found = 0
        for graph in graph_files.members([name], rng, RandomChooser(seed), one_of(shapes), (12, MOST_WEIGHTS)):
            network = network_of(graph, fill)
            program = compile_network(network, name)
            if program.ram_bytes + sum(t.size for t in network.inputs) <= MOST_RAM:
                found += 1
                yield Net(f"{name}_{seed}_{found}", network, program)
            if found == count:
                break


def small(count: int, seed: int) -> Iterator[Net]:
    """Yield small networks that call each kernel once at most, so that compilers adapt them to one shape."""
    rng = np.random.default_rng(seed)

    def fill(shape: tuple[int, ...], dtype: str) -> Any:
        return rng.integers(-127, 128, shape).astype(dtype)

    def pick(*values: Any) -> Any:
        return values[int(rng.integers(len(values)))]

    for number in range(count):
        sides = (1, int(rng.integers(12, 130))) if rng.random() < 0.6 else (int(rng.integers(8, 25)),) * 2
        g = GraphBuilder((*sides, int(rng.integers(1, 10))))
        for block in rng.permutation(["conv", "depthwise", "max", "average"])[: int(rng.integers(1, 4))]:
            if block == "conv":
                g.conv2d(int(rng.integers(2, 17)), pick(1, 3, 3, 5, 7), stride=pick(1, 1, 2))
            elif block == "depthwise":
                g.depthwise_conv2d(pick(3, 3, 5, 7), stride=pick(1, 1, 2))
            elif block == "average" and rng.random() < 0.5:
                g.mean()
            else:
                g.pool2d(str(block), pick(1, 2, 3))
        if math.prod(g.shape) <= 600 and rng.random() < 0.7:
            g.flatten()
            g.fully_connected(int(rng.integers(2, 12)))
            if rng.random() < 0.5:
                g.softmax()
        network = network_of(g.graph(), fill)
        yield Net(f"small_{seed}_{number}", network, compile_network(network, "small"))


def models(folder: Path) -> Iterator[Net]:
    """Yield the models of a folder that plain C can express and that a small core holds."""
    for path in sorted(folder.glob("*.tflite")):
        try:
            network = read_network(path.read_bytes(), path.name)
            program = compile_network(network, path.name)
        except InputError:
            continue
        constants = sum(call.constant_bytes for call in calls_of(program))
        if {call.kernel for call in calls_of(program)} <= _OF_SPACES:
            continue
        if program.ram_bytes + sum(t.size for t in network.inputs) <= MOST_RAM and constants <= 2 * MOST_WEIGHTS:
            yield Net(path.stem, network, program)


def sources(net: Net, folder: Path, number: int) -> None:
    """Write the network as it is, and with probes between its calls."""
    (folder / "net.h").write_text(
        f"#include <stdint.h>\n#define NET_RAM_BYTES {net.program.ram_bytes}\n"
        "void net_invoke(const int8_t *input, int8_t *output);\n"
    )
    text = source_text("net", net.network, net.program)
    (folder / f"net{number}.c").write_text(text)
    head, body = text.split("void net_invoke(", 1)
    body = re.sub(r"^(  // [A-Z0-9_]+ \d+: )", r"  probe();\n\1", "void net_invoke(" + body, flags=re.MULTILINE)
    body = body.replace("{\n", "{\n  probe();\n", 1)  # two in a row: what a probe costs
    (folder / f"probed{number}.c").write_text(f"void probe(void);\n{head}{body}")


def run_batch(core: Core, nets: Sequence[Net], folder: Path) -> Iterator[list[object]]:
    """Yield the figures of each network: flash, static RAM, stack, instructions, and those of its calls."""
    compiler, flags = core.compiler, [*core.flags, f"-I{folder}"]
    objects, flash_ram = [], []
    script = write_script(core, folder)
    write_main(core, folder)
    empty = link(core, folder, "empty", ["empty.o"], script)
    for number, net in enumerate(nets):
        sources(net, folder, number)
        for name in ("net", "probed"):
            command = [compiler, *STRICT, *SECTIONS[:2], *flags, f"-Dnet_invoke={name}{number}", "-c"]
            subprocess.run([*command, f"{name}{number}.c", "-o", f"{name}{number}.o"], cwd=folder, check=True)
            objects.append(f"{name}{number}.o")
        alone = ["main.o", f"net{number}.o", f"-Wl,--defsym,net_invoke=net{number}"]
        flash_ram.append(sizes(core, link(core, folder, "alone", alone, script)))
    listed = "".join(f"network net{i}, probed{i};\n" for i in range(len(nets)))
    listed += "static network* const networks[][2] = {" + ", ".join(f"{{net{i}, probed{i}}}" for i in range(len(nets)))
    inputs, outputs = (max(net.given_bytes[i] for net in nets) for i in (0, 1))
    steps = max(len(net.program.steps) for net in nets) + 2
    defines = f"#define INPUT_BYTES {inputs}\n#define OUTPUT_BYTES {outputs}\n#define MOST_STEPS {steps}\n"
    (folder / "batch.h").write_text(f"{defines}#define REPEATS {REPEATS[core.source]}\n{listed}}};\n")
    compile_one(core, folder, HERE / "plain_c_cores" / "batch.c", "batch.o")
    link(core, folder, "batch", ["batch.o", *objects], script)
    ended = subprocess.run(
        [*core.run, str(folder / "batch.elf")], capture_output=True, text=True, timeout=900, check=False
    )
    said = re.findall(r"(steps|total|stack)((?: \d+)+)", ended.stdout + ended.stderr)
    empty_sizes = sizes(core, empty)
    for number, net in enumerate(nets):
        (_, step_ticks), (_, total), (_, stack) = said[3 * number : 3 * number + 3]
        scale = core.tick / REPEATS[core.source]
        own, *ticks = [int(value) * scale for value in step_ticks.split()]
        yield [
            net.name,
            flash_ram[number][0] - empty_sizes[0],
            flash_ram[number][1] - empty_sizes[1],
            int(stack),
            round(int(total) * scale),
            " ".join(f"{count - own:.0f}" for count in ticks),
        ]


def write_main(core: Core, folder: Path) -> None:
    """Compile the core's services, and a program that runs the network, or nothing."""
    (folder / "main.c").write_text(
        '#include "cores.h"\n#if defined(EMPTY)\n#define net_invoke(a, b) __asm__ volatile("" : : "r"(a), "r"(b))\n'
        "#else\nvoid net_invoke(const int8_t*, int8_t*);\n#endif\n"
        'int main(void) {\n  net_invoke((const int8_t*)64, (int8_t*)32);\n  put("");\n  leave();\n  return 0;\n}\n'
    )
    compile_one(core, folder, folder / "main.c", "main.o")
    compile_one(core, folder, folder / "main.c", "empty.o", "-DEMPTY")
    compile_one(core, folder, HERE / "plain_c_cores" / f"{core.source}.c", "core.o")


def compile_one(core: Core, folder: Path, source: Path, out: str, *flags: str) -> None:
    """Compile a file of the harness."""
    include = [f"-I{HERE / 'plain_c_cores'}", f"-I{folder}"]
    command = [core.compiler, "-O2", *SECTIONS[:2], *core.flags, *include, *flags, "-c", str(source), "-o", out]
    subprocess.run(command, cwd=folder, check=True)


def link(core: Core, folder: Path, name: str, objects: Sequence[str], script: Sequence[str]) -> Path:
    """Link a program and return it."""
    out = folder / f"{name}.elf"
    command = [core.compiler, *SECTIONS, *core.flags, "core.o", *objects, *core.link, *script, "-o", str(out)]
    subprocess.run(command, cwd=folder, check=True)
    return out


def batches(nets: Sequence[Net], core: Core) -> Iterator[Sequence[Net]]:
    """Yield groups of networks that one program holds; an AVR has little RAM, and reads constants below 64 KB only.

    Networks for which its RAM is too small are left out.
    """
    if core.source != "avr":
        yield from (nets[i : i + BATCH] for i in range(0, len(nets), BATCH))
        return
    group: list[Net] = []
    for net in nets:
        if _ram_bytes([net]) > AVR_RAM:
            continue
        ram = _ram_bytes([*group, net])
        flash = 2 * sum(9000 + sum(call.constant_bytes for call in calls_of(n.program)) for n in [*group, net])
        if group and (ram > 12_000 or flash > 55_000):
            yield group
            group = []
        group.append(net)
    if group:
        yield group


def _ram_bytes(nets: Sequence[Net]) -> int:
    """Return the RAM of a program with these networks, each once as it is and once with probes."""
    return max(sum(net.given_bytes) for net in nets) + 2 * sum(net.program.ram_bytes for net in nets)


def main() -> None:
    """Measure, and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--core", action="append", choices=MEASURED)
    parser.add_argument("--nets", type=int, default=14, help="Members of each space.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--small", type=int, default=60, help="Networks that call each kernel once at most.")
    parser.add_argument("--models", type=Path, help="Folder of .tflite files to measure as well.")
    given = parser.parse_args()
    nets = [*members(given.nets, given.seed), *small(given.small, given.seed)]
    nets += models(given.models) if given.models else ()
    cores = given.core or list(MEASURED)
    write_calls([[net.name, *row] for net in nets for row in described(net)], every=set(cores) == set(MEASURED))
    failed = [name for name in cores if not measure(name, nets)]
    if failed:
        sys.exit(f"not every network could be measured; as they were: the counts of {', '.join(failed)}")


def write_calls(calls: Sequence[Sequence[object]], *, every: bool) -> None:
    """Write the calls of the networks; unless every core is measured, they must be those that are there."""
    path = TABLES / "plain_c_calls.csv"
    with path.open(newline="") as file:
        same = sorted(csv.reader(file)) == sorted([str(cell) for cell in row] for row in calls)
    if same:
        return
    if not every:
        sys.exit(
            "the other cores were counted with other networks: measure all cores, or give the options of that time"
        )
    with path.open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(calls)


def measure(name: str, nets: Sequence[Net]) -> bool:
    """Measure the networks on a core, and write what was counted; False, and nothing written, if some fail."""
    rows, failed = [], False
    for group in batches(nets, MEASURED[name]):
        with tempfile.TemporaryDirectory() as folder:
            try:
                rows += [[name, *row] for row in run_batch(MEASURED[name], group, Path(folder))]
            except (subprocess.SubprocessError, ValueError) as error:  # it does not compile, or says nothing
                print(f"{name}: {[net.name for net in group]}: {error}", flush=True)
                failed = True
    if not failed:
        replace_rows(name, rows)
    return not failed


def described(net: Net) -> Iterator[list[object]]:
    """Yield the calls of a network: kernel, bytes of constants, and what its shape has to do with costs."""
    for call in calls_of(net.program):
        shape = " ".join(f"{key}={value}" for key, value in call.shape.items() if key not in _OF_NUMBERS)
        yield [call.kernel, call.constant_bytes, shape]


def replace_rows(core: str, rows: Sequence[Sequence[object]]) -> None:
    """Write the rows of a core in place of those that are there."""
    path = TABLES / "plain_c_counts.csv"
    with path.open(newline="") as file:
        kept = [row for row in csv.reader(file) if row[0] != core]
    with path.open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([*kept, *rows])


if __name__ == "__main__":
    main()
