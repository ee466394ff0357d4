#include "tail.h"

#include <algorithm>
#include <cstddef>

#include "arithmetic.h"

namespace nas {
namespace {

// TFLM makes room for this many requests before each Prepare (kMaxScratchBuffersPerOp).
constexpr int64_t kScratchRequestsPerOp = 12;

// Allocations grow down from the arena's end: an alignment of the address is one of the distance from the end.
class Stack {
 public:
  void take(int64_t bytes, int64_t align, Purpose purpose = Purpose::kOther, int64_t count = 1) {
    const int64_t before = used_;
    used_ = round_up(used_ + bytes, align);
    Recorded& recorded = recorded_[static_cast<size_t>(purpose)];
    recorded.count += count;
    recorded.requested_bytes += bytes;
    recorded.used_bytes += used_ - before;
  }
  void take(Block block, Purpose purpose = Purpose::kOther, int64_t count = 1) {
    take(block.bytes * count, block.align, purpose, count);
  }
  int64_t used() const { return used_; }
  const std::array<Recorded, kPurposes>& recorded() const { return recorded_; }

 private:
  int64_t used_ = 0;
  std::array<Recorded, kPurposes> recorded_;
};

int64_t count_tensors(const Graph& graph) {
  int64_t count = 0;
  for (const Subgraph& subgraph : graph.subgraphs) count += static_cast<int64_t>(subgraph.tensors.size());
  return count;
}

// Sums the records of tensors that one Prepare holds at once; they are placed above the head and freed together.
class Temporaries {
 public:
  Temporaries(int64_t start, const Records& records) : end_(start), records_(records) {}

  void take(const Tensor* tensor) {
    if (tensor == nullptr) return;
    push(records_.tensor);
    if (!tensor->quantized) return;
    push(records_.quantization);
    push({4 + 4 * tensor->scales, 4});
  }

  int64_t end() const { return end_; }

 private:
  void push(Block block) { end_ = round_up(end_, block.align) + block.bytes; }

