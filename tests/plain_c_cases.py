"""One operator each in the forms that plain C knows, with random weights, for tests against the packaged TFLM."""

import numpy as np
from single_operators import Case, T, ints, table

RANDOM = np.random.default_rng(0)


def weights(*shape, axis=0, scale=0.004):
    return T(shape, "int8", RANDOM.integers(-127, 128, shape), scales=shape[axis], scale=scale, axis=axis)


def bias(count):
    return T((count,), "int32", RANDOM.integers(-3000, 3000, count), scales=0)


def image(*shape, scale=0.05, zero_point=-7):
    return T((1, *shape), scale=scale, zero_point=zero_point)


def conv(shape, out, kernel, padding=0, stride=1, dilation=1, activation=0, out_scale=0.5):
    """A convolution; padding 0 is SAME, activation 1 is RELU and 3 is RELU6."""
    inputs = [image(*shape), weights(out[-1], *kernel, shape[-1]), bias(out[-1])]
    fields = {"padding": padding, "strideH": stride, "strideW": stride, "fusedActivationFunction": activation}
    fields |= {"dilationHFactor": dilation, "dilationWFactor": dilation}
    return Case("CONV_2D", inputs, [image(*out, scale=out_scale, zero_point=4)], "Conv2DOptions", fields)


def depthwise(shape, out, kernel, padding=0, stride=1, dilation=1):
    inputs = [image(*shape), weights(1, *kernel, out[-1], axis=3), bias(out[-1])]
    fields = {"padding": padding, "strideH": stride, "strideW": stride, "depthMultiplier": out[-1] // shape[-1]}
    fields |= {"dilationHFactor": dilation, "dilationWFactor": dilation}
    return Case("DEPTHWISE_CONV_2D", inputs, [image(*out, scale=0.1)], "DepthwiseConv2DOptions", fields)


def dense(inputs, outputs, scales=None, rows=1):
    matrix = weights(outputs, inputs)
    matrix = T(matrix.shape, "int8", matrix.data, scales=scales or outputs, scale=0.003)
    out = T((rows, outputs), scale=0.2, zero_point=-3)
    return Case(
        "FULLY_CONNECTED", [T((rows, inputs), scale=0.05), matrix, bias(outputs)], [out], "FullyConnectedOptions"
    )


def pool(kind, shape, out, window, stride, padding=1, activation=0):
    fields = {"padding": padding, "strideH": stride[0], "strideW": stride[1]}
    fields |= {"filterHeight": window[0], "filterWidth": window[1], "fusedActivationFunction": activation}
    return Case(kind, [image(*shape)], [image(*out)], "Pool2DOptions", fields)


def pairwise(kind, a, b, activation=0):
    fields = {"fusedActivationFunction": activation}
    inputs = [T(a, scale=0.03, zero_point=5), T(b, scale=0.05, zero_point=-9)]
    return Case(kind, inputs, [T(max(a, b), scale=0.04, zero_point=-2)], f"{kind.title()}Options", fields)


def alone(kind, zero_point=-20, scale=0.05, out=(0.04, 3), options="", **fields):
    return Case(
        kind,
        [image(6, 5, 7, scale=scale, zero_point=zero_point)],
        [image(6, 5, 7, scale=out[0], zero_point=out[1])],
        options,
        fields,
    )


def reduced(kind, shape, axes, out, **scales):
    same = image(*shape, **scales)
    target = T(out, scale=0.05, zero_point=-7) if kind == "REDUCE_MAX" else T(out, scale=0.02, zero_point=9)
    return Case(kind, [same, ints(*axes)], [target], "ReducerOptions")


CASES = {
    "sequence": conv((1, 21, 9), (1, 21, 16), (1, 7), activation=1),
    "sequence along the height": conv((21, 1, 3), (11, 1, 5), (5, 1), stride=2),
    "image": conv((9, 8, 3), (9, 8, 8), (3, 3), activation=3),
    "image without padding": conv((9, 8, 6), (7, 6, 5), (3, 3), padding=1),
    "one output channel": conv((5, 5, 3), (5, 5, 1), (3, 3)),
    "strides": conv((9, 9, 4), (5, 5, 6), (3, 3), stride=2),
    "dilation": conv((9, 9, 4), (9, 9, 6), (3, 3), dilation=2),
    "one place": conv((4, 5, 7), (4, 5, 6), (1, 1)),
    "one place in two": conv((6, 6, 4), (3, 3, 6), (1, 1), stride=2),
    "kernel as large as the input": conv((4, 5, 3), (1, 1, 6), (4, 5), padding=1),
    "factor above one": conv((6, 6, 4), (6, 6, 5), (3, 3), out_scale=0.0001),
    "depthwise": depthwise((9, 8, 6), (9, 8, 6), (3, 3)),
    "depthwise sequence": depthwise((1, 30, 8), (1, 15, 8), (1, 5), stride=2),
    "depthwise with a multiplier": depthwise((6, 6, 3), (6, 6, 9), (3, 3)),
    "depthwise on one channel": depthwise((6, 6, 1), (4, 4, 9), (3, 3), padding=1),
    "depthwise with dilation": depthwise((9, 9, 5), (9, 9, 5), (3, 3), dilation=2),
    "dense": dense(37, 10),
    "dense with one scale": dense(64, 5, scales=1),
    "dense on rows": dense(12, 7, rows=3),
    "maximum": pool("MAX_POOL_2D", (9, 8, 6), (4, 4, 6), (2, 2), (2, 2)),
    "maximum with padding": pool("MAX_POOL_2D", (9, 8, 5), (5, 4, 5), (3, 3), (2, 2), padding=0),
    "overlapping maximum": pool("MAX_POOL_2D", (1, 20, 9), (1, 18, 9), (1, 3), (1, 1), activation=1),
    "average": pool("AVERAGE_POOL_2D", (9, 8, 6), (4, 4, 6), (2, 2), (2, 2)),
    "average with padding": pool("AVERAGE_POOL_2D", (9, 8, 5), (5, 4, 5), (3, 3), (2, 2), padding=0, activation=3),
    "mean over an image": reduced("MEAN", (6, 7, 5), (1, 2), (1, 5)),
    "mean over a sequence": reduced("MEAN", (32, 8), (1,), (1, 8)),
    "sum": reduced("SUM", (6, 5), (1,), (1, 5), scale=0.001),
    "mean that scales up": reduced("MEAN", (2, 5), (1,), (1, 5), scale=0.9),
    "greatest": reduced("REDUCE_MAX", (9, 5), (1,), (1, 5)),
    "sum of two": pairwise("ADD", (1, 6, 5, 4), (1, 6, 5, 4), activation=1),
    "difference": pairwise("SUB", (1, 6, 5, 4), (1, 6, 5, 4)),
    "sum with a row": pairwise("ADD", (1, 6, 5, 4), (1, 1, 1, 4)),
    "product": pairwise("MUL", (1, 6, 5, 4), (1, 6, 5, 4)),
    "product with gates": pairwise("MUL", (1, 6, 5, 4), (1, 1, 1, 4)),
    "product with a column": pairwise("MUL", (1, 6, 5, 4), (1, 6, 5, 1)),
    "product with one number": pairwise("MUL", (1, 6, 5, 4), (1, 1, 1, 1)),
    "relu": alone("RELU"),
    "relu without a table": alone("RELU", out=(0.05, -20)),
    "relu6": alone("RELU6", out=(0.05, -20)),
    "leaky relu": alone("LEAKY_RELU", options="LeakyReluOptions", alpha=0.1),
    "logistic": alone("LOGISTIC", out=(1 / 256, -128)),
    "logistic of large numbers": alone("LOGISTIC", zero_point=90, scale=0.2, out=(1 / 256, -128)),
    "tanh": alone("TANH", out=(1 / 128, 0)),
    "tanh of small numbers": alone("TANH", zero_point=3, scale=0.01, out=(1 / 128, 0)),
    "hard swish": alone("HARD_SWISH"),
    "hard swish of large numbers": alone("HARD_SWISH", zero_point=90, scale=0.8, out=(0.3, -120)),
    "hard swish of small numbers": alone("HARD_SWISH", zero_point=3, scale=0.003, out=(0.002, 5)),
    "requantization": alone("QUANTIZE", options="QuantizeOptions"),
    "softmax": alone("SOFTMAX", scale=0.11, out=(1 / 256, -128), options="SoftmaxOptions", beta=1.0),
    "sharp softmax": alone("SOFTMAX", scale=1.5, out=(1 / 256, -128), options="SoftmaxOptions", beta=2.0),
    "flat softmax": alone("SOFTMAX", scale=0.001, out=(1 / 256, -128), options="SoftmaxOptions", beta=1.0),
    "pad": Case("PAD", [image(5, 4, 3), table((0, 0), (1, 2), (2, 0), (0, 1))], [image(8, 6, 4)], "PadOptions"),
    "transpose": Case("TRANSPOSE", [image(5, 4, 3), ints(0, 2, 3, 1)], [image(4, 3, 5)], "TransposeOptions"),
    "slice": Case("SLICE", [image(5, 4, 3), ints(0, 1, 2, 0), ints(1, 3, 2, 2)], [image(3, 2, 2)], "SliceOptions"),
    "join": Case(
        "CONCATENATION", [image(5, 4, 3), image(5, 4, 2)], [image(5, 4, 5)], "ConcatenationOptions", {"axis": 3}
    ),
    "split": Case("SPLIT", [ints(3), image(5, 4, 6)], [image(5, 4, 3)] * 2, "SplitOptions", {"numSplits": 2}),
    "transposed convolution": Case(
        "TRANSPOSE_CONV", [ints(1, 8, 8, 5), weights(5, 3, 3, 4), image(4, 4, 4)],
        [image(8, 8, 5, scale=0.3)], "TransposeConvOptions", {"strideH": 2, "strideW": 2},
    ),
}  # fmt: skip
