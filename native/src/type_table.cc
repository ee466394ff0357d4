#include "type_table.h"

namespace nas {
namespace {

constexpr Found kAllocation = Found::kAtAllocation, kInference = Found::kAtInference;

}  // namespace

// Read from tensorflow/lite/micro/kernels/*.cc of kTflmVersion, and checked against the Python package tflite-micro
// with every tensor of every single-operator model set to every type. The one row that is stricter than TFLM is that of
// the LSTM, whose kernel takes float activations with int8 weights and then reads these as floats.
//
// clang-format off
const TypeRow kTypeRows[] = {
    {Builtin::kConv2d, kAllocation, "f f * > f | 8 48 * > 8 | h 8 il > h"},
    {Builtin::kDepthwiseConv2d, kAllocation, "f f * > * | 8 48 * > 8hu | h 8 * > 8hu"},
    {Builtin::kTransposeConv, kAllocation, "* =f8 = * > = | * 8 h * > h"},
    {Builtin::kFullyConnected, kAllocation, "f f * > f | 8 48 * > 8 | h 8 * > h"},
    {Builtin::kBatchMatmul, kAllocation, "=f8h = > ="},
    {Builtin::kSvdf, kAllocation, "f f f f f > f | 8 8 8h i 8h > 8"},
    {Builtin::kUnidirectionalSequenceLstm, kAllocation,
     "f f f f f f f f f - - - f f f f - - f f - - - - > f |"
     "8 8 8 8 8 8 8 8 8 - - - il il il il - - 8 h - - - - > 8 |"
     "h 8 8 8 8 8 8 8 8 - - - il il il il - - h h - - - - > h"},
    {Builtin::kMaxPool2d, kAllocation, "f8h > *"},
    {Builtin::kAveragePool2d, kAllocation, "f8h > *"},
    {Builtin::kL2Pool2d, kAllocation, "f > f"},
    {Builtin::kSoftmax, kAllocation, "=f8h > = | 8 > h"},
    {Builtin::kLogSoftmax, kInference, "=f8 > ="},
    // Shapes and places.
    {Builtin::kReshape, kAllocation, "=* * > ="},
    {Builtin::kSqueeze, kInference, "8ub4 > 8ub4 | heH > heH | fiU > fiU | ldL > ldL"},  // types of one size
    {Builtin::kExpandDims, kInference, "f8h i > *"},
    {Builtin::kShape, kInference, "* > i"},
    {Builtin::kTranspose, kInference, "=f8h * > ="},
    {Builtin::kPack, kInference, "*... > f8hil"},
    {Builtin::kUnpack, kInference, "f8hi > *..."},
    {Builtin::kConcatenation, kAllocation, "=f8hilb =... > ="},
    {Builtin::kStridedSlice, kInference, "* * * * > f8hib"},
    {Builtin::kSlice, kInference, "f8hib il * > *"},
    {Builtin::kSplit, kInference, "* f8hi > *..."},
    {Builtin::kSplitV, kInference, "f8hi * * > *..."},
    {Builtin::kPad, kInference, "=f8hi * > ="},
    {Builtin::kPadv2, kInference, "=f8hi * = > ="},
    {Builtin::kMirrorPad, kInference, "* * > f8"},
    {Builtin::kGather, kAllocation, "f8 i > *"},
    {Builtin::kGatherNd, kAllocation, "f8 i > *"},
    {Builtin::kDepthToSpace, kAllocation, "=f8 > ="},
    {Builtin::kSpaceToDepth, kAllocation, "=f8 > ="},
    {Builtin::kBatchToSpaceNd, kInference, "=f8 * * > ="},
    {Builtin::kSpaceToBatchNd, kInference, "=f8 * * > ="},
    {Builtin::kResizeBilinear, kInference, "* i > f8"},
    {Builtin::kResizeNearestNeighbor, kInference, "* i > f8h"},
    {Builtin::kReverseV2, kAllocation, "=f8hilub i > ="},
    {Builtin::kBroadcastTo, kAllocation, "=* il > ="},
    {Builtin::kBroadcastArgs, kAllocation, "=il = > ="},
    {Builtin::kFill, kInference, "8hil =f8i > ="},
    {Builtin::kZerosLike, kInference, "f8il > *"},
    {Builtin::kDynamicUpdateSlice, kInference, "=f8hi = il > *"},
    {Builtin::kSelectV2, kInference, "b =f8h = > *"},
    {Builtin::kEmbeddingLookup, kAllocation, "i f > f | i 8 > f8"},
    {Builtin::kCast, kInference, "f8hiUb > f8hiUb"},
    // Reductions.
    {Builtin::kMean, kInference, "f8h i > *"},
    {Builtin::kSum, kInference, "=f8h i > ="},
    {Builtin::kReduceMax, kInference, "=f8 i > ="},
    {Builtin::kReduceMin, kInference, "=f8 i > ="},
    {Builtin::kReduceAll, kAllocation, "b i > b"},
    {Builtin::kArgMax, kInference, "f8 i > i"},
    {Builtin::kArgMin, kInference, "f8 i > i"},
    {Builtin::kCumsum, kAllocation, "f i > f | 8' i > 8'"},
    // One element at a time.
    {Builtin::kAdd, kInference, "* * > f8'h' | *^ *^ > i"},
    {Builtin::kSub, kInference, "* * > f8'h' | *^ *^ > i^"},
    {Builtin::kMul, kInference, "=f8hi = > *"},
    {Builtin::kDiv, kInference, "f f > f | 8' 8' > 8' | i^ i^ > i"},
    {Builtin::kAddN, kAllocation, "f f... > f | 8' 8'... > 8'"},
    {Builtin::kSquaredDifference, kInference, "8' 8' > f8'hi | h' h' > f8h'i | =feilubdHUL4 = > f8hi"},
    {Builtin::kMaximum, kInference, "* * > f8hil"},
    {Builtin::kMinimum, kInference, "* * > f8hil"},
    {Builtin::kEqual, kInference, "f8'ilb * > *"},
    {Builtin::kNotEqual, kInference, "f8'ilb * > *"},
    {Builtin::kGreater, kInference, "f8'hil * > *"},
    {Builtin::kGreaterEqual, kInference, "f8'il * > *"},
    {Builtin::kLess, kInference, "f8'il * > *"},
    {Builtin::kLessEqual, kInference, "f8'il * > *"},
    {Builtin::kFloorDiv, kInference, "f f > f"},
    {Builtin::kFloorMod, kInference, "f f > f"},
    {Builtin::kLogicalAnd, kInference, "* * > *"},
    {Builtin::kLogicalOr, kInference, "* * > *"},
    {Builtin::kLogicalNot, kInference, "b > b"},
    {Builtin::kQuantize, kAllocation, "f > 8'h' | i > 8'h' | h > 8'h'i' | 8 > 8'h'i'u' | u > 8'"},
    {Builtin::kDequantize, kAllocation, "8hu > f"},
    {Builtin::kRelu, kInference, "f8h > *"},
    {Builtin::kRelu6, kInference, "f8h > *"},
    {Builtin::kLeakyRelu, kInference, "=f8h > ="},
    {Builtin::kPrelu, kInference, "f8h 8 > * | f8h * > feilubdHUL48"},
    {Builtin::kElu, kInference, "=f8 > ="},
    {Builtin::kHardSwish, kInference, "f8 > *"},
    {Builtin::kLogistic, kInference, "=f8h > ="},
    {Builtin::kTanh, kInference, "=f8h > ="},
    {Builtin::kL2Normalization, kAllocation, "=f8 > ="},
    {Builtin::kAbs, kInference, "f > f | 8' > 8' | h > h"},
    {Builtin::kRsqrt, kInference, "f > f | 8' > 8'"},
    {Builtin::kSin, kInference, "f > f"},
    {Builtin::kCos, kInference, "f > f"},
    {Builtin::kLog, kInference, "f > f"},
    {Builtin::kSqrt, kInference, "f > f"},
    {Builtin::kSquare, kInference, "f > f"},
    {Builtin::kExp, kAllocation, "f > f"},
    {Builtin::kNeg, kInference, "f > *"},
    {Builtin::kCeil, kAllocation, "f > f"},
    {Builtin::kRound, kAllocation, "f > f"},
    {Builtin::kFloor, kInference, "f > *"},
    // Control flow.
    {Builtin::kIf, kAllocation, "b *... > *..."},
    {Builtin::kWhile, kAllocation, "*... > *..."},
    {Builtin::kCallOnce, kAllocation, "> "},
    {Builtin::kVarHandle, kAllocation, "> *"},
    {Builtin::kReadVariable, kAllocation, "r > *"},
    {Builtin::kAssignVariable, kAllocation, "ri * > "},
    {Builtin::kVarHandle, kAllocation, "> *"},
    {Builtin::kReadVariable, kAllocation, "ir > *"},
    {Builtin::kAssignVariable, kAllocation, "ir * >"},
};
const size_t kTypeRowCount = sizeof(kTypeRows) / sizeof(kTypeRows[0]);

// Read from tensorflow/lite/micro/kernels/cmsis_nn/*.cc. No package runs these kernels, so the rows rest on the source.
const TypeRow kTypeRowsCmsisNn[] = {
    {Builtin::kAdd, kAllocation, "f f > f | 8' 8' > 8' | h' h' > h' | i^ i^ > i"},
    {Builtin::kDepthwiseConv2d, kAllocation, "f f * > f | 8 48 * > 8 | h 8 * > h"},
};
const size_t kTypeRowCountCmsisNn = sizeof(kTypeRowsCmsisNn) / sizeof(kTypeRowsCmsisNn[0]);
// clang-format on

}  // namespace nas
