"""Which buffers lie in the arena's head, and while which operators."""

from itertools import accumulate

from nas.target.footprint import Footprint, TensorFootprint

KINDS = ("input", "activation", "output", "scratch")


def planned(footprint: Footprint) -> list[TensorFootprint]:
    """Return the tensors and scratch buffers that lie in the arena's head, by offset."""
    return sorted(
        (t for t in footprint.tensors if t.offset is not None and t.bytes and t.first_op is not None),
        key=lambda t: (t.offset or 0, t.index),
    )


def life(tensor: TensorFootprint) -> tuple[int, int]:
    """Return the first and the last operator of a planned tensor."""
    first = tensor.first_op or 0
    return first, first if tensor.last_op is None else tensor.last_op


def live_at(footprint: Footprint, op: int) -> list[TensorFootprint]:
    """Return the buffers in the arena's head while the operator runs, by offset."""
    return [t for t in planned(footprint) if life(t)[0] <= op <= life(t)[1]]


def peak_op(footprint: Footprint) -> int:
    """Return the operator at which the most bytes of the arena's head are in use; the first of equal ones."""
    change = [0] * (len(footprint.ops) + 1)
    for tensor in planned(footprint):
        first, last = life(tensor)
        change[first] += tensor.bytes
        change[last + 1] -= tensor.bytes
    used = list(accumulate(change[:-1]))
    return used.index(max(used))


def printable(name: str) -> str:
    """Return a name from a file without what could steer a terminal or break a document."""
    return "".join(letter if letter.isprintable() else "�" for letter in name)


def short_name(name: str, most: int = 40) -> str:
    """Return the telling end of a converter's name: `model/conv/Relu;model/conv/BiasAdd` becomes `conv/Relu`."""
    parts = printable(name).partition(";")[0].split("/")
    kept = parts.pop()
    while parts and len(kept) + len(parts[-1]) < min(most, 24):
        kept = f"{parts.pop()}/{kept}"
    return kept if len(kept) <= most else f"{kept[: most - 1]}…"
