"""A front-end on an emulated core: its program linked with it and without it, and run."""

import re
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from plain_c import CORES, SECTIONS, STRICT, Core, run, sizes, write_script

_PROGRAMS = Path(__file__).parent / "plain_c_cores"


def measure(name: str, program: str, write: Callable[[Path], list[str]], repeats: int) -> dict[str, Any]:
    """Return what a front-end adds to a program's bytes of flash and RAM, its stack, instructions, and wrong numbers.

    Args:
        name: of the core.
        program: name of the program in plain_c_cores; with -DEMPTY it has no front-end.
        write: writes the front-end, and the header that the program reads, into a folder; returns the C files.
        repeats: how often the program calls what it counts the ticks of; instructions are those of one call.
    """
    core = CORES[name]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        full = _linked(core, folder, program, _compiled(core, folder, write(folder)))
        empty = _linked(core, folder, program, [], "-DEMPTY")
        (flash, ram), (empty_flash, empty_ram) = sizes(core, full), sizes(core, empty)
        said = run(core, full)
    numbers = {key: int(number) for key, number in re.findall(r"(different|ticks|stack) (\d+)", said)}
    return {
        "flash": flash - empty_flash,
        "ram": ram - empty_ram,
        "stack": numbers["stack"],
        "instructions": numbers["ticks"] * core.tick / repeats,
        "different": numbers["different"],
    }


def _compiled(core: Core, folder: Path, sources: list[str]) -> list[str]:
    for source in sources:
        command = [core.compiler, *STRICT, *SECTIONS[:2], *core.flags, "-c", source, "-o", f"{source}.o"]
        subprocess.run(command, cwd=folder, check=True)
    return [f"{source}.o" for source in sources]


def _linked(core: Core, folder: Path, program: str, objects: list[str], *flags: str) -> Path:
    out = folder / f"{'full' if objects else 'empty'}.elf"
    command = [core.compiler, "-O2", *SECTIONS, *core.flags, f"-I{folder}", f"-I{_PROGRAMS}", *flags]
    command += [str(_PROGRAMS / f"{program}.c"), str(_PROGRAMS / f"{core.source}.c"), *objects]
    command += [*core.link, *write_script(core, folder), "-o", str(out)]
    subprocess.run(command, cwd=folder, check=True)
    return out
