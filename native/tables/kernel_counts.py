"""Read the instructions that single kernels were counted to take, for shapes that no recorded model has.

kernel_counts.csv has a line a kernel call, with its shape and the instructions on each core: those of CMSIS-NN 4ab83cc3
and of TFLM 90b983c, compiled as TFLM compiles them (arm-none-eabi-gcc 12.2, -O2) and counted in QEMU 7.2, whose timer
then ticks once in a fixed number of instructions. The kernels were called alone, so TFLM's own part of an operator, a
constant, is not in the counts.
"""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

from nas.graph.graph import Graph, Op, Tensor

COUNTS = Path(__file__).with_suffix(".csv")
CORES = ("cortex-m0plus", "cortex-m3", "cortex-m4", "cortex-m7", "cortex-m33", "cortex-m55")
# Kernels of CMSIS-NN; the others are TFLM's reference kernels, which also serve float models beside CMSIS-NN.
CMSIS_NN = frozenset({"conv", "depthwise", "average pool", "max pool", "transpose", "dense", "pad"})
COLUMNS = ("kernel", "type", "input", "output", "window", "stride", "dilation", "padding", "scales", "order")
Row = Mapping[str, str]


def kernel_counts(core: str, kernels: str) -> Iterator[tuple[Graph, float]]:
    """Yield each counted operator as a graph, and its instructions, on a core with this kernel set."""
    with COUNTS.open(newline="") as file:
        for row in csv.DictReader(file):
            reference = row["kernel"].startswith("reference ")
            serves = reference and (kernels == "reference" or row["type"] == "float32")
            if row[core] and (serves or (not reference and kernels == "cmsis_nn")):
                yield graph_of(row), float(row[core])


def graph_of(row: Row) -> Graph:
    """Return the row's operator as a graph of its own."""
    kernel = row["kernel"].removeprefix("reference ")
    inputs, outputs = _shape(row["input"]), _shape(row["output"])
    tensors = [Tensor("input", inputs, row["type"]), Tensor("output", outputs, row["type"])]
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
    op = Op(_OPERATORS[kernel], (0, *range(2, len(tensors))), (1,), {**options, **found})
    return Graph(tuple(tensors), (op,), (0,), (1,))


_OPERATORS = {
    "conv": "CONV_2D",
    "depthwise": "DEPTHWISE_CONV_2D",
    "average pool": "AVERAGE_POOL_2D",
    "max pool": "MAX_POOL_2D",
    "transpose": "TRANSPOSE",
    "dense": "FULLY_CONNECTED",
    "pad": "PAD",
}


def _weights(kernel: str, row: Row, inputs: tuple[int, ...], outputs: tuple[int, ...]) -> tuple[int, ...] | None:
    if kernel == "conv":
        return (outputs[-1], *_shape(row["window"]), inputs[-1])
    if kernel == "depthwise":
        return (1, *_shape(row["window"]), outputs[-1])
    return (outputs[-1], inputs[-1]) if kernel == "dense" else None


def _shape(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("x"))
