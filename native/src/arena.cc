#include "arena.h"

#include <algorithm>

#include "arithmetic.h"
#include "custom_kernels.h"
#include "refusal.h"
#include "resources.h"
#include "tail.h"

namespace nas {
namespace {

std::vector<OpMemory> op_memories(const Graph& graph, const Machine& machine) {
  std::vector<OpMemory> memories;
  for (const Subgraph& subgraph : graph.subgraphs) {
    memories.reserve(memories.size() + subgraph.ops.size());
    for (const Op& op : subgraph.ops) {
      const Node node{&subgraph, &op};
      OpMemory memory;
      memory.refusal = refusal(node, machine);
      memory.known = is_known(op);
      memory.kernel = memory.known ? kernel_of(op) : nullptr;
      if (memory.kernel != nullptr) {
        memory.options = options_block(*memory.kernel, machine);
        memory.state_bytes = state_bytes(*memory.kernel, machine);
        memory.requests = prepare(*memory.kernel, node, machine);
      }
      memories.push_back(std::move(memory));
    }
  }
  return memories;
}

void use_resources(const Graph& graph, const Resources& resources, Arena& arena) {
  arena.variables = resources.variables;
  size_t flat = 0;
  for (const Subgraph& subgraph : graph.subgraphs) {
    for (const Op& op : subgraph.ops) {
      OpMemory& memory = arena.ops[flat];
      if (const int64_t bytes = resources.allocated[flat]; bytes >= 0) memory.requests.persistent.add(bytes);
      if (memory.refusal.empty()) memory.refusal = refuse_variable(op, resources);
      ++flat;
    }
  }
}

void add_buffer(Arena& arena, Owner owner, Life life, int32_t offline_offset) {
  arena.owners.push_back(owner);
  arena.buffers.push_back({round_up(owner.bytes, kArenaAlign), life.first, life.last, offline_offset});
}

// Tensors with data in the flatbuffer, variables, handles of resource variables and empty tensors are not planned; a
// variable with an offset of its own and a scratch buffer of 0 bytes are.
void add_buffers(const Graph& graph, const std::vector<bool>& handles, Arena& arena) {
  int32_t flat = 0;
  for (const Subgraph& subgraph : graph.subgraphs) {
    for (const Tensor& tensor : subgraph.tensors) {
      const auto index = static_cast<size_t>(flat++);
      const int32_t offset = graph.offline_offsets.empty() ? kOnline : graph.offline_offsets[index];
      if (tensor.constant || tensor.bytes == 0 || handles[index]) continue;
      if (tensor.variable && offset == kOnline) continue;
      add_buffer(arena, {static_cast<int32_t>(index), -1, tensor.bytes}, arena.lives.tensors[index], offset);
    }
  }
  for (size_t op = 0; op < arena.ops.size(); ++op) {
    for (int64_t bytes : arena.ops[op].requests.scratch) {
      add_buffer(arena, {-1, static_cast<int32_t>(op), bytes}, arena.lives.ops[op], kOnline);
    }
  }
}

}  // namespace

Arena lay_out(const Graph& graph, const Machine& machine) {
  Arena arena;
  arena.ops = op_memories(graph, machine);
  const Resources resources = find_resources(graph);
  use_resources(graph, resources, arena);
  arena.lives = find_lifetimes(graph);
  add_buffers(graph, resources.handles, arena);
  arena.offsets = plan_greedily(arena.buffers);
  arena.head_bytes = plan_bytes(arena.buffers, arena.offsets);
  const Tail tail = find_tail(graph, arena, machine);
  arena.tail_bytes = tail.bytes;
  arena.recorded = tail.recorded;
  arena.min_bytes = round_up(std::max(arena.head_bytes + tail.bytes, tail.peak_bytes), kArenaAlign);
  return arena;
}

}  // namespace nas
