#include "flash.h"

#include <array>

#include "flash_table.h"
#include "names.h"

namespace nas {
namespace {

// The row of each builtin operator, so that bulk estimates need not compare names.
std::array<const KernelCode*, 256> index_code() {
  std::array<const KernelCode*, 256> index{};
  for (size_t i = 0; i < kKernelCodeCount; ++i) {
    index[static_cast<size_t>(find_builtin(kKernelCode[i].op))] = &kKernelCode[i];
  }
  return index;
}

}  // namespace

int64_t code_bytes(const Graph& graph, const Machine& machine) {
  static const std::array<const KernelCode*, 256> index = index_code();
  const auto column = 2 * static_cast<size_t>(machine.code) + (machine.kernels == KernelSet::kCmsisNn ? 1 : 0);
  const auto size = [&](const CodeSize& code) { return code.bytes[column]; };
  std::array<bool, 256> counted{};
  uint32_t shared = 0;
  int64_t bytes = size(kFixedCode);
  for (const Subgraph& subgraph : graph.subgraphs) {
    for (const Op& op : subgraph.ops) {
      const auto kind = static_cast<size_t>(op.kind);
      if (kind >= index.size() || counted[kind] || index[kind] == nullptr) continue;
      counted[kind] = true;
      shared |= index[kind]->shared;
      bytes += size(index[kind]->own);
    }
  }
  for (size_t i = 0; i < kSharedCodeCount; ++i) bytes += (shared >> i & 1) != 0 ? size(kSharedCode[i]) : 0;
  return bytes;
}

std::vector<std::string> linked_ops() {
  std::vector<std::string> names;
  for (size_t i = 0; i < kKernelCodeCount; ++i) names.emplace_back(kKernelCode[i].op);
  return names;
}

}  // namespace nas
