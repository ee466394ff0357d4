#include "work.h"

#include <algorithm>
#include <iterator>

#include "arithmetic.h"
#include "float_values.h"
#include "instruction_table.h"
#include "work_terms.h"

namespace nas {
namespace {

// How much more or less of a loop, for its instructions, an operator may have than all that were counted.
constexpr double kMargin = 1.25;

bool like_counted(const InstructionFit& fit, const Terms& terms, double instructions) {
  for (size_t i = 0; i < terms.count; ++i) {
    if (terms.values[i] > kMargin * fit.most[i] * instructions) return false;
    if (terms.values[i] * kMargin < fit.least[i] * instructions) return false;
  }
  return true;
}

const InstructionFit* find_fit(uint32_t key) {
  const InstructionFit* end = kInstructionFits + kInstructionFitCount;
  const auto less = [](const InstructionFit& fit, uint32_t wanted) { return fit.key < wanted; };
  const InstructionFit* fit = std::lower_bound(kInstructionFits, end, key, less);
  return fit != end && fit->key == key ? fit : nullptr;
}

}  // namespace

uint32_t fit_key(int machine, const Terms& terms) {
  return static_cast<uint32_t>(machine) << 24 | static_cast<uint32_t>(static_cast<uint8_t>(terms.kind)) << 16 |
         static_cast<uint32_t>(static_cast<uint8_t>(terms.type)) << 8 | static_cast<uint32_t>(terms.path);
}

int64_t macs(const Node& node) {
  const Tensor *in = node.input(0), *weights = node.input(1), *out = node.output();
  if (in == nullptr || weights == nullptr || out == nullptr) return 0;
  switch (node.op->kind) {
    case Builtin::kConv2d:
      return product({out->elements, dim(*weights, 1), dim(*weights, 2), dim(*weights, 3)});
    case Builtin::kDepthwiseConv2d:
      return product({out->elements, dim(*weights, 1), dim(*weights, 2)});
    case Builtin::kFullyConnected:
      return product({out->elements, dim(*weights, 1)});
    case Builtin::kTransposeConv: {
      const Tensor* image = node.input(2);
      if (image == nullptr) return 0;
      return product({image->elements, dim(*weights, 0), dim(*weights, 1), dim(*weights, 2)});
    }
    case Builtin::kBatchMatmul: {
      const size_t rank = in->shape.size();
      if (rank < 2) return 0;
      return product({out->elements, in->shape[node.op->options.transposed_left ? rank - 2 : rank - 1]});
    }
    case Builtin::kSvdf: {
      const Tensor* time = node.input(2);
      if (time == nullptr) return 0;
      return product({dim(*in, 0), dim(*weights, 0), dim(*weights, 1) + dim(*time, 1)});
    }
    case Builtin::kUnidirectionalSequenceLstm: {
      const Tensor *input_weights = node.input(2), *recurrent = node.input(6);
      if (input_weights == nullptr || recurrent == nullptr || in->shape.empty()) return 0;
      const int64_t steps = in->elements / std::max(1, in->shape.back());
      return product({4, steps, input_weights->elements + recurrent->elements});
    }
    default:
      return 0;
  }
}

std::vector<Node> nodes_of(const Subgraph& subgraph, const Machine& machine) {
  std::vector<double> early(subgraph.ops.size());
  if (machine.soft_float && machine.fits >= 0) early = early_shares(subgraph);
  std::vector<Node> nodes;
  for (size_t i = 0; i < subgraph.ops.size(); ++i) nodes.push_back({&subgraph, &subgraph.ops[i], early[i]});
  return nodes;
}

Instructions instructions(const Node& node, const Machine& machine) {
  if (machine.fits < 0) return {};
  const Terms terms = work_terms(node, machine);
  if (terms.count == 0) return {};
  const InstructionFit* fit = find_fit(fit_key(machine.fits, terms));
  if (fit == nullptr) return {};
  double sum = 0;
  for (size_t i = 0; i < terms.count; ++i) sum += fit->weights[i] * terms.values[i];
  return {kInstructionsPerOp + sum, !like_counted(*fit, terms, sum)};
}

}  // namespace nas
