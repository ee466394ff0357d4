#include "flash.h"

#include <algorithm>
#include <vector>

namespace nas {
namespace {

// What an operator adds to a firmware that has CONV_2D, MAX_POOL_2D, RESHAPE, FULLY_CONNECTED and SOFTMAX (for one of
// these: what its removal saves). Linked sizes on Cortex-M4F: release build, core -Os, kernels -O2 (TFLM's default),
// gcc 12.2, newlib-nano. Builds with one operator each would overstate: helpers are shared.
struct KernelCode {
  Builtin kind;
  int32_t reference, cmsis_nn;
};
constexpr KernelCode kKernelCode[] = {
    {Builtin::kConv2d, 5776, 24024},
    {Builtin::kDepthwiseConv2d, 4336, 15792},
    {Builtin::kFullyConnected, 4144, 13520},
    {Builtin::kMaxPool2d, 2632, 3336},
    {Builtin::kAveragePool2d, 1664, 2240},
    {Builtin::kReshape, 896, 928},
    {Builtin::kSoftmax, 6528, 7616},
    {Builtin::kAdd, 8784, 10656},
    {Builtin::kMul, 6864, 8680},
    {Builtin::kConcatenation, 3136, 3104},
    {Builtin::kMean, 4064, 4128},
    {Builtin::kReduceMax, 1824, 1824},
    {Builtin::kExpandDims, 512, 480},
    {Builtin::kSqueeze, 544, 512},
    {Builtin::kPad, 4032, 3808},
    {Builtin::kRelu, 904, 968},
    {Builtin::kRelu6, 744, 744},
    {Builtin::kLeakyRelu, 1000, 1096},
    {Builtin::kLogistic, 2960, 3656},
    {Builtin::kTanh, 3656, 4640},
    {Builtin::kQuantize, 1632, 1728},
    {Builtin::kDequantize, 608, 608},
    {Builtin::kShape, 288, 256},
    {Builtin::kStridedSlice, 10784, 10720},
    {Builtin::kPack, 1248, 1248},
    {Builtin::kTranspose, 1536, 1888},
    {Builtin::kTransposeConv, 4768, 7488},
};
constexpr int64_t kFixedReference = 16400, kFixedCmsisNn = 18480;

}  // namespace

int64_t code_bytes(const Graph& graph, const Machine& machine) {
  std::vector<Builtin> kinds;
  for (const Subgraph& subgraph : graph.subgraphs) {
    for (const Op& op : subgraph.ops) kinds.push_back(op.kind);
  }
  const bool cmsis_nn = machine.kernels == KernelSet::kCmsisNn;
  int64_t bytes = cmsis_nn ? kFixedCmsisNn : kFixedReference;
  for (const KernelCode& row : kKernelCode) {
    if (std::find(kinds.begin(), kinds.end(), row.kind) == kinds.end()) continue;
    bytes += cmsis_nn ? row.cmsis_nn : row.reference;
  }
  return bytes;
}

}  // namespace nas
