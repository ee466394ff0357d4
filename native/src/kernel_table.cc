#include "kernel_table.h"

namespace nas {
namespace {

constexpr Block kNone = {0, 1};
constexpr Block kReducer = {1, 1};
constexpr Block kTwoBools = {2, 1};
constexpr Block kEnumArm = {1, 1}, kEnumHost = {4, 4};
constexpr Block kInt = {4, 4}, kFloat = {4, 4};
constexpr Block kTwoInts = {8, 4};
constexpr Block kTwoPointersArm = {8, 4}, kTwoPointersHost = {16, 8};
constexpr Block kConv = {28, 4};
constexpr Block kReshape = {36, 4};
constexpr Block kPool = {40, 4};

}  // namespace

// Checked against the records of real builds, and of the Python package tflite-micro for operators that no record has;
// the states of those on Arm are sizeof of the same structs for it. Versions are in machine.h.
//
// clang-format off
const Kernel kKernels[] = {
    // kind, options: Arm, host, state: host, Arm, CMSIS-NN, Prepare: reference, CMSIS-NN, temporaries
    {Builtin::kConv2d, kConv, kConv, 72, 56, 60, prepare_conv, prepare_conv_cmsis_nn, "oiwiwbo"},
    {Builtin::kDepthwiseConv2d, kConv, kConv, 72, 56, 60, prepare_conv, prepare_depthwise_conv_cmsis_nn, "oiwiwbo"},
    {Builtin::kFullyConnected, Block{5, 1}, Block{16, 4}, 64, 48, 72,
     prepare_fully_connected, prepare_fully_connected_cmsis_nn, "iwbo"},
    {Builtin::kTransposeConv, Block{16, 4}, Block{20, 4}, 80, 72, 76,
     prepare_transpose_conv, prepare_transpose_conv_cmsis_nn, "*"},
    {Builtin::kMaxPool2d, kPool, kPool, 32, 32, 36, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kAveragePool2d, kPool, kPool, 32, 32, 36, prepare_nothing, prepare_average_pool_cmsis_nn, "*"},
    {Builtin::kL2Pool2d, kPool, kPool, 0, 0, 0, prepare_new_shape, prepare_new_shape, "*"},
    {Builtin::kSoftmax, kFloat, kFloat, 80, 56, 64, prepare_softmax, prepare_softmax, "*"},
    {Builtin::kLogSoftmax, kNone, kNone, 0, 0, 0, prepare_log_softmax, prepare_log_softmax, "*"},
    // Shapes and places.
    {Builtin::kReshape, kReshape, kReshape, 0, 0, 0, prepare_nothing, prepare_nothing, "io"},
    {Builtin::kSqueeze, kReshape, kReshape, 0, 0, 0, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kExpandDims, kNone, kNone, 0, 0, 0, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kShape, kEnumArm, kEnumHost, 0, 0, 0, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kTranspose, kNone, kNone, 0, 0, 0, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kPack, kTwoInts, kTwoInts, 0, 0, 0, prepare_nothing, prepare_nothing, ""},
    {Builtin::kUnpack, kTwoInts, kTwoInts, 0, 0, 0, prepare_nothing, prepare_nothing, ""},
    {Builtin::kConcatenation, kTwoInts, kTwoInts, 40, 24, 24, prepare_nothing, prepare_nothing, "i*"},
    {Builtin::kStridedSlice, Block{24, 4}, Block{24, 4}, 84, 84, 84, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kSlice, kNone, kNone, 0, 0, 0, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kSplit, kInt, kInt, 0, 0, 0, prepare_nothing, prepare_nothing, "i"},
    {Builtin::kSplitV, kInt, kInt, 0, 0, 0, prepare_nothing, prepare_nothing, "b"},
    {Builtin::kPad, kNone, kNone, 56, 56, 56, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kPadv2, kNone, kNone, 56, 56, 56, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kMirrorPad, kEnumArm, kEnumHost, 20, 20, 20, prepare_mirror_pad, prepare_mirror_pad, "*"},
    {Builtin::kGather, kTwoInts, kTwoInts, 0, 0, 0, prepare_new_shape, prepare_new_shape, "*"},
    {Builtin::kGatherNd, kNone, kNone, 0, 0, 0, prepare_new_shape, prepare_new_shape, "*"},
    {Builtin::kDepthToSpace, kInt, kInt, 0, 0, 0, prepare_new_shape, prepare_new_shape, "*"},
    {Builtin::kSpaceToDepth, kInt, kInt, 0, 0, 0, prepare_new_shape, prepare_new_shape, "*"},
    {Builtin::kBatchToSpaceNd, kNone, kNone, 0, 0, 0, prepare_nothing, prepare_nothing, "io"},
    {Builtin::kSpaceToBatchNd, kNone, kNone, 4, 4, 4, prepare_nothing, prepare_nothing, "io"},
    {Builtin::kResizeBilinear, kTwoBools, kTwoBools, 0, 0, 0, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kResizeNearestNeighbor, kTwoBools, kTwoBools, 0, 0, 0, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kReverseV2, kNone, kNone, 0, 0, 0, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kBroadcastTo, kNone, kNone, 0, 0, 0, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kBroadcastArgs, kNone, kNone, 0, 0, 0, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kFill, kNone, kNone, 0, 0, 0, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kZerosLike, kNone, kNone, 0, 0, 0, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kDynamicUpdateSlice, kNone, kNone, 0, 0, 0, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kSelectV2, kNone, kNone, 1, 1, 1, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kEmbeddingLookup, kNone, kNone, 0, 0, 0, prepare_embedding_lookup, prepare_embedding_lookup, "*"},
    {Builtin::kCast, Block{2, 1}, Block{8, 4}, 0, 0, 0, prepare_nothing, prepare_nothing, "*"},
    // Reductions.
    {Builtin::kMean, kReducer, kReducer, 44, 44, 44, prepare_mean, prepare_mean, "iowiow"},
    {Builtin::kSum, kReducer, kReducer, 44, 44, 44, prepare_mean, prepare_mean, "iowiow"},
    {Builtin::kReduceMax, kReducer, kReducer, 44, 44, 44, prepare_reduce_max, prepare_reduce_max, "iowiow"},
    {Builtin::kReduceMin, kReducer, kReducer, 44, 44, 44, prepare_reduce_max, prepare_reduce_max, "iowiow"},
    {Builtin::kReduceAll, kReducer, kReducer, 44, 44, 44, prepare_reduce_max, prepare_reduce_max, "iowiow"},
    {Builtin::kArgMax, kEnumArm, kEnumHost, 0, 0, 0, prepare_nothing, prepare_nothing, ""},
    {Builtin::kArgMin, kEnumArm, kEnumHost, 0, 0, 0, prepare_nothing, prepare_nothing, ""},
    {Builtin::kCumsum, kTwoBools, kTwoBools, 0, 0, 0, prepare_cumsum, prepare_cumsum, "*"},
    // One element at a time.
    {Builtin::kAdd, Block{2, 1}, Block{8, 4}, 60, 60, 60, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kSub, Block{2, 1}, Block{8, 4}, 52, 52, 52, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kMul, kEnumArm, kEnumHost, 36, 36, 36, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kDiv, kEnumArm, kEnumHost, 28, 28, 28, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kAddN, kNone, kNone, 0, 0, 0, prepare_add_n, prepare_add_n, "*"},
    {Builtin::kSquaredDifference, kNone, kNone, 112, 112, 112, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kMaximum, kNone, kNone, 0, 0, 0, prepare_nothing, prepare_nothing, ""},
    {Builtin::kMinimum, kNone, kNone, 0, 0, 0, prepare_nothing, prepare_nothing, ""},
    {Builtin::kEqual, kNone, kNone, 32, 32, 32, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kNotEqual, kNone, kNone, 32, 32, 32, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kGreater, kNone, kNone, 32, 32, 32, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kGreaterEqual, kNone, kNone, 32, 32, 32, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kLess, kNone, kNone, 32, 32, 32, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kLessEqual, kNone, kNone, 32, 32, 32, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kFloorDiv, kNone, kNone, 0, 0, 0, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kFloorMod, kNone, kNone, 0, 0, 0, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kLogicalAnd, kNone, kNone, 0, 0, 0, prepare_nothing, prepare_nothing, ""},
    {Builtin::kLogicalOr, kNone, kNone, 0, 0, 0, prepare_nothing, prepare_nothing, ""},
    {Builtin::kLogicalNot, kNone, kNone, 0, 0, 0, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kQuantize, kNone, kNone, 32, 32, 32, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kDequantize, kNone, kNone, 32, 32, 32, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kRelu, kNone, kNone, 28, 28, 28, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kRelu6, kNone, kNone, 8, 8, 8, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kLeakyRelu, kFloat, kFloat, 24, 24, 24, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kPrelu, kNone, kNone, 28, 28, 28, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kElu, kNone, kNone, 256, 256, 256, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kHardSwish, kNone, kNone, 20, 20, 20, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kLogistic, kNone, kNone, 16, 16, 16, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kTanh, kNone, kNone, 16, 16, 16, prepare_nothing, prepare_nothing, "iio"},
    {Builtin::kL2Normalization, kEnumArm, kEnumHost, 4, 4, 4, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kAbs, kNone, kNone, 28, 20, 20, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kRsqrt, kNone, kNone, 28, 20, 20, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kSin, kNone, kNone, 0, 0, 0, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kCos, kNone, kNone, 0, 0, 0, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kLog, kNone, kNone, 0, 0, 0, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kSqrt, kNone, kNone, 0, 0, 0, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kSquare, kNone, kNone, 0, 0, 0, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kExp, kNone, kNone, 0, 0, 0, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kNeg, kNone, kNone, 0, 0, 0, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kCeil, kNone, kNone, 0, 0, 0, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kRound, kNone, kNone, 0, 0, 0, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kFloor, kNone, kNone, 0, 0, 0, prepare_nothing, prepare_nothing, ""},
    // Matrices and memory.
    {Builtin::kBatchMatmul, Block{3, 1}, Block{3, 1}, 32, 16, 36,
     prepare_batch_matmul, prepare_batch_matmul_cmsis_nn, "*"},
    {Builtin::kSvdf, Block{8, 4}, Block{12, 4}, 36, 36, 40, prepare_svdf, prepare_svdf_cmsis_nn, "*"},
    {Builtin::kUnidirectionalSequenceLstm, Block{16, 4}, Block{16, 4}, 688, 688, 912,
     prepare_lstm, prepare_lstm_cmsis_nn, "*"},
    // Control flow.
    {Builtin::kIf, kTwoInts, kTwoInts, 8, 8, 8, prepare_nothing, prepare_nothing, "i"},
    {Builtin::kWhile, kTwoInts, kTwoInts, 8, 8, 8, prepare_nothing, prepare_nothing, ""},
    {Builtin::kCallOnce, kInt, kInt, 8, 8, 8, prepare_nothing, prepare_nothing, ""},
    // Resource variables; resources.h adds what belongs to no single operator.
    {Builtin::kVarHandle, kTwoPointersArm, kTwoPointersHost, 4, 4, 4, prepare_nothing, prepare_nothing, ""},
    {Builtin::kReadVariable, kNone, kNone, 0, 0, 0, prepare_nothing, prepare_nothing, "i"},
    {Builtin::kAssignVariable, kNone, kNone, 0, 0, 0, prepare_nothing, prepare_nothing, "w"},
};
// clang-format on
const size_t kKernelCount = sizeof(kKernels) / sizeof(kKernels[0]);

}  // namespace nas
