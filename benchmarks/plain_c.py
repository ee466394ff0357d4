"""Plain C on each core: flash, static RAM, stack, instructions of an inference, and whether the answers are TFLM's.

    python benchmarks/plain_c.py MODEL.tflite ... [--core cortex-m4 ...] [--rows 20]
    python benchmarks/plain_c.py --sweep MODEL.tflite ...

Needs what Debian calls gcc-arm-none-eabi, libnewlib-arm-none-eabi, qemu-system-arm, gcc-riscv64-unknown-elf,
picolibc-riscv64-unknown-elf, qemu-system-misc, gcc-avr, avr-libc and simavr, and the package tflite-micro; a core whose
compiler is missing is left out. The instructions are those that QEMU counts under `-icount shift=0`, not cycles; on AVR
they are simavr's cycles. Flash and RAM are those of the linked program without those of a program whose network is
empty, so that start-up and test rows do not count. `--sweep` compares answers on this computer only, for any number of
models. What it printed is in plain_c.md.
"""

import argparse
import ctypes
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from plain_c_batch import tflm_answers

from nas.errors import InputError
from nas.exporters.c_source import source_text
from nas.target.plain_c.model import Network, read_network
from nas.target.plain_c.program import compile_network

HERE = Path(__file__).parent
STRICT = ["-std=c99", "-Wall", "-Wextra", "-Wconversion", "-Werror", "-O2"]
SECTIONS = ["-ffunction-sections", "-fdata-sections", "-Wl,--gc-sections"]


@dataclass(frozen=True)
class Core:
    """How a core's programs are built and run; `tick` is how many instructions (or cycles) a tick is."""

    compiler: str
    flags: tuple[str, ...]
    link: tuple[str, ...]
    run: tuple[str, ...]
    tick: float
    source: str
    flash_at: int = 0
    ram_at: int = 0x20000000
    ram_bytes: int = 0x80000


_QEMU = ("-nographic", "-icount", "shift=0", "-semihosting-config", "enable=on,target=native")


def _arm(cpu: str, machine: str, tick: float, **places: int) -> Core:
    run = ("qemu-system-arm", "-M", machine, *_QEMU, "-kernel")
    flags = (f"-mcpu={cpu}", "-mthumb", "-mfloat-abi=soft")
    return Core(
        "arm-none-eabi-gcc",
        flags,
        ("-nostartfiles",),
        run,
        tick,
        "arm",
        **places,
    )


