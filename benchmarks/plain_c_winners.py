"""Winners as plain C beside TFLM on a Cortex-M4: flash, RAM, stack and instructions, and the goals that were set.

    python benchmarks/plain_c_winners.py MODEL.tflite ... [--rows 20] [--write]

Plain C is compiled, linked and run in QEMU as `benchmarks/plain_c.py` does it, and its answers are compared with
TFLM's. TFLM's figures, with reference kernels and with CMSIS-NN, are those of `nas profile`: arena and file to the
byte, code, stack and instructions as fitted to real builds (native/tables). With --write, the tables go to
plain_c_winners.md.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from plain_c import CORES, Figures, measure

from nas.target.footprint import Footprint
from nas.target.profiler import profile
from nas.target.ram import Arena
from nas.target.target import find_target

PAGE = Path(__file__).with_suffix(".md")
CORE = "cortex-m4"
KB = 1024


@dataclass(frozen=True)
class Tflm:
    """What TFLM takes: bytes, and instructions of an inference."""

    flash: int
    arena: int
    head: int
    stack: int
    instructions: float

    @classmethod
    def of(cls, tflite: bytes, target: str) -> "Tflm":
        """Return the figures of a model on a target."""
        # A clock of 1 kHz and one cycle an instruction make milliseconds of instructions.
        counting = replace(find_target(target), clock_hz=1000, cycles_per_instruction=1.0)
        found: Footprint = profile(tflite, counting)
        assert isinstance(found.detail, Arena)
        beside = found.detail.outside
        assert beside is not None
        assert beside.stack is not None
        assert found.latency_ms is not None
        return cls(found.flash_bytes, found.detail.min, found.detail.head, beside.stack, found.latency_ms)


def lines(paths: list[Path], rows: int) -> Iterator[str]:
    """Yield the table of each model, and whether the goals hold."""
    for path in paths:
        tflite = path.read_bytes()
        weights = profile(tflite, find_target(CORE)).weights_bytes
        c = measure(CORES[CORE], tflite, rows)
        reference, cmsis = Tflm.of(tflite, f"{CORE}-reference"), Tflm.of(tflite, CORE)
        yield f"## {weights:,} bytes of weights\n"
        yield f"{rows - c.different} of {rows} rows equal to TFLM's.\n"
        yield "| | flash | RAM | stack | instructions |\n|---|---|---|---|---|"
        yield f"| plain C | {c.flash:,} | {c.ram:,} | {c.stack:,} | {c.instructions:,.0f} |"
        for name, tflm in (("reference kernels", reference), ("CMSIS-NN", cmsis)):
            yield f"| TFLM, {name} | {tflm.flash:,} | {tflm.arena:,} | {tflm.stack:,} | {tflm.instructions:,.0f} |"
        yield ""
        yield from goals(c, weights, reference, cmsis)
        yield ""


def goals(c: Figures, weights: int, reference: Tflm, cmsis: Tflm) -> Iterator[str]:
    """Yield the goals, each with what was measured."""
    found = {
        "instructions at most half of the reference kernels'": c.instructions / reference.instructions <= 0.5,
        "instructions at most CMSIS-NN's": c.instructions <= cmsis.instructions,
        "flash at most weights + 6 KB": c.flash <= weights + 6 * KB,
        "static RAM at most the arena's head": c.ram <= cmsis.head,
    }
    for goal, holds in found.items():
        yield f"- {goal}: {'holds' if holds else 'does not hold'}"
    shares = c.instructions / reference.instructions, c.instructions / cmsis.instructions
    yield f"- instructions: {shares[0]:.2f} of the reference kernels', {shares[1]:.2f} of CMSIS-NN's"
    yield f"- flash beyond the weights: {c.flash - weights:,} B; head {cmsis.head:,} B"


def main() -> None:
    """Measure, and write the page if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+", type=Path)
    parser.add_argument("--rows", type=int, default=20)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    found = []
    for line in lines(given.models, given.rows):
        print(line, flush=True)
        found.append(line)
    if given.write:
        how = "What `python benchmarks/plain_c_winners.py` printed, on a Cortex-M4; its docstring says how."
        PAGE.write_text(f"# Winners as plain C beside TFLM\n\n{how}\n\n" + "\n".join(found).rstrip() + "\n")


if __name__ == "__main__":
    main()
