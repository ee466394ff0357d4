"""Read the instructions that single kernels were counted to take, for shapes that no recorded model has.

kernel_counts.csv has a line a kernel call, with its shape and the instructions on each core: those of CMSIS-NN 4ab83cc3
and of TFLM 90b983c, compiled as TFLM compiles them (arm-none-eabi-gcc 12.2, -O2) and counted in QEMU 7.2, whose timer
then ticks once in a fixed number of instructions. The column `in` says what was called. The "kernel" alone: TFLM's own
part of the operator, a constant, is not in the count, nor is the code quite the same where the compiler shapes a kernel
after the file that it stands in. Or the "operator", compiled in its own file, as TFLM's interpreter calls it: the count
has the 30 instructions of a profiler added, which those of the recorded models hold too.
"""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

from nas.graph.graph import Graph, Op, Tensor

COUNTS = Path(__file__).with_suffix(".csv")
CORES = ("cortex-m0plus", "cortex-m3", "cortex-m4", "cortex-m7", "cortex-m33", "cortex-m55")
# Reference kernels that also serve beside CMSIS-NN, which lacks them, as it lacks all kernels for floats.
SHARED = frozenset(f"reference {kernel}" for kernel in ("concatenation", "dequantize", "hard swish", "shape", "pack"))
# Float kernels that were counted in each set's own file of the operator.
IN_BOTH_FILES = frozenset({"reference depthwise", "reference depthwise after relu"})
# Ends the name of a kernel whose inputs were negative for one half, and so zero: floats without a floating-point unit.
AFTER_RELU = " after relu"
# Begins the name of a softmax whose inputs lie so far apart that all exponentials but one are zero.
SATURATED, DOUBLINGS = "saturated ", 20
Row = Mapping[str, str]


def kernel_counts(core: str, kernels: str) -> Iterator[tuple[Graph, float, bool]]:
    """Yield each counted operator as a graph, its instructions, and whether they are of the kernel alone."""
    with COUNTS.open(newline="") as file:
        for row in csv.DictReader(file):
            if row[core] and _serves(row, kernels):
                yield graph_of(row), float(row[core]), row["in"] == "kernel"


def _serves(row: Row, kernels: str) -> bool:
    """Whether the row's kernel is part of a kernel set."""
    if not row["kernel"].startswith("reference "):
        return kernels == "cmsis_nn"
    if row["in"] == "operator" and row["kernel"] in IN_BOTH_FILES:
        return kernels == "reference"
    left, *right = row["input"].split("+")
    broadcast = row["kernel"] == "reference multiply" and right != [left]
    return kernels == "reference" or row["type"] == "float32" or row["kernel"] in SHARED or broadcast


def graph_of(row: Row) -> Graph:
    """Return the row's operator as the last of a graph."""
    kernel = row["kernel"].removeprefix("reference ").removesuffix(AFTER_RELU).removeprefix(SATURATED)
    inputs, *more = [_shape(text) for text in row["input"].split("+")]
    outputs = _shape(row["output"])
    tensors = [Tensor("input", inputs, row["type"]), Tensor("output", outputs, _output_type(kernel, row))]
    tensors += [Tensor(f"input_{i}", shape, row["type"]) for i, shape in enumerate(more)]
    weights = _weights(kernel, row, inputs, outputs)
    if weights is not None:
        scales = int(row["scales"])
        dtype = "float32" if row["type"] == "float32" else "int8"
        bias = Tensor("bias", (outputs[-1],), "int32", constant=True, scales=scales)
        tensors += [Tensor("weights", weights, dtype, constant=True, scales=scales), bias]
    if kernel in ("transpose", "pad"):
        tensors.append(Tensor("order", (len(inputs),), "int32", constant=True, scales=0))
    options = {"padding": row["padding"]} if row["padding"] else {}
    pairs = {"stride": "stride", "dilation": "dilation"} | ({"filter": "window"} if "pool" in kernel else {})
    found = {name: _shape(row[column]) for name, column in pairs.items() if row[column]}
    if row["kernel"].endswith(AFTER_RELU):
        tensors.append(Tensor("before", inputs, row["type"]))
        before = len(tensors) - 1
        op = Op(_OPERATORS[kernel], (0, *range(2, before)), (1,), {**options, **found})
        return Graph(tuple(tensors), (Op("RELU", (before,), (0,), {}), op), (before,), (1,))
    if SATURATED in row["kernel"]:
        return _saturated(tensors[0], tensors[1], Op(_OPERATORS[kernel], (0,), (1,), {}))
    op = Op(_OPERATORS[kernel], (0, *range(2, len(tensors))), (1,), {**options, **found})
    return Graph(tuple(tensors), (op,), (0,), (1,))


def _saturated(last: Tensor, output: Tensor, op: Op) -> Graph:
    """Return the operator behind sums that double their input again and again."""
    before = tuple(Tensor(f"before_{i}", last.shape, last.dtype) for i in range(DOUBLINGS))
    sums = tuple(Op("ADD", (i, i), (i + 1 if i <= DOUBLINGS else 0,), {}) for i in range(2, DOUBLINGS + 2))
    return Graph((last, output, *before), (*sums, op), (2,), (1,))


def _output_type(kernel: str, row: Row) -> str:
    return {"dequantize": "float32", "quantize": "int8", "shape": "int32"}.get(kernel, row["type"])


_OPERATORS = {
    "conv": "CONV_2D",
    "depthwise": "DEPTHWISE_CONV_2D",
    "average pool": "AVERAGE_POOL_2D",
    "max pool": "MAX_POOL_2D",
    "transpose": "TRANSPOSE",
    "dense": "FULLY_CONNECTED",
    "pad": "PAD",
    "concatenation": "CONCATENATION",
    "multiply": "MUL",
    "add": "ADD",
    "quantize": "QUANTIZE",
    "dequantize": "DEQUANTIZE",
    "relu": "RELU",
    "hard swish": "HARD_SWISH",
    "softmax": "SOFTMAX",
    "shape": "SHAPE",
    "pack": "PACK",
}


def _weights(kernel: str, row: Row, inputs: tuple[int, ...], outputs: tuple[int, ...]) -> tuple[int, ...] | None:
    if kernel == "conv":
        return (outputs[-1], *_shape(row["window"]), inputs[-1])
    if kernel == "depthwise":
        return (1, *_shape(row["window"]), outputs[-1])
    return (outputs[-1], inputs[-1]) if kernel == "dense" else None


def _shape(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("x")) if text else ()
