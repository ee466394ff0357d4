"""The operators that a model needs, as a TFLM op resolver that holds no others."""

from collections.abc import Collection, Iterable

from nas.errors import InputError

# Methods of tflite::MicroMutableOpResolver that register a builtin operator, without the word Add:
# tensorflow/lite/micro/micro_mutable_op_resolver.h of TFLM at commit 90b983c.
_METHODS = """
    Abs Add AddN ArgMax ArgMin AssignVariable AveragePool2D BatchMatMul BatchToSpaceNd BroadcastArgs BroadcastTo
    CallOnce Cast Ceil Concatenation Conv2D Cos CumSum DepthToSpace DepthwiseConv2D Dequantize Div
    DynamicUpdateSlice Elu EmbeddingLookup Equal Exp ExpandDims Fill Floor FloorDiv FloorMod FullyConnected Gather
    GatherNd Greater GreaterEqual HardSwish If L2Normalization L2Pool2D LeakyRelu Less LessEqual Log LogicalAnd
    LogicalNot LogicalOr Logistic LogSoftmax Maximum MaxPool2D Mean Minimum MirrorPad Mul Neg NotEqual Pack Pad
    PadV2 Prelu Quantize ReadVariable ReduceAll ReduceMax ReduceMin Relu Relu6 Reshape ResizeBilinear
    ResizeNearestNeighbor ReverseV2 Round Rsqrt SelectV2 Shape Sin Slice Softmax SpaceToBatchNd SpaceToDepth Split
    SplitV Sqrt Square SquaredDifference Squeeze StridedSlice Sub Sum Svdf Tanh Transpose TransposeConv
    UnidirectionalSequenceLSTM Unpack VarHandle While ZerosLike
"""

# TFLite writes MAX_POOL_2D where the method is MaxPool2D; without case and underscores the names are one.
METHODS = {name.upper(): f"Add{name}" for name in _METHODS.split()}


# Kinds with a registration of the int8 kernel alone, also in the older TFLM of Google's Arduino library. With CMSIS-NN
# it leaves the kernels of other types out of the flash: 22 of 68 KB for a convolutional network. Where the kernels are
# the reference's, both registrations are one.
_WITH_INT8 = frozenset(
    {"ADD", "AVERAGE_POOL_2D", "CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "MAX_POOL_2D", "SOFTMAX"}
)


def resolver_method(kind: str) -> str:
    """Return the resolver's method for TFLite's builtin operator `kind`; InputError if TFLM has none."""
    key = kind.replace("_", "")
    if key not in METHODS:
        raise InputError("model_ops.h", f"TFLM has no method for {kind}", hint="it runs no model with this operator")
    return METHODS[key]


def _call(kind: str, *, only_int8: bool) -> str:
    registration = f"tflite::Register_{kind}_INT8()" if only_int8 and kind in _WITH_INT8 else ""
    return f"{resolver_method(kind)}({registration})"


def ops_header(prefix: str, kinds: Iterable[str], int8_kinds: Collection[str] = ()) -> str:
    """Return a C++ header with a function that gives the op resolver of a model.

    Args:
        prefix: what names begin with.
        kinds: of the model's operators, each listed once.
        int8_kinds: those of which only int8 kernels are needed.
    """
    methods = [_call(kind, only_int8=kind in int8_kinds) for kind in kinds]
    calls = "\n".join(f"    resolver.{method};" for method in methods)
    return f"""\
// The operators of {prefix}_model and no others, so that the linker leaves all other kernels out of the flash.
// C++ only; needs TensorFlow Lite Micro on the include path.
#ifndef {prefix.upper()}_MODEL_OPS_H_
#define {prefix.upper()}_MODEL_OPS_H_

#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"

inline const tflite::MicroMutableOpResolver<{len(methods)}>& {prefix}_op_resolver() {{
  static tflite::MicroMutableOpResolver<{len(methods)}> resolver;
  static bool filled = false;
  if (!filled) {{
{calls}
    filled = true;
  }}
  return resolver;
}}

#endif  // {prefix.upper()}_MODEL_OPS_H_
"""
