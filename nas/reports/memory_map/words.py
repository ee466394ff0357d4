"""What is said of a memory map: how TFLM uses its arena, or plain C its static RAM."""

from nas.reports.words import size
from nas.target.footprint import Footprint
from nas.target.ram import Buffers


def how_memory_is_used(footprint: Footprint) -> str:
    """Return what a reader of the picture must know, in some sentences."""
    ram, target = footprint.detail, footprint.target
    picture = "a rectangle spans the operators that need a buffer (to the right) and its bytes (upwards)"
    if isinstance(ram, Buffers):
        return (
            f"How plain C uses its static RAM, {size(ram.static)}, on {target}: {picture}. The input and the output, "
            f"{size(ram.given)}, are the caller's, and the stack takes at most {size(ram.stack)}."
        )
    return (
        f"How TensorFlow Lite Micro uses the arena on {target}. Reserve {size(ram.min)}, the smallest arena that "
        f"works. The head, {size(ram.head)}, holds activations and scratch buffers: {picture}. The tail, "
        f"{size(ram.tail)}, is kept as long as the interpreter exists."
    )


def where_buffers_lie(footprint: Footprint) -> str:
    """Return the name of the memory that the picture shows."""
    return "the static RAM" if isinstance(footprint.detail, Buffers) else "the arena's head"
