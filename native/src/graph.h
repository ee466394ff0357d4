// A model as TensorFlow Lite Micro sees it, whether it was read from the bytes of a .tflite or from an architecture.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace nas {

// TFLite's TensorType, by its number in the schema.
enum class Type : int8_t {
  kFloat32 = 0,
  kFloat16 = 1,
  kInt32 = 2,
  kUint8 = 3,
  kInt64 = 4,
  kString = 5,
  kBool = 6,
  kInt16 = 7,
  kComplex64 = 8,
  kInt8 = 9,
  kFloat64 = 10,
  kComplex128 = 11,
  kUint64 = 12,
  kResource = 13,
  kVariant = 14,
  kUint32 = 15,
  kUint16 = 16,
  kInt4 = 17,
};

// TFLite's BuiltinOperator, by its number in the schema: those that some rule of this program mentions.
enum class Builtin : int16_t {
  kAdd = 0,
  kAveragePool2d = 1,
  kConcatenation = 2,
  kConv2d = 3,
  kDepthwiseConv2d = 4,
  kDepthToSpace = 5,
  kDequantize = 6,
  kEmbeddingLookup = 7,
  kFloor = 8,
  kFullyConnected = 9,
  kL2Normalization = 11,
  kL2Pool2d = 12,
  kLogistic = 14,
  kMaxPool2d = 17,
  kMul = 18,
  kRelu = 19,
  kRelu6 = 21,
  kReshape = 22,
  kResizeBilinear = 23,
  kSoftmax = 25,
  kSpaceToDepth = 26,
  kSvdf = 27,
  kTanh = 28,
  kCustom = 32,
  kPad = 34,
  kGather = 36,
  kBatchToSpaceNd = 37,
  kSpaceToBatchNd = 38,
  kTranspose = 39,
  kMean = 40,
  kSub = 41,
  kDiv = 42,
  kSqueeze = 43,
  kUnidirectionalSequenceLstm = 44,
  kStridedSlice = 45,
  kExp = 47,
  kSplit = 49,
  kLogSoftmax = 50,
  kCast = 53,
  kPrelu = 54,
  kMaximum = 55,
  kArgMax = 56,
  kMinimum = 57,
  kLess = 58,
  kNeg = 59,
  kPadv2 = 60,
  kGreater = 61,
  kGreaterEqual = 62,
  kLessEqual = 63,
  kSlice = 65,
  kSin = 66,
  kTransposeConv = 67,
  kExpandDims = 70,
  kEqual = 71,
  kNotEqual = 72,
  kLog = 73,
  kSum = 74,
  kSqrt = 75,
  kRsqrt = 76,
  kShape = 77,
  kArgMin = 79,
  kReduceMax = 82,
  kPack = 83,
  kLogicalOr = 84,
  kLogicalAnd = 86,
  kLogicalNot = 87,
  kUnpack = 88,
  kReduceMin = 89,
  kFloorDiv = 90,
  kSquare = 92,
  kZerosLike = 93,
  kFill = 94,
  kFloorMod = 95,
  kResizeNearestNeighbor = 97,
  kLeakyRelu = 98,
  kSquaredDifference = 99,
  kMirrorPad = 100,
  kAbs = 101,
  kSplitV = 102,
  kCeil = 104,
  kReverseV2 = 105,
  kAddN = 106,
  kGatherNd = 107,
  kCos = 108,
  kElu = 111,
  kQuantize = 114,
  kRound = 116,
  kHardSwish = 117,
  kIf = 118,
  kWhile = 119,
  kSelectV2 = 123,
  kBatchMatmul = 126,
  kCumsum = 128,
  kCallOnce = 129,
  kBroadcastTo = 130,
  kReduceAll = 140,
  kVarHandle = 142,
  kReadVariable = 143,
  kAssignVariable = 144,
  kBroadcastArgs = 145,
  kDynamicUpdateSlice = 151,
};

struct Tensor {
  std::string name;
  std::vector<int32_t> shape;
  int64_t elements = 0;
  int64_t bytes = 0;  // int4 counts as one byte an element, as in TFLM
  int32_t scales = 0;
  Type type = Type::kInt8;
  bool quantized = false;  // has scales and zero points: TFLM then makes a quantization record with the tensor
  bool constant = false;   // has data in the flatbuffer
  bool variable = false;
  // Of a float constant: its bytes within those of the file, which must live as long; nullptr if there are none.
  const uint8_t* data = nullptr;
};

// The options of operators that memory or work depend on, for all kinds of operators together.
struct Options {
  bool same_padding = true;
  int8_t activation = 0;  // a fused one, TFLite's ActivationFunctionType
  int32_t stride_h = 1, stride_w = 1;
  int32_t dilation_h = 1, dilation_w = 1;
  int32_t filter_h = 1, filter_w = 1;
  bool transposed_left = false, transposed_right = false;  // adj_x and adj_y of BATCH_MATMUL
  int32_t first_subgraph = -1, second_subgraph = -1;       // called by IF, WHILE and CALL_ONCE
  int32_t variable = 0;                                    // of VAR_HANDLE: the number of the variable's name
};

struct Op {
  Builtin kind = Builtin::kCustom;
  std::string custom_code;
  std::vector<int32_t> numbers;  // the options of a custom operator that its row in custom_kernels.cc names
  std::vector<int32_t> inputs;   // -1: an optional input that is left out
  std::vector<int32_t> outputs;
  Options options;
};

struct Subgraph {
  std::vector<Tensor> tensors;
  std::vector<Op> ops;
  std::vector<int32_t> inputs;
  std::vector<int32_t> outputs;
};

struct Graph {
  std::vector<Subgraph> subgraphs;
  std::vector<int32_t> offline_offsets;  // one per tensor over all subgraphs, -1: plan it; empty: no offline plan
  int64_t file_bytes = 0;
};

// Returns the input or output at `position`, nullptr if the operator has none there.
inline const Tensor* tensor_at(const Subgraph& graph, const std::vector<int32_t>& indices, size_t position) {
  if (position >= indices.size() || indices[position] < 0) return nullptr;
  return &graph.tensors[static_cast<size_t>(indices[position])];
}

// Returns the size of the axis, 1 if the tensor has fewer axes.
inline int64_t dim(const Tensor& tensor, size_t axis) { return axis < tensor.shape.size() ? tensor.shape[axis] : 1; }

}  // namespace nas
