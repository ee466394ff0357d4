"""Processor cores: the cycles that an instruction takes, from what their makers publish.

A network's instructions are counted (native/tables); cycles are not. Each figure here is an assumption, with the range
in which a real device may lie that runs from zero-wait memory or a warm cache. Wait states of the flash come on top.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Core:
    """Cycles an instruction: the figure that latencies use, and the range that it may lie in.

    Attributes:
        source: where the cycles of single instructions, or the speed on a known program, are published.
    """

    cycles: float
    least: float
    most: float
    source: str


CORES: Mapping[str, Core] = {
    "x86-64": Core(0.5, 0.25, 1.0, "not measured: a desktop core, which issues several instructions a cycle"),
    "cortex-m0": Core(
        1.6, 1.4, 1.9, "Arm DDI 0432, instruction set summary: loads 2, taken branches 3, a multiplication 1 or 32"
    ),
    "cortex-m0plus": Core(
        1.5, 1.3, 1.7, "Arm DDI 0484, instruction set summary: loads 2, taken branches 2, a multiplication 1 or 32"
    ),
    "cortex-m3": Core(
        1.4,
        1.2,
        1.8,
        "Arm DDI 0337, instruction timing: loads 2 (1 in a row), taken branches 2 to 4, MLA 2, UDIV 2 to 12",
    ),
    "cortex-m4": Core(
        1.3, 1.15, 1.6, "Arm DDI 0439, instruction set summary: loads 2 (1 in a row), taken branches 2 to 4, SMLAD 1"
    ),
    "cortex-m7": Core(
        0.8, 0.6, 1.1, "two at once; no table of timings: CoreMark/MHz (Arm: 5.01, M4 3.40), caches warm or code in TCM"
    ),
    "cortex-m33": Core(1.2, 1.0, 1.5, "some pairs at once; no table of timings: CoreMark/MHz (Arm: 4.02, M4 3.40)"),
    "cortex-m55": Core(
        1.4,
        1.1,
        2.0,
        "a vector instruction takes 2 cycles (two of its four beats a cycle), two can overlap; TCM assumed",
    ),
    "xtensa-lx6": Core(
        1.4, 1.1, 2.0, "not measured: one instruction at a time, caches over the flash outside the chip"
    ),
    "xtensa-lx7": Core(
        1.3, 1.0, 2.0, "not measured: one instruction at a time, caches over the flash outside the chip"
    ),
    "rv32imc": Core(1.4, 1.1, 2.0, "not measured: one instruction at a time, a cache over the flash outside the chip"),
    "rv32ec": Core(1.3, 1.0, 2.0, "not measured: one instruction at a time, a wait state of the flash at full clock"),
    "avr": Core(1.0, 1.0, 1.0, "cycles are counted, not instructions: those of the simulator simavr"),
}
