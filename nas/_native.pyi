"""The native core: TensorFlow Lite Micro's memory and work, computed from a model and a machine.

A machine is a kernel set, a core, and a release of TFLM; an empty release is the one of `TFLM_VERSION`.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple, TypeAlias

from nas.arrays import Array
from nas.graph.graph import Graph

TFLM_VERSION: str
CMSIS_NN_VERSION: str
# Operators whose code was linked and measured.
LINKED_OPS: frozenset[str]

class Totals(NamedTuple):
    file_bytes: int
    weights_bytes: int
    head_bytes: int
    tail_bytes: int
    min_arena_bytes: int
    code_bytes: int
    macs: int
    instructions: float | None
    supported: bool
    # Whether every operator is known; if not, the figures are lower bounds.
    complete: bool
    # Resource variables, which the application makes.
    variables: int

class Op(NamedTuple):
    kind: str
    macs: int
    scratch_bytes: int
    instructions: float | None
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    refusal: str | None
    known: bool
    custom_code: str | None
    extrapolated: bool

class Tensor(NamedTuple):
    name: str
    shape: tuple[int, ...]
    dtype: str
    bytes: int
    kind: Literal["input", "output", "activation", "constant", "scratch"]
    offset: int | None
    first_op: int | None
    last_op: int | None

class Measured(NamedTuple):
    totals: Totals
    ops: list[Op]
    tensors: list[Tensor]

class NodeMemory(NamedTuple):
    option_bytes: int
    option_align: int
    # Asked for in Init.
    state_bytes: int
    # Bytes of each request in Prepare.
    persistent: list[int]
    scratch: list[int]

class Planned(NamedTuple):
    bytes: int
    first_step: int
    last_step: int
    offset: int

class Recorded(NamedTuple):
    allocations: int
    requested_bytes: int
    # With padding.
    used_bytes: int

class Allocations(NamedTuple):
    nodes: list[NodeMemory]
    # Tensors by index, then scratch buffers in the order in which they are asked for.
    plan: list[Planned]
    # By TFLM's name of the purpose.
    recorded: dict[str, Recorded]

class Work(NamedTuple):
    # The operator whose kernel runs, its type, and the path through the kernel.
    kind: str
    dtype: str
    path: str
    # The number of the fit that turns the terms into instructions.
    fit: int
    terms: list[float]

class Subgraph(NamedTuple):
    name: str
    # How many; those of the subgraphs follow each other.
    tensors: int
    ops: int
    # Indices over all subgraphs.
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]

class TensorDetails(NamedTuple):
    # float32, one for the whole tensor or one a channel; empty if the tensor is not quantized.
    scales: bytes
    # int64, as many.
    zero_points: bytes
    # Of the channels.
    axis: int
    # The shape with -1 where it may vary; empty if it may not.
    signature: tuple[int, ...]
    # Where a constant's data lie in the file.
    start: int
    size: int

class OpDetails(NamedTuple):
    version: int
    options: dict[str, bool | int | float | str | list[int] | list[float]]

class Entry(NamedTuple):
    name: str
    start: int
    size: int

class Details(NamedTuple):
    description: str
    subgraphs: list[Subgraph]
    # Over all subgraphs, in the order of `profile`.
    tensors: list[TensorDetails]
    ops: list[OpDetails]
    metadata: list[Entry]
    signatures: list[str]

# Bytes, first step, last step.
Buffer: TypeAlias = tuple[int, int, int]

# A part of a FlatBuffer; parts are named by their places in the list, and each comes after those it refers to.
#   ("table", [(number, width, bits)]): its fields by their numbers; a width of 0 is a reference, `bits` the part
#   ("references", [part])
#   ("words" | "vector" | "text" | "alone", content, number of elements, their alignment); "words" are integers of 4
#   bytes, which may lie in a longer vector of those; "alone" is shared with no equal one
Part: TypeAlias = tuple[Any, ...]

def write_file(parts: Sequence[Part], identifier: str) -> bytes: ...
def profile(model: bytes, kernels: str, core: str, release: str = "") -> Measured: ...
def estimate(graph: Graph, kernels: str, core: str, release: str = "") -> Measured: ...
def estimate_many(graphs: Iterable[Graph], kernels: str, core: str, release: str = "") -> list[Totals]: ...
def allocations(model: bytes, kernels: str, core: str, release: str = "") -> Allocations: ...
def details(model: bytes) -> Details: ...

# The head by TFLM's plan and by the best one, what lives at once, whether no plan is lower, and the tensors' offsets.
def best_plan(
    model: bytes, kernels: str, core: str, release: str, most_steps: int
) -> tuple[int, int, int, bool, tuple[int, ...]]: ...
def plan_best(buffers: Sequence[Buffer], most_steps: int) -> tuple[list[int], int, bool]: ...
def work(model: bytes | Graph, kernels: str, core: str) -> list[Work]: ...
def plan(buffers: Sequence[Buffer]) -> list[int]: ...
def check_plan(buffers: Sequence[Buffer], offsets: Sequence[int], head_bytes: int) -> str: ...

BATCH_LEVELS: int
"""How many compilations of `Batch` this processor can run, the slowest first; without any, there is no `Batch`."""

class Batch:
    """An int8 network on many rows; `nas.target.plain_c.batch` makes it.

    Each method but `run` adds a step and returns the number of the tensor that it makes; `a`, `b` and `source` are such
    numbers, and 0 is the input. Fields are in the order of the structures in `native/batch`. ValueError for a step that
    would read beyond a tensor.
    """

    def __init__(self, inputs: int, level: int) -> None: ...
    def constant(self, values: Array) -> int: ...
    def convolve(
        self, source: int, window: Sequence[int], weights: Array, bias: Array, multiplier: Array, shift: Array,
        bounds: tuple[int, int, int], zero_point: int, depthwise: bool,
    ) -> int: ...  # fmt: skip
    def max_pool(self, source: int, window: Sequence[int]) -> int: ...
    def average_pool(self, source: int, window: Sequence[int]) -> int: ...
    def clamp(self, source: int, low: int, high: int) -> int: ...
    def look_up(self, source: int, table: Array) -> int: ...
    def gather(self, sources: Sequence[int], places: Array) -> int: ...
    def softmax(self, source: int, fields: Sequence[int]) -> int: ...
    def mean(self, source: int, fields: Sequence[int]) -> int: ...
    def add(self, a: int, b: int, loops: Sequence[tuple[int, int, int]], fields: Sequence[int]) -> int: ...
    def multiply(self, a: int, b: int, loops: Sequence[tuple[int, int, int]], fields: Sequence[int]) -> int: ...
    def lstm(
        self, source: int, sizes: Sequence[int], multipliers: Sequence[int], shifts: Sequence[int], weights: Array,
        bias: Array,
    ) -> int: ...  # fmt: skip
    def run(self, rows: Array) -> Array:
        """Return the outputs [rows, outputs] for inputs [rows, values], both int8."""

class FrontEnd:
    """The device's mel front-end with its settings and tables; ValueError, with their name, for wrong ones."""

    def __init__(self, settings: Mapping[str, int], tables: Mapping[str, Array]) -> None: ...
    # int16 [n, samples] -> uint16 [n, frames, channels]; without the GIL. A level is a set of the processor's
    # instructions, below `front_end_levels()`; -1 is the best one.
    def features(self, clips: Array, level: int = -1) -> Array: ...