  int64_t end_;
  const Records& records_;
};

void take_temporaries(const char* chain, const Node& node, Temporaries& temporaries) {
  const Op& op = *node.op;
  for (; *chain != '\0'; ++chain) {
    switch (*chain) {
      case 'i':
        temporaries.take(node.input(0));
        break;
      case 'w':
        temporaries.take(node.input(1));
        break;
      case 'b':
        temporaries.take(node.input(2));
        break;
      case 'o':
        temporaries.take(node.output());
        break;
      default:
        for (size_t i = 0; i < op.inputs.size(); ++i) temporaries.take(node.input(i));
        for (size_t i = 0; i < op.outputs.size(); ++i) temporaries.take(tensor_at(*node.graph, op.outputs, i));
    }
  }
}

// MicroResourceVariables::Create: the object, then a record for each variable.
void take_resources(int32_t variables, const Records& records, Stack& tail) {
  if (variables == 0) return;
  tail.take(records.resource_variables, kArenaAlign, Purpose::kBuffer);
  tail.take(product({records.resource_variable, variables}), kArenaAlign, Purpose::kBuffer);
}

void take_fixed(const Graph& graph, int32_t variables, const Records& records, Stack& tail) {
  tail.take(records.arena_allocator);
  tail.take(records.planner);
  tail.take(records.micro_allocator);
  take_resources(variables, records, tail);  // the application makes them before the interpreter
  tail.take(records.builtin_data_allocator);
  tail.take(records.subgraph, Purpose::kOther, static_cast<int64_t>(graph.subgraphs.size()));
  for (const Subgraph& subgraph : graph.subgraphs) {
    tail.take(records.eval_tensor, Purpose::kEvalTensor, static_cast<int64_t>(subgraph.tensors.size()));
  }
  for (const Subgraph& subgraph : graph.subgraphs) {
    tail.take(records.node, Purpose::kNode, static_cast<int64_t>(subgraph.ops.size()));
  }
}

// Returns the largest sum of tail and temporaries over all Prepares; `scratch` counts the requests made.
int64_t take_ops(const Graph& graph, const std::vector<OpMemory>& ops, const Records& records, Stack& tail,
                 int64_t& scratch) {
  for (const OpMemory& op : ops) {
    if (op.options.bytes > 0) tail.take(op.options);
  }
  for (const OpMemory& op : ops) {
    if (op.state_bytes > 0) tail.take(op.state_bytes, kArenaAlign, Purpose::kBuffer);
    for (int64_t bytes : op.requests.init) tail.take(bytes, kArenaAlign, Purpose::kBuffer);
  }
  int64_t peak = 0;
  size_t flat = 0;
  for (const Subgraph& subgraph : graph.subgraphs) {
    for (const Op& op : subgraph.ops) {
      const OpMemory& memory = ops[flat++];
      Temporaries temporaries(records.scratch_request_bytes * (scratch + kScratchRequestsPerOp), records);
      take_temporaries(memory.kernel != nullptr ? memory.kernel->temporaries : "", {&subgraph, &op}, temporaries);
      for (int64_t bytes : memory.requests.persistent) tail.take(bytes, kArenaAlign, Purpose::kBuffer);
      scratch += static_cast<int64_t>(memory.requests.scratch.count);
      peak = std::max(peak, temporaries.end() + tail.used());
    }
  }
  return peak;
}

// While the plan is made, the head holds the requests, one record a tensor and scratch buffer, and the planner's list.
int64_t planning_bytes(const Graph& graph, const Records& records, int64_t scratch, int64_t planned) {
  int64_t head = records.scratch_request_bytes * (scratch + kScratchRequestsPerOp);
  head = round_up(head, records.pointer_bytes) + records.pointer_bytes * static_cast<int64_t>(graph.subgraphs.size());
  head += records.buffer_info_bytes * (count_tensors(graph) + scratch);
  return round_up(head, kArenaAlign) + records.planned_buffer_bytes * planned;
}

void take_io(const Subgraph& graph, const std::vector<int32_t>& indices, const Records& records, Stack& tail) {
  tail.take(records.pointer_bytes * static_cast<int64_t>(indices.size()), kArenaAlign, Purpose::kBuffer);
  for (int32_t index : indices) {
    const Tensor& tensor = graph.tensors[static_cast<size_t>(index)];
    tail.take(records.tensor, Purpose::kTensor);
    if (!tensor.quantized) continue;
    tail.take(records.quantization, Purpose::kQuantization);
    tail.take(4 + 4 * static_cast<int64_t>(tensor.scales), 4, Purpose::kQuantization);
  }
}

void take_variables(const Graph& graph, Stack& tail) {
  size_t flat = 0;
  for (const Subgraph& subgraph : graph.subgraphs) {
    for (const Tensor& tensor : subgraph.tensors) {
      const bool offline = !graph.offline_offsets.empty() && graph.offline_offsets[flat] >= 0;
      ++flat;
      if (tensor.variable && !offline) tail.take(tensor.bytes, kArenaAlign, Purpose::kVariable);
    }
  }
}

}  // namespace

Tail find_tail(const Graph& graph, const Arena& arena, const Machine& machine) {
  const Records& records = *machine.records;
  Stack tail;
  int64_t scratch = 0;
  take_fixed(graph, arena.variables, records, tail);
  const int64_t preparing = take_ops(graph, arena.ops, records, tail, scratch);
  if (scratch > 0) tail.take(records.pointer_bytes * scratch, records.pointer_bytes);
  take_variables(graph, tail);
  const int64_t planning = planning_bytes(graph, records, scratch, static_cast<int64_t>(arena.buffers.size())) +
                           round_up(tail.used(), kArenaAlign);
  const Subgraph& main = graph.subgraphs.front();
  take_io(main, main.inputs, records, tail);
  take_io(main, main.outputs, records, tail);
  return {tail.used(), std::max(preparing, planning), tail.recorded()};
}

}  // namespace nas
