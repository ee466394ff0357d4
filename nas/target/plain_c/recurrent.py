"""Long short-term memory in plain C."""

from collections.abc import Iterator

import numpy as np

from nas.arrays import Array
from nas.graph.graph import LSTM
from nas.target.plain_c.arithmetic import float32, quantize_multiplier, stored_shift
from nas.target.plain_c.model import Operator
from nas.target.plain_c.step import (
    LOWERINGS,
    Step,
    Struct,
    array,
    constant,
    int8_only,
    name_of,
    require,
    title_of,
)

# Positions of inputs, in lstm_shared.h of TFLM: matrices of four gates for the inputs and for the state, and biases.
_MATRICES, _BIASES, _STATE, _CELLS = range(1, 9), range(12, 16), 18, 19
_OTHERS = (9, 10, 11, 16, 17, 20, 21, 22, 23)
_GATE, _OPENED = 2.0**-12, 2.0**-15
"""Scales of a gate before its sigmoid or tanh, and behind it."""


@LOWERINGS.register(LSTM)
def lstm(op: Operator) -> Iterator[Step]:
    """Lower an LSTM whose state begins at zeros."""
    source, target, name = op.input(0), op.output, name_of(op)
    _check(op)
    steps, inputs, units = *source.shape[1:], target.shape[2]
    scaled = [quantize_multiplier(factor) for factor in _factors(op)]
    multiplier, shift = _tanh_scaling(op.input(_CELLS).scale)
    shape: dict[str, int | str | tuple[int, ...]] = {
        "steps": steps,
        "inputs": inputs,
        "units": units,
        "out_zero_point": target.zero_point,
        "tanh_multiplier": multiplier,
        "tanh_shift": shift,
        "multipliers": tuple(multiplier for multiplier, _ in scaled),
        "shifts": tuple(stored_shift(shift) for _, shift in scaled),
    }
    yield Step(
        name=name,
        title=title_of(op),
        kernels=("lstm",),
        constants=(
            array("int8_t", f"{name}_weights", _weights(op)),
            array("int32_t", f"{name}_bias", _biases(op), 8),
            Struct("lstm_shape", name, shape),
        ),
        call=f"lstm(&{name}, {name}_weights, {name}_bias, {{in0}}, {{scratch}}, {{out}});",
        inputs=(source,),
        output=target,
        scratch_bytes=2 * units,
    )


def _check(op: Operator) -> None:
    source, state = op.input(0), op.input(_STATE)
    matrices = [op.input(place) for place in _MATRICES]
    int8_only(source, op.output, state, *matrices)
    require(len(source.shape) == len(op.output.shape) == 3, "has no sequences")
    require(source.shape[0] == 1 and not op.options["time_major"], "has several sequences at once")
    require(all(op.optional(place) is None for place in _OTHERS), "has peepholes, a projection or a normalization")
    require(op.options["fused_activation_function"] == "TANH", "has another activation than tanh")
    require(op.options["cell_clip"] == 0, "clips its cells")
    require(op.input(_CELLS).dtype == "int16", "has cells that are not int16")
    same = (state.scale, state.zero_point) == (op.output.scale, op.output.zero_point)
    require(same, "has an output that is not quantized as its state")


def _factors(op: Operator) -> Iterator[float]:
    """Yield from sums to gates, for inputs and state; of forgetting, of new values and of outputs (lstm_eval.cc)."""
    cells, state = float32(op.input(_CELLS).scale), float32(op.input(_STATE).scale)
    for place in _MATRICES:
        read = op.input(0).scale if place <= 4 else state
        yield float32(read * op.input(place).scale) / _GATE
    yield _OPENED * cells / cells
    yield _OPENED * _OPENED / cells
    yield _OPENED * _OPENED / state


def _tanh_scaling(scale: float) -> tuple[int, int]:
    """Return by which factor, and by which shift to the right, cells enter the table of tanh."""
    power = round(np.log2(scale))
    require(2.0**power == scale, "has cells whose scale is no power of two")
    left = 15 + power - 3
    require(-16 <= left <= 12, "has cells whose scale is too small or too large")
    return (3 << left, 0) if left >= 0 else (3, -left)


def _weights(op: Operator) -> Array:
    """Return the weights by unit and gate, those of the inputs before those of the state."""
    read, kept = ([constant(op.input(place), "weights") for place in places] for places in (range(1, 5), range(5, 9)))
    gates = [np.concatenate(pair, axis=1) for pair in zip(read, kept, strict=True)]
    return np.stack(gates, axis=1)


def _biases(op: Operator) -> Array:
    """Return two biases by unit and gate: what is added to the sums of the inputs, and of the state."""
    parts = []
    for gate in range(4):
        bias = constant(op.input(_BIASES[gate]), "bias").astype(np.int64)
        read, kept = (constant(op.input(place), "weights").astype(np.int64) for place in (1 + gate, 5 + gate))
        zero_points = op.input(0).zero_point, op.input(_STATE).zero_point
        parts.append(np.stack([bias - zero_points[0] * read.sum(1), -zero_points[1] * kept.sum(1)], axis=-1))
    return np.stack(parts, axis=1).astype(np.int32)