class FrontEndStream:
    """The same frame by frame, as a device computes it."""

    def __init__(self, front_end: FrontEnd) -> None: ...
    # int16 [n] -> uint16 [frames that are complete, channels]
    def push(self, samples: Array) -> Array: ...
    def reset(self) -> None: ...
    @property
    def active(self) -> bool: ...

def front_end_levels() -> int: ...

# Cepstral coefficients of frames, uint16 [n, channels] -> int16 [n, coefficients], by the tables of
# native/device/front_end/cepstrum.h: int16 [2 channels + 1] and uint32 [coefficients]. ValueError for wrong ones.
def cepstrum(features: Array, cosines: Array, scales: Array, middle: int) -> Array: ...

# Rows of windows, float32 [n, steps, channels], as the device's samples, int16; int8 [channels] are the bits behind the
# point.
def samples(rows: Array, fraction_bits: Array) -> Array: ...

# Statistics of samples, int16 [n, steps, channels] -> int32 [n, segments, statistics x channels]; a bit of `wanted` for
# each, see native/device/front_end/statistics.h. ValueError for what cannot be computed, as in `spectrum`.
def statistics(samples: Array, segments: int, wanted: int) -> Array: ...

# Bands of frequency of samples, int16 [n, steps, channels] -> int32 [n, frames, bands x channels], with the settings
# and tables of a `FrontEnd`.
def spectrum(samples: Array, settings: Mapping[str, int], tables: Mapping[str, Array]) -> Array: ...