SECURE = {"flash_at": 0x10000000, "ram_at": 0x38000000}
CORES = {
    "cortex-m0plus": _arm("cortex-m0plus", "microbit", 62.5, ram_bytes=0x4000),
    "cortex-m3": _arm("cortex-m3", "mps2-an385", 40),
    "cortex-m4": _arm("cortex-m4", "mps2-an386", 40),
    "cortex-m7": _arm("cortex-m7", "mps2-an500", 40),
    "cortex-m33": _arm("cortex-m33", "mps2-an505", 50, **SECURE),
    "cortex-m55": _arm("cortex-m55+nofp", "mps3-an547", 31.25, flash_at=0x10000000, ram_at=0x30000000),
    "rv32imac": Core(
        "riscv64-unknown-elf-gcc",
        ("-march=rv32imac", "-mabi=ilp32", "--specs=picolibc.specs"),
        ("-nostartfiles",),
        ("qemu-system-riscv32", "-M", "virt", "-bios", "none", *_QEMU, "-kernel"),
        1,
        "riscv",
    ),
    "atmega328p": Core(
        "avr-gcc", ("-mmcu=atmega328p", "-Os"), (), ("simavr", "-m", "atmega328p", "-f", "16000000"), 1, "avr"
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Figures:
    """What was measured: bytes, instructions of one inference, and rows whose answers differ."""

    flash: int
    ram: int
    stack: int
    instructions: float
    different: int


def write_sources(tflite: bytes, folder: Path) -> Network:
    """Write net.c and net.h into a folder."""
    network = read_network(tflite, "model")
    program = compile_network(network, "model")
    sizes = {
        "INPUT": sum(tensor.size for tensor in network.inputs),
        "OUTPUT": sum(tensor.size for tensor in network.outputs),
        "RAM": program.ram_bytes,
    }
    defines = "".join(f"#define NET_{key}_BYTES {size}\n" for key, size in sizes.items())
    declared = "void net_invoke(const int8_t *input, int8_t *output);\n"
    (folder / "net.h").write_text(f"#include <stdint.h>\n{defines}{declared}")
    (folder / "net.c").write_text(source_text("net", network, program))
    return network


def some_rows(network: Network, count: int) -> Any:
    """Return random inputs, every third of small numbers."""
    rows = np.random.default_rng(0).integers(-128, 128, (count, sum(tensor.size for tensor in network.inputs)))
    rows[::3] //= 8
    return rows.astype(np.int8)


def write_rows(folder: Path, rows: Any, answers: Any, repeats: int) -> None:
    """Write rows.h: inputs and their answers, in flash."""
    text = f"#define ROWS {len(rows)}\n#define REPEATS {repeats}\n"
    text += "#if defined(__AVR__)\n#include <avr/pgmspace.h>\n#else\n#define PROGMEM\n#endif\n"
    for name, values in (("rows", rows), ("answers", answers)):
        inside = ",\n".join("{" + ",".join(map(str, row)) + "}" for row in values.tolist())
        text += f"static const int8_t {name}[{len(values)}][{values.shape[1]}] PROGMEM = {{\n{inside}}};\n"
    (folder / "rows.h").write_text(text)


def write_script(core: Core, folder: Path) -> list[str]:
    """Write the linker's script of a core, if it has one, and return the linker's option."""
    script = HERE / "plain_c_cores" / f"{core.source}.ld"
    if not script.is_file():
        return []
    text = script.read_text()
    for key, value in {"FLASH_AT": core.flash_at, "RAM_AT": core.ram_at, "RAM_BYTES": core.ram_bytes}.items():
        text = re.sub(rf"\b{key}\b", hex(value), text)
    (folder / "link.ld").write_text(text)
    return ["-T", str(folder / "link.ld")]


def build(core: Core, folder: Path, *flags: str) -> Path:
    """Compile and link the program; with -DEMPTY, one whose network is empty."""
    link = [*core.link, *write_script(core, folder)]
    empty = "-DEMPTY" in flags
    out, cores = folder / ("empty.elf" if empty else "net.elf"), HERE / "plain_c_cores"
    objects = []
    for source in [] if empty else ["net.c"]:
        command = [core.compiler, *STRICT, *SECTIONS[:2], *core.flags, "-c", source, "-o", "net.o"]
        subprocess.run(command, cwd=folder, check=True)
        objects.append("net.o")
    command = [core.compiler, "-O2", *SECTIONS, *core.flags, f"-I{folder}", *flags, str(cores / "main.c")]
    command += [str(cores / f"{core.source}.c"), *objects, *link, "-o", str(out)]
    subprocess.run(command, cwd=folder, check=True)
    return out


def sizes(core: Core, program: Path) -> tuple[int, int]:
    """Return bytes of flash and of static RAM."""
    tool = core.compiler.replace("gcc", "size")
    text, data, bss = subprocess.check_output([tool, program], text=True).splitlines()[1].split()[:3]
    return int(text) + int(data), int(data) + int(bss)


def measure(core: Core, tflite: bytes, count: int, repeats: int = 3) -> Figures:
    """Return the figures of a model on a core."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        network = write_sources(tflite, folder)
        rows = some_rows(network, count)
        write_rows(folder, rows, tflm_answers(tflite, network, rows), repeats)
        program = build(core, folder)
        flash, ram = sizes(core, program)
        empty = sizes(core, build(core, folder, "-DEMPTY"))
        said = run(core, program)
    numbers = dict(re.findall(r"(different|ticks|stack) (\d+)", said))
    ticks = int(numbers["ticks"]) * core.tick / repeats
    return Figures(flash - empty[0], ram - empty[1], int(numbers["stack"]), ticks, int(numbers["different"]))


def run(core: Core, program: Path) -> str:
    """Run a program in its emulator and return what it prints."""
    ended = subprocess.run([*core.run, str(program)], capture_output=True, text=True, timeout=600, check=False)
    return ended.stdout + ended.stderr


def sweep(paths: Sequence[Path], count: int) -> Iterator[str]:
    """Compare answers on this computer; yield a line for each model that differs or is refused, and the sum."""
    equal = 0
    for path in paths:
        with tempfile.TemporaryDirectory() as name:
            folder, tflite = Path(name), path.read_bytes()
            try:
                network = write_sources(tflite, folder)
            except InputError as error:
                yield f"{path.name}: refused: {error}"
                continue
            subprocess.run(["gcc", *STRICT, "-shared", "-fPIC", "net.c", "-o", "net.so"], cwd=folder, check=True)
            function, rows = ctypes.CDLL(str(folder / "net.so")).net_invoke, some_rows(network, count)
            expected = tflm_answers(tflite, network, rows)
            output = np.zeros_like(expected)
            for row, answer in zip(rows, output, strict=True):
                function(row.ctypes.data_as(ctypes.c_void_p), answer.ctypes.data_as(ctypes.c_void_p))
            different = int((output != expected).any(axis=1).sum())
            equal += not different
            if different:
                yield f"{path.name}: {different} of {count} rows differ"
    yield f"{equal} of {len(paths)} models equal on {count} rows each"


def main() -> None:
    """Measure the models on the cores, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+", type=Path)
    parser.add_argument("--core", action="append", choices=CORES)
    parser.add_argument("--rows", type=int, default=20)
    parser.add_argument("--sweep", action="store_true")
    given = parser.parse_args()
    if given.sweep:
        for line in sweep(given.models, given.rows):
            print(line, flush=True)
        return
    print("| model | core | flash | static RAM | stack | instructions | rows that differ |")
    print("|---|---|---|---|---|---|---|")
    for path in given.models:
        for name in given.core or CORES:
            core = CORES[name]
            if shutil.which(core.compiler) is None or shutil.which(core.run[0]) is None:
                continue
            try:
                f = measure(core, path.read_bytes(), given.rows)
                row = f"{f.flash:,} | {f.ram:,} | {f.stack:,} | {f.instructions:,.0f} | {f.different} of {given.rows}"
            except subprocess.CalledProcessError:
                row = "does not fit | | | |"
            print(f"| {path.stem} | {name} | {row} |", flush=True)


if __name__ == "__main__":
    main()
