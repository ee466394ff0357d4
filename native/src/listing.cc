#include "listing.h"

#include <algorithm>

#include "names.h"

namespace nas {
namespace {

std::vector<int32_t> shifted(const std::vector<int32_t>& indices, size_t start) {
  std::vector<int32_t> result;
  for (int32_t index : indices) result.push_back(index < 0 ? -1 : index + static_cast<int32_t>(start));
  return result;
}

Role role_of(const Graph& graph, const Subgraph& subgraph, size_t index) {
  const auto has = [index](const std::vector<int32_t>& indices) {
    return std::find(indices.begin(), indices.end(), static_cast<int32_t>(index)) != indices.end();
  };
  if (subgraph.tensors[index].constant) return Role::kConstant;
  if (&subgraph != &graph.subgraphs.front()) return Role::kActivation;
  if (has(subgraph.inputs)) return Role::kInput;
  return has(subgraph.outputs) ? Role::kOutput : Role::kActivation;
}

// Step 0 precedes all operators: what lives from there on lives from the first operator on.
std::optional<int32_t> op_at(const Arena& arena, int32_t step) {
  const std::vector<int32_t>& ops = arena.lives.op_at;
  if (step < 0 || ops.size() < 2) return std::nullopt;
  return ops[static_cast<size_t>(std::max(step, 1))];
}

// Says where a buffer of the plan lies, and while which operators.
void place(const Arena& arena, size_t buffer, ListedTensor& tensor) {
  tensor.offset = arena.offsets[buffer];
  tensor.first_op = op_at(arena, arena.buffers[buffer].first);
  tensor.last_op = op_at(arena, arena.buffers[buffer].last);
}

std::vector<const Op*> ops_of(const Graph& graph) {
  std::vector<const Op*> ops;
  for (const Subgraph& subgraph : graph.subgraphs) {
    for (const Op& op : subgraph.ops) ops.push_back(&op);
  }
  return ops;
}

}  // namespace

std::vector<ListedOp> list_ops(const Graph& graph, const Footprint& footprint) {
  std::vector<ListedOp> listed;
  size_t first_tensor = 0;
  for (const Subgraph& subgraph : graph.subgraphs) {
    for (const Op& op : subgraph.ops) {
      const OpMemory& memory = footprint.arena.ops[listed.size()];
      const OpWork& work = footprint.work[listed.size()];
      int64_t scratch_bytes = 0;
      for (int64_t bytes : memory.requests.scratch) scratch_bytes += bytes;
      listed.push_back({op.kind, work.macs, scratch_bytes, work.instructions, work.extrapolated,
                        shifted(op.inputs, first_tensor), shifted(op.outputs, first_tensor), memory.refusal,
                        memory.known, op.custom_code});
    }
    first_tensor += subgraph.tensors.size();
  }
  return listed;
}

std::vector<ListedTensor> list_tensors(const Graph& graph, const Footprint& footprint) {
  const Arena& arena = footprint.arena;
  const std::vector<std::string> names = tensor_names(graph);
  std::vector<ListedTensor> listed;
  for (const Subgraph& subgraph : graph.subgraphs) {
    for (size_t i = 0; i < subgraph.tensors.size(); ++i) {
      const Tensor& tensor = subgraph.tensors[i];
      listed.push_back({names[listed.size()], tensor.shape, tensor.type, tensor.bytes, role_of(graph, subgraph, i),
                        std::nullopt, std::nullopt, std::nullopt});
    }
  }
  const std::vector<const Op*> ops = ops_of(graph);
  for (size_t buffer = 0; buffer < arena.owners.size(); ++buffer) {
    const Owner& owner = arena.owners[buffer];
    if (owner.tensor >= 0) {
      place(arena, buffer, listed[static_cast<size_t>(owner.tensor)]);
      continue;
    }
    const auto length = static_cast<int32_t>(std::min<int64_t>(owner.bytes, INT32_MAX));
    listed.push_back({scratch_name(*ops[static_cast<size_t>(owner.op)], owner.op),
                      {length},
                      Type::kInt8,
                      owner.bytes,
                      Role::kScratch,
                      std::nullopt,
                      std::nullopt,
                      std::nullopt});
    place(arena, buffer, listed.back());
  }
  return listed;
}

}  // namespace nas
