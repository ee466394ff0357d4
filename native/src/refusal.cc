#include "refusal.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "kernels.h"
#include "names.h"

namespace nas {
namespace {

// The types that an operator's kernel accepts for the input at `position`: f float32, 8 int8, h int16, i int32, b bool.
// Found by running each operator with each of them in the Python package tflite-micro; other types are not checked.
struct Accepted {
  Builtin kind;
  size_t position;
  const char* types;
};
constexpr Accepted kAccepted[] = {
    {Builtin::kConv2d, 0, "f8h"},
    {Builtin::kDepthwiseConv2d, 0, "f8h"},
    {Builtin::kTransposeConv, 2, "f8h"},
    {Builtin::kFullyConnected, 0, "f8h"},
    {Builtin::kMaxPool2d, 0, "f8h"},
    {Builtin::kAveragePool2d, 0, "f8h"},
    {Builtin::kL2Pool2d, 0, "f"},
    {Builtin::kSoftmax, 0, "f8h"},
    {Builtin::kLogSoftmax, 0, "f8"},
    {Builtin::kAbs, 0, "f8h"},
    {Builtin::kRsqrt, 0, "f8h"},
    {Builtin::kSin, 0, "f"},
    {Builtin::kCos, 0, "f"},
    {Builtin::kLog, 0, "f"},
    {Builtin::kSqrt, 0, "f"},
    {Builtin::kSquare, 0, "f"},
    {Builtin::kCeil, 0, "f"},
    {Builtin::kFloor, 0, "f"},
    {Builtin::kRound, 0, "f"},
    {Builtin::kNeg, 0, "f"},
    {Builtin::kExp, 0, "f"},
    {Builtin::kElu, 0, "f8"},
    {Builtin::kHardSwish, 0, "f8"},
    {Builtin::kRelu, 0, "f8h"},
    {Builtin::kRelu6, 0, "f8h"},
    {Builtin::kLeakyRelu, 0, "f8h"},
    {Builtin::kPrelu, 0, "f8"},
    {Builtin::kLogistic, 0, "f8h"},
    {Builtin::kTanh, 0, "f8h"},
    {Builtin::kL2Normalization, 0, "f8"},
    {Builtin::kZerosLike, 0, "f8i"},
    {Builtin::kAdd, 0, "f8hi"},
    {Builtin::kSub, 0, "f8hi"},
    {Builtin::kMul, 0, "f8hi"},
    {Builtin::kDiv, 0, "f8i"},
    {Builtin::kAddN, 0, "f8"},
    {Builtin::kSquaredDifference, 0, "f8hi"},
    {Builtin::kFloorDiv, 0, "f"},
    {Builtin::kFloorMod, 0, "f"},
    {Builtin::kEqual, 0, "f8ib"},
    {Builtin::kNotEqual, 0, "f8ib"},
    {Builtin::kGreater, 0, "f8hi"},
    {Builtin::kGreaterEqual, 0, "f8i"},
    {Builtin::kLess, 0, "f8i"},
    {Builtin::kLessEqual, 0, "f8i"},
    {Builtin::kLogicalAnd, 0, "b"},
    {Builtin::kLogicalOr, 0, "b"},
    {Builtin::kLogicalNot, 0, "b"},
    {Builtin::kMean, 0, "f8h"},
    {Builtin::kSum, 0, "f8h"},
    {Builtin::kReduceMax, 0, "f8"},
    {Builtin::kReduceMin, 0, "f8"},
    {Builtin::kReduceAll, 0, "b"},
    {Builtin::kArgMax, 0, "f8"},
    {Builtin::kArgMin, 0, "f8"},
    {Builtin::kCumsum, 0, "f8"},
    {Builtin::kGather, 0, "f8"},
    {Builtin::kGatherNd, 0, "f8"},
    {Builtin::kResizeBilinear, 0, "f8"},
    {Builtin::kResizeNearestNeighbor, 0, "f8h"},
    {Builtin::kDepthToSpace, 0, "f8"},
    {Builtin::kSpaceToDepth, 0, "f8"},
    {Builtin::kSpaceToBatchNd, 0, "f8"},
    {Builtin::kBatchToSpaceNd, 0, "f8"},
    {Builtin::kMirrorPad, 0, "f8"},
    {Builtin::kSelectV2, 1, "f8h"},
    {Builtin::kFill, 1, "f8i"},
    {Builtin::kTranspose, 0, "f8h"},
    {Builtin::kExpandDims, 0, "f8h"},
    {Builtin::kBatchMatmul, 0, "f8h"},
    {Builtin::kDequantize, 0, "8h"},
    {Builtin::kSvdf, 0, "f8"},
    {Builtin::kUnidirectionalSequenceLstm, 0, "f8h"},
};

// Kernels that TFLM has and this program has no rules for: variables live outside the plan, in an object that the
// application makes; the custom ones are TFLM's own.
constexpr Builtin kNoRules[] = {Builtin::kVarHandle, Builtin::kReadVariable, Builtin::kAssignVariable};
constexpr const char* kNoRulesCustom[] = {"CIRCULAR_BUFFER", "TFLite_Detection_PostProcess", "ethos-u", "TFLM_DECODE"};
constexpr char kUnknown[] = "its memory is not known here, so the figures are lower bounds";

char letter(Type type) {
  switch (type) {
    case Type::kFloat32:
      return 'f';
    case Type::kInt8:
      return '8';
    case Type::kInt16:
      return 'h';
    case Type::kInt32:
      return 'i';
    case Type::kBool:
      return 'b';
    default:
      return '\0';
  }
}

std::string words(const char* letters) {
  std::string text;
  for (; *letters != '\0'; ++letters) {
    const char* word = *letters == 'f'   ? "float32"
                       : *letters == '8' ? "int8"
                       : *letters == 'h' ? "int16"
                       : *letters == 'i' ? "int32"
                                         : "bool";
    text += (text.empty() ? "" : letters[1] == '\0' ? " or " : ", ") + std::string(word);
  }
  return text;
}

bool has_type(const Node& node, Type type) {
  for (size_t i = 0; i < node.op->inputs.size(); ++i) {
    const Tensor* tensor = node.input(i);
    if (tensor != nullptr && tensor->type == type) return true;
  }
  return false;
}

bool multiplies_weights(Builtin kind) {
  return kind == Builtin::kConv2d || kind == Builtin::kDepthwiseConv2d || kind == Builtin::kFullyConnected ||
         kind == Builtin::kTransposeConv || kind == Builtin::kSvdf || kind == Builtin::kUnidirectionalSequenceLstm ||
         kind == Builtin::kBatchMatmul;
}

std::string refuse_weights(const Node& node, const Machine& machine) {
  const size_t activation_at = node.op->kind == Builtin::kTransposeConv ? 2 : 0;
  const size_t weights_at = node.op->kind == Builtin::kUnidirectionalSequenceLstm ? 2 : 1;
  const Tensor *activation = node.input(activation_at), *weights = node.input(weights_at);
  if (activation == nullptr || weights == nullptr || node.output() == nullptr) return "it lacks an input or its output";
  if (activation->type == Type::kFloat32 && weights->type != Type::kFloat32) {
    return "TFLM has no hybrid kernels (float activations, quantized weights); quantize activations to int8 as well: "
           "give the converter representative data";
  }
  if (node.op->kind == Builtin::kFullyConnected && machine.kernels == KernelSet::kCmsisNn &&
      activation->type == Type::kInt16 && weights->scales > 1) {
    return "CMSIS-NN has no int16 FULLY_CONNECTED with a scale for each output; convert with one scale for all weights";
  }
  return {};
}

std::array<const Accepted*, 256> index_accepted() {
  std::array<const Accepted*, 256> index{};
  for (const Accepted& row : kAccepted) index[static_cast<size_t>(row.kind)] = &row;
  return index;
}

std::string refuse_type(const Node& node) {
  static const std::array<const Accepted*, 256> index = index_accepted();
  const Accepted* row = index[static_cast<size_t>(node.op->kind)];  // the kernel is known, so its code is below 256
  const Tensor* tensor = row == nullptr ? nullptr : node.input(row->position);
  const char type = tensor == nullptr ? '\0' : letter(tensor->type);
  if (type == '\0' || std::strchr(row->types, type) != nullptr) return {};
  return "TFLM's " + op_name(row->kind) + " takes " + words(row->types) + ", got " + type_name(tensor->type) +
         "; replace the operator, or convert this part of the model to another type";
}

std::string refuse_custom(const std::string& code) {
  const auto same = [&](const char* known) { return code == known; };
  if (std::any_of(std::begin(kNoRulesCustom), std::end(kNoRulesCustom), same)) return kUnknown;
  const bool select = code.rfind("Flex", 0) == 0;
  return "TFLM has no kernel for the custom operator " + code +
         (select ? ", which only TensorFlow runs; convert with TFLITE_BUILTINS alone, and replace what then fails"
                 : "; replace it in the model, or register a kernel of your own");
}

}  // namespace

std::string refusal(const Node& node, const Machine& machine) {
  const Builtin kind = node.op->kind;
  if (kind == Builtin::kCustom) return refuse_custom(node.op->custom_code);
  if (std::find(std::begin(kNoRules), std::end(kNoRules), kind) != std::end(kNoRules)) return kUnknown;
  if (find_kernel(kind) == nullptr) {
    return "TFLM has no kernel for " + op_name(kind) +
           " (\"Didn't find op for builtin opcode\"); replace it in the model";
  }
  if (has_type(node, Type::kFloat16)) return "TFLM has no float16 kernels; convert to int8";
  const std::string weights = multiplies_weights(kind) ? refuse_weights(node, machine) : std::string();
  return weights.empty() ? refuse_type(node) : weights;
}

}  // namespace nas
