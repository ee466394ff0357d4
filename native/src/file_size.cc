#include "file_size.h"

#include <algorithm>
#include <vector>

#include "arithmetic.h"

namespace nas {

int64_t slim_file_bytes(const Graph& graph) {
  int64_t bytes = 300;
  std::vector<Builtin> kinds;
  for (const Subgraph& subgraph : graph.subgraphs) {
    for (const Tensor& tensor : subgraph.tensors) {
      bytes += 48 + 4 * static_cast<int64_t>(tensor.shape.size());
      if (tensor.scales > 0) bytes += 36 + 12 * tensor.scales;
      if (tensor.constant) bytes += 24 + round_up(tensor.bytes, kArenaAlign);
    }
    for (const Op& op : subgraph.ops) {
      bytes += 60 + 4 * static_cast<int64_t>(op.inputs.size() + op.outputs.size());
      if (std::find(kinds.begin(), kinds.end(), op.kind) == kinds.end()) kinds.push_back(op.kind);
    }
  }
  return bytes + 20 * static_cast<int64_t>(kinds.size());
}

}  // namespace nas
