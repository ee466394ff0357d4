"""What plain C cannot express is refused operator by operator, with the reason; what is just within bounds is not."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from nas.target.plain_c.convolutions import Window, fours, pairs, window
from nas.target.plain_c.model import Operator, Tensor
from nas.target.plain_c.program import LOWERINGS
from nas.target.plain_c.step import InexpressibleError

X = Tensor(0, "x", (1, 5, 6, 3), "int8", (0.05,), (-7,), 0, None)
Y = replace(X, index=9, name="y", shape=(1, 5, 6, 4), channel_scales=(0.5,), zero_points=(4,))
CONV = {"padding": "SAME", "stride_h": 1, "stride_w": 1, "fused_activation_function": "NONE"}


def weights(*shape: int, axis: int = 0) -> Tensor:
    data = np.random.default_rng(0).integers(-127, 128, shape).astype(np.int8)
    return Tensor(1, "w", shape, "int8", (0.004,) * shape[axis], (0,) * shape[axis], axis, data)


def bias(count: int) -> Tensor:
    return Tensor(2, "b", (count,), "int32", (), (), 0, np.arange(count, dtype=np.int32))


def ints(*values: int) -> Tensor:
    return Tensor(3, "i", (len(values),), "int32", (), (), 0, np.array(values, np.int32))


def of(tensor: Tensor, *shape: int, **changes: Any) -> Tensor:
    return replace(tensor, shape=shape or tensor.shape, **changes)


def op(
    kind: str, inputs: Sequence[Tensor | None], output: Tensor, options: Mapping[str, Any] | None = None
) -> Operator:
    return Operator(0, kind, tuple(inputs), (output,), options or {})


def lowered(operator: Operator) -> list[Any]:
    return list(LOWERINGS.by_kind[operator.kind](operator))


CONVOLUTION = op("CONV_2D", [X, weights(4, 3, 3, 3), bias(4)], Y, CONV)
DEPTHWISE = op("DEPTHWISE_CONV_2D", [X, weights(1, 3, 3, 6, axis=3), bias(6)], of(Y, 1, 5, 6, 6), CONV)
DENSE = op("FULLY_CONNECTED", [of(X, 2, 12), weights(4, 12), bias(4)], of(Y, 2, 4))
TRANSPOSED = op(
    "TRANSPOSE_CONV",
    [ints(1, 10, 12, 4), weights(4, 3, 3, 3), X, bias(4)],
    of(Y, 1, 10, 12, 4),
    CONV | {"stride_h": 2, "stride_w": 2},
)
POOL = op("MAX_POOL_2D", [X], of(Y, 1, 5, 6, 3), CONV | {"filter_height": 2, "filter_width": 2})
ADD = op("ADD", [X, X], of(Y, 1, 5, 6, 3), {"fused_activation_function": "NONE"})
PROBABILITIES = of(Y, 1, 5, channel_scales=(1 / 256,), zero_points=(-128,))
SOFTMAX = op("SOFTMAX", [of(X, 1, 5)], PROBABILITIES, {"beta": 1.0})
MEAN = op("MEAN", [X, ints(1, 2)], of(Y, 1, 3))
EVERY = (CONVOLUTION, DEPTHWISE, DENSE, TRANSPOSED, POOL, ADD, SOFTMAX, MEAN)


def changed(operator: Operator, **changes: Any) -> Operator:
    """Return an operator with other inputs (`in0`, `in1`, `in2`), another output (`out`), or options."""
    inputs = [changes.pop(f"in{i}", tensor) for i, tensor in enumerate(operator.inputs)]
    output = changes.pop("out", operator.output)
    return Operator(0, operator.kind, tuple(inputs), (output,), {**operator.options, **changes})


@pytest.mark.parametrize("operator", EVERY, ids=lambda operator: operator.kind)
def test_the_operators_that_the_others_differ_from_are_expressed(operator: Operator) -> None:
    (step,) = lowered(operator)
    assert step.output == operator.output


W = CONVOLUTION.input(1)
REFUSALS = [
    (changed(CONVOLUTION, stride_w=0), "has a stride or a dilation of 0"),
    (changed(CONVOLUTION, dilation_h_factor=0), "has a stride or a dilation of 0"),
    (changed(CONVOLUTION, out=of(Y, 1, 5, 7, 4)), "has an output of another size"),
    (changed(CONVOLUTION, out=of(Y, 1, 4, 6, 4)), "has an output of another size"),
    (changed(CONVOLUTION, padding="VALID"), "has an output of another size"),
    (changed(CONVOLUTION, in0=of(X, 5, 6, 3)), "has an input without height, width and channels"),
    (changed(CONVOLUTION, out=of(Y, 5, 6, 4)), "has an input without height, width and channels"),
    (changed(CONVOLUTION, in0=of(X, 2, 5, 6, 3), out=of(Y, 2, 5, 6, 4)), "has a batch of more than one"),
    (changed(CONVOLUTION, out=of(Y, 2, 5, 6, 4)), "has a batch of more than one"),
    (changed(CONVOLUTION, in0=of(X, 1, 5, 6, 6)), "has groups of channels"),
    (changed(CONVOLUTION, in1=of(W, dtype="float32")), "has weights of float32, where only int8 is known"),
    (changed(CONVOLUTION, in1=of(W, data=None)), "computes its weights"),
    (changed(CONVOLUTION, in1=of(W, zero_points=(0, 0, 1, 0))), "has weights with a zero point"),
    (changed(CONVOLUTION, in1=of(W, axis=3)), "has weights with scales along another axis"),
    (changed(CONVOLUTION, in1=of(W, channel_scales=(0.1,) * 3)), "has another number of scales than channels"),
    (changed(CONVOLUTION, in2=of(bias(4), dtype="float32")), "has a bias of float32, where only int32 is known"),
    (changed(CONVOLUTION, in2=of(bias(4), data=None)), "computes its bias"),
    (changed(CONVOLUTION, in2=bias(3)), "has a bias of another size"),
    (changed(CONVOLUTION, out=of(Y, 1, 5, 6, 5)), "has an output with another number of channels"),
    (changed(CONVOLUTION, in0=of(X, dtype="int16")), "has a tensor of int16, where only int8 is known"),
    (changed(CONVOLUTION, in0=of(X, channel_scales=(0.1,) * 3)), "activations that are not quantized by one scale"),
    (changed(DEPTHWISE, in0=of(X, 1, 5, 6, 4)), "has a number of outputs that is no multiple of its inputs"),
    (changed(DEPTHWISE, in1=of(DEPTHWISE.input(1), axis=0)), "has weights with scales along another axis"),
    (changed(DENSE, weights_format=1), "has shuffled weights"),
    (changed(DENSE, in1=weights(4, 12, 1)), "has shuffled weights"),
    (changed(DENSE, in0=of(X, 2, 13)), "has an input or an output of another size"),
    (changed(DENSE, out=of(Y, 3, 4)), "has an input or an output of another size"),
    (changed(TRANSPOSED, in2=of(X, 2, 5, 6, 3)), "has a batch of more than one"),
    (changed(TRANSPOSED, in2=of(X, 5, 6, 3)), "has a batch of more than one"),
    (changed(TRANSPOSED, in2=of(X, 1, 5, 6, 2)), "has weights for another number of channels"),
    (changed(TRANSPOSED, out=of(Y, 1, 11, 12, 4)), "has an output of another size"),
    (changed(POOL, out=of(Y, 1, 5, 6, 4)), "has an output with another number of channels"),
    (changed(ADD, in1=of(X, 1, 5, 6, 2)), "has an input that does not repeat to its output"),
    (changed(ADD, in1=of(X, 1, 1, 5, 6, 3)), "has an input that does not repeat to its output"),
    (changed(ADD, in1=of(X, 2, 1, 2, 1, 2, 1), in0=of(X, 1, 2, 1, 2, 1, 2), out=of(Y, 2, 2, 2, 2, 2, 2)), "too many"),
    (changed(SOFTMAX, out=of(PROBABILITIES, channel_scales=(1 / 128,))), "not quantized by 1/256"),
    (changed(SOFTMAX, out=of(PROBABILITIES, zero_points=(-127,))), "not quantized by 1/256"),
    (changed(SOFTMAX, in0=of(X, 1, 4096), out=of(PROBABILITIES, 1, 4096)), "has more than 4095 classes"),
    (changed(SOFTMAX, in0=of(X, 1, 5, channel_scales=(1e-9,))), "cannot be computed: the input's scale is too small"),
    (changed(SOFTMAX, in0=of(X, 1, 6)), "has an output of another size"),
    (changed(MEAN, in1=ints(1, 3)), "reduces axes that do not lie together"),
    (changed(MEAN, out=of(Y, 1, 4)), "has an output of another size"),
    (op("REDUCE_MAX", [X, ints(1, 2)], of(Y, 1, 4)), "has an output of another size"),
    (op("RELU", [X], of(Y, 1, 5, 6, 4)), "has an output of another size"),
    (op("RELU", [of(X, 0)], of(Y, 0)), "has a tensor without values"),
    (op("LEAKY_RELU", [X], of(Y, *X.shape), {"alpha": -0.1}), "has a negative slope"),
    (op("HARD_SWISH", [of(X, channel_scales=(1e9,))], of(Y, *X.shape)), "cannot be computed: its scales lie too far"),
    (op("RESHAPE", [X, ints(90)], of(Y, 91)), "has an output of another size"),
    (
        op("CONCATENATION", [X, X], of(Y, 1, 5, 6, 6), {"axis": 3, "fused_activation_function": "RELU"}),
        "has an activation",
    ),
    (op("CONCATENATION", [X, X], of(Y, 1, 5, 6, 5), {"axis": 3}), "moves bytes from or to beyond a tensor"),
    (op("TRANSPOSE", [X, ints(0, 1, 2, 2)], of(Y, 1, 5, 6, 6)), "has an order that leaves out an axis"),
    (op("TRANSPOSE", [X, of(ints(0), data=None)], of(Y, 1, 5, 6, 6)), "computes its order"),
    (
        op("TRANSPOSE", [of(X, 2, 2, 2, 2, 2), ints(4, 3, 2, 1, 0)], of(Y, 2, 2, 2, 2, 2)),
        "moves a block with more than four sides",
    ),
    (op("SLICE", [X, ints(0, 3, 0, 0), ints(1, 3, 6, 3)], of(Y, 1, 3, 6, 3)), "moves bytes from or to beyond"),
]


@pytest.mark.parametrize(("operator", "why"), REFUSALS, ids=range(len(REFUSALS)))
def test_an_operator_is_refused_with_the_reason(operator: Operator, why: str) -> None:
    with pytest.raises(InexpressibleError, match=why):
        lowered(operator)


def test_what_is_just_within_bounds_is_expressed() -> None:
    assert lowered(changed(SOFTMAX, in0=of(X, 1, 4095), out=of(PROBABILITIES, 1, 4095)))
    assert lowered(changed(DENSE, weights_format="DEFAULT"))
    assert lowered(op("LEAKY_RELU", [X], of(Y, *X.shape), {"alpha": 0.0}))
    assert lowered(op("MAX_POOL_2D", [X], of(Y, 1, 4, 5, 3), {**POOL.options, "padding": "VALID"}))
    assert lowered(changed(CONVOLUTION, in1=of(W, channel_scales=(0.1,), zero_points=(0,), axis=3)))


@pytest.mark.parametrize("zero_point", [0, -7])
def test_sums_that_may_leave_32_bits_are_refused_to_the_last_one(zero_point: int) -> None:
    x, wide = of(X, zero_points=(zero_point,)), W.data.astype(np.int64)
    most = 2**31 - 1 - 128 * np.abs(wide).sum(axis=(1, 2, 3))

    def with_sums(more: int) -> Operator:
        # The zero point is added to the bias; what is left is what the inputs may add.
        numbers = (most + more + zero_point * wide.sum(axis=(1, 2, 3))).astype(np.int32)
        return changed(CONVOLUTION, in0=x, in2=of(bias(4), data=numbers))

    assert lowered(with_sums(0))
    with pytest.raises(InexpressibleError, match="may overflow its sums of 32 bits"):
        lowered(with_sums(1))


def test_a_window_is_inside_if_its_kernel_is_at_every_output() -> None:
    rng = np.random.default_rng(0)
    found = set()
    for _ in range(400):
        taps, stride, dilation, pad = (int(rng.integers(low, 4)) for low in (1, 1, 1, 0))
        inputs, outputs = int(rng.integers(1, 12)), int(rng.integers(1, 6))
        one = Window(inputs, outputs, taps, stride, dilation, pad)
        places = [o * stride - pad + t * dilation for o in range(outputs) for t in range(taps)]
        inside = pad == 0 and max(places) < inputs
        assert one.is_inside is inside
        assert one.padded is (dilation > 1 or not inside)
        found.add((inside, dilation > 1))
    assert len(found) == 4


@pytest.mark.parametrize("padding", ["SAME", "VALID"])
def test_the_padding_before_the_first_input_is_half_of_what_the_kernel_lacks_rounded_down(padding: str) -> None:
    for inputs in range(4, 12):
        for taps, stride, dilation in ((1, 1, 1), (3, 1, 1), (3, 2, 1), (2, 3, 1), (2, 1, 3), (3, 2, 2)):
            reach = len(range((taps - 1) * dilation + 1))
            starts = range(0, inputs if padding == "SAME" else inputs - reach + 1, stride)
            if not starts:
                continue
            lacks = max(0, starts[-1] + reach - inputs)
            options = {"padding": padding, "stride_h": stride, "dilation_h_factor": dilation}
            found = window(inputs, len(starts), taps, options, "h")
            assert found == Window(inputs, len(starts), taps, stride, dilation, lacks // 2)


@pytest.mark.parametrize("shape", [(4, 2, 9), (5, 1, 8), (1, 3, 7), (2, 1, 3)])
def test_weights_of_two_channels_lie_in_the_order_in_which_dot_h_reads_them(shape: tuple[int, int, int]) -> None:
    numbers = np.arange(np.prod(shape)).reshape(shape)
    channels, rows, run = shape
    read: list[int] = []
    for one in range(0, channels - 1, 2):
        for row in range(rows):
            at = 0
            while at + 4 <= run:
                read += [*numbers[one, row, at : at + 4], *numbers[one + 1, row, at : at + 4]]
                at += 4
            for rest in range(at, run):
                read += [numbers[one, row, rest], numbers[one + 1, row, rest]]
    if channels % 2:
        read += [*numbers[-1].ravel()]
    assert pairs(numbers).tolist() == read


@pytest.mark.parametrize("shape", [(4, 3), (7, 9), (3, 5), (9, 1)])
def test_weights_of_four_channels_lie_in_the_order_in_which_depthwise_h_reads_them(shape: tuple[int, int]) -> None:
    numbers = np.arange(np.prod(shape)).reshape(shape)
    channels, places = shape
    read: list[int] = []
    first = 0
    while first + 4 <= channels:
        read += [numbers[first + i, place] for place in range(places) for i in range(4)]
        first += 4
    for channel in range(first, channels):
        read += [*numbers[channel]]
    assert fours(numbers).tolist() == read
