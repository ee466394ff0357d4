#include "kernels.h"

namespace nas {
namespace {

constexpr Block kNoOptions = {0, 1};
constexpr Block kReducer = {1, 1};
constexpr Block kConv = {28, 4};
constexpr Block kPool = {40, 4};
constexpr Block kReshape = {36, 4};
constexpr Block kTwoInts = {8, 4};

// Checked against the records of the real builds; versions in machine.h.
constexpr Kernel kKernels[] = {
    // kind, options: Arm, host, state: host, Arm, CMSIS-NN, Prepare: reference, CMSIS-NN, temporaries
    {Builtin::kConv2d, kConv, kConv, 72, 56, 60, prepare_conv, prepare_conv_cmsis_nn, "oiwiwbo"},
    {Builtin::kDepthwiseConv2d, kConv, kConv, 72, 56, 60, prepare_conv, prepare_depthwise_conv_cmsis_nn, "oiwiwbo"},
    {Builtin::kFullyConnected,
     {5, 1},
     {16, 4},
     64,
     48,
     72,
     prepare_fully_connected,
     prepare_fully_connected_cmsis_nn,
     "iwbo"},
    {Builtin::kMaxPool2d, kPool, kPool, 32, 32, 36, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kAveragePool2d, kPool, kPool, 32, 32, 36, prepare_nothing, prepare_average_pool_cmsis_nn, "*"},
    {Builtin::kSoftmax, {4, 4}, {4, 4}, 80, 56, 64, prepare_softmax, prepare_softmax, "*"},
    {Builtin::kReshape, kReshape, kReshape, 0, 0, 0, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kSqueeze, kReshape, kReshape, 0, 0, 0, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kExpandDims, kNoOptions, kNoOptions, 0, 0, 0, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kMean, kReducer, kReducer, 44, 44, 44, prepare_mean, prepare_mean, "iowiow"},
    {Builtin::kSum, kReducer, kReducer, 44, 44, 44, prepare_mean, prepare_mean, "iowiow"},
    {Builtin::kReduceMax, kReducer, kReducer, 44, 44, 44, prepare_reduce_max, prepare_reduce_max, "iowiow"},
    {Builtin::kAdd, {2, 1}, {8, 4}, 60, 60, 60, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kMul, {1, 1}, {4, 4}, 36, 36, 36, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kConcatenation, kTwoInts, kTwoInts, 40, 24, 24, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kPad, kNoOptions, kNoOptions, 56, 56, 56, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kQuantize, kNoOptions, kNoOptions, 32, 32, 32, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kDequantize, kNoOptions, kNoOptions, 32, 32, 32, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kRelu, kNoOptions, kNoOptions, 28, 28, 28, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kLeakyRelu, {4, 4}, {4, 4}, 24, 24, 24, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kLogistic, kNoOptions, kNoOptions, 16, 16, 16, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kTanh, kNoOptions, kNoOptions, 16, 16, 16, prepare_nothing, prepare_nothing, "iio"},
    {Builtin::kStridedSlice, {24, 4}, {24, 4}, 84, 84, 84, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kShape, {1, 1}, {4, 4}, 0, 0, 0, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kPack, kTwoInts, kTwoInts, 0, 0, 0, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kTranspose, kNoOptions, kNoOptions, 0, 0, 0, prepare_nothing, prepare_nothing, "*"},
    {Builtin::kTransposeConv,
     {16, 4},
     {20, 4},
     80,
     72,
     76,
     prepare_transpose_conv,
     prepare_transpose_conv_cmsis_nn,
     "*"},
};

bool is_float16(const Tensor* tensor) { return tensor != nullptr && tensor->type == Type::kFloat16; }

bool multiplies_weights(Builtin kind) {
  return kind == Builtin::kConv2d || kind == Builtin::kDepthwiseConv2d || kind == Builtin::kFullyConnected ||
         kind == Builtin::kTransposeConv;
}

std::string refuse_weights(const Node& node, const Machine& machine) {
  const size_t activation_at = node.op->kind == Builtin::kTransposeConv ? 2 : 0;
  const Tensor *activation = node.input(activation_at), *weights = node.input(1);
  if (activation == nullptr || weights == nullptr || node.output() == nullptr) return "it lacks an input or its output";
  if (activation->type == Type::kFloat32 && weights->type != Type::kFloat32) {
    return "TFLM has no hybrid kernels (float activations, quantized weights); quantize activations to int8 as well";
  }
  if (node.op->kind == Builtin::kFullyConnected && machine.kernels == KernelSet::kCmsisNn &&
      activation->type == Type::kInt16 && weights->scales > 1) {
    return "CMSIS-NN has no int16 FULLY_CONNECTED with a scale for each output; convert with one scale for all weights";
  }
  return {};
}

}  // namespace

const Kernel* find_kernel(Builtin kind) {
  for (const Kernel& kernel : kKernels) {
    if (kernel.kind == kind) return &kernel;
  }
  return nullptr;
}

Block options_block(const Kernel& kernel, const Machine& machine) {
  return machine.records->pointer_bytes == 8 ? kernel.options_host : kernel.options_arm;
}

int32_t state_bytes(const Kernel& kernel, const Machine& machine) {
  if (machine.kernels == KernelSet::kCmsisNn) return kernel.state_cmsis_nn;
  return machine.records->pointer_bytes == 8 ? kernel.state_host : kernel.state_arm;
}

Requests prepare(const Kernel& kernel, const Node& node, const Machine& machine) {
  Requests requests;
  const bool cmsis_nn = machine.kernels == KernelSet::kCmsisNn;
  (cmsis_nn ? kernel.prepare_cmsis_nn : kernel.prepare_reference)(node, machine.vectors, requests);
  return requests;
}

std::string refusal(const Node& node, const Machine& machine) {
  if (node.op->kind == Builtin::kCustom) return "TFLM has no kernel for the custom operator " + node.op->custom_code;
  if (find_kernel(node.op->kind) == nullptr) return "its memory is not known here, so the figures are lower bounds";
  if (is_float16(node.input(0))) return "TFLM has no float16 kernels; convert to int8";
  return multiplies_weights(node.op->kind) ? refuse_weights(node, machine) : std::string();
}

}  // namespace nas
