"""Which buffers lie in the arena's head, and while which operators run."""

from itertools import accumulate
from pathlib import Path

from nas.target.footprint import Footprint, TensorFootprint

KINDS = ("input", "activation", "output", "scratch")


def planned(footprint: Footprint) -> list[TensorFootprint]:
    """Return the tensors and scratch buffers that TFLM's planner places in the arena's head, by offset."""
    return sorted(
        (t for t in footprint.tensors if t.offset is not None and t.bytes and t.first_op is not None),
        key=lambda t: (t.offset or 0, t.index),
    )


def lifetime(tensor: TensorFootprint) -> tuple[int, int]:
    """Return the first and the last operator of a planned tensor."""
    first = tensor.first_op or 0
    return first, first if tensor.last_op is None else tensor.last_op


def live_at(footprint: Footprint, op: int) -> list[TensorFootprint]:
    """Return the buffers in the arena's head while the operator runs, by offset."""
    return [t for t in planned(footprint) if lifetime(t)[0] <= op <= lifetime(t)[1]]


def peak_op(footprint: Footprint) -> int:
    """Return the operator at which the most bytes of the arena's head are in use; the first of equal ones."""
    change = [0] * (len(footprint.ops) + 1)
    for tensor in planned(footprint):
        first, last = lifetime(tensor)
        change[first] += tensor.bytes
        change[last + 1] -= tensor.bytes
    used = list(accumulate(change[:-1]))
    return used.index(max(used))


def printable(name: str) -> str:
    """Return a name from a file without characters that could steer a terminal or break a document."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in name)


def short_name(name: str, most: int = 40) -> str:
    """Return the last parts of a converter's name: `model/conv/Relu;model/conv/BiasAdd` becomes `conv/Relu`."""
    parts = printable(name).partition(";")[0].split("/")
    kept = parts.pop()
    while parts and len(kept) + len(parts[-1]) < min(most, 24):
        kept = f"{parts.pop()}/{kept}"
    return kept if len(kept) <= most else f"{kept[: most - 1]}\u2026"


def span(tensor: TensorFootprint) -> str:
    """Return the operators of a planned tensor's lifetime as text: `3`, or `3 to 5`."""
    first, last = lifetime(tensor)
    return f"{first}" if first == last else f"{first} to {last}"


def shape(tensor: TensorFootprint) -> str:
    """Return a tensor's shape as text, `1x64x16`; nothing for a scratch buffer, which has none."""
    return "" if tensor.kind == "scratch" else "x".join(map(str, tensor.shape))


def title(footprint: Footprint) -> str:
    """Return the heading of a map: the file, if it has a name, and the target."""
    if footprint.file is None:
        return f"estimate on {footprint.target}"
    return f"{printable(Path(footprint.file).name) or 'model'} on {footprint.target}"
