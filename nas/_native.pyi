"""The native core: TensorFlow Lite Micro's memory and work, computed from a model and a machine."""

from collections.abc import Iterable, Sequence
from typing import Literal, TypeAlias, TypedDict

from nas.graph.graph import Graph

TFLM_VERSION: str
CMSIS_NN_VERSION: str
# Operators whose code was linked and measured.
LINKED_OPS: frozenset[str]

# file, weights, head, tail, smallest arena, code (all bytes), MACs, instructions, supported
TotalsRow: TypeAlias = tuple[int, int, int, int, int, int, int, float | None, bool]
# operator, MACs, scratch bytes, instructions, inputs, outputs, why it is not supported
OpRow: TypeAlias = tuple[str, int, int, float | None, tuple[int, ...], tuple[int, ...], str | None]
# name, shape, type, bytes, kind, offset, first and last operator
TensorRow: TypeAlias = tuple[
    str,
    tuple[int, ...],
    str,
    int,
    Literal["input", "output", "activation", "constant", "scratch"],
    int | None,
    int | None,
    int | None,
]
Measured: TypeAlias = tuple[TotalsRow, list[OpRow], list[TensorRow]]
# bytes, first step, last step
Buffer: TypeAlias = tuple[int, int, int]

class Allocations(TypedDict):
    # option struct's bytes and alignment, state from Init, persistent and scratch requests from Prepare
    nodes: list[tuple[int, int, int, list[int], list[int]]]
    # bytes, first step, last step, offset: tensors by index, then scratch as asked for
    plan: list[tuple[int, int, int, int]]
    # by TFLM's name of the purpose: allocations, bytes asked for, bytes with padding
    recorded: dict[str, tuple[int, int, int]]

def profile(model: bytes, kernels: str, core: str, release: str = "") -> Measured: ...
def estimate(graph: Graph, kernels: str, core: str, release: str = "") -> Measured: ...
def estimate_many(graphs: Iterable[Graph], kernels: str, core: str, release: str = "") -> list[TotalsRow]: ...
def allocations(model: bytes, kernels: str, core: str, release: str = "") -> Allocations: ...

# operator whose kernel runs, type, path through it, number of the fit, terms
def work(model: bytes, kernels: str, core: str) -> list[tuple[str, str, str, int, list[float]]]: ...
def plan(buffers: Sequence[Buffer]) -> list[int]: ...
def check_plan(buffers: Sequence[Buffer], offsets: Sequence[int], head_bytes: int) -> str: ...
