#include "check.h"

#include <vector>

namespace nas {
namespace {

int type_bytes(Type type) {
  switch (type) {
    case Type::kFloat32:
    case Type::kInt32:
    case Type::kUint32:
    case Type::kResource:
      return 4;
    case Type::kFloat16:
    case Type::kInt16:
    case Type::kUint16:
      return 2;
    case Type::kInt64:
    case Type::kUint64:
    case Type::kFloat64:
    case Type::kComplex64:
      return 8;
    case Type::kComplex128:
      return 16;
    default:
      return 1;
  }
}

void check_indices(const std::vector<int32_t>& indices, size_t count, int32_t lowest, const char* what) {
  for (int32_t index : indices) {
    if (index < lowest || index >= static_cast<int64_t>(count)) {
      throw Malformed(std::string(what) + " must index a tensor, got " + std::to_string(index));
    }
  }
}

// Counts the steps of a subgraph with its calls unrolled. Called subgraphs must be counted already (`steps` > 0), which
// the depth-first order of `visit` ensures.
class CallCheck {
 public:
  explicit CallCheck(const Graph& graph) : graph_(graph), steps_(graph.subgraphs.size(), 0) {}

  int64_t visit(size_t index, size_t depth) {
    if (depth > graph_.subgraphs.size()) throw Malformed("subgraphs must not call themselves");
    if (steps_[index] > 0) return steps_[index];
    int64_t steps = 1;
    for (const Op& op : graph_.subgraphs[index].ops) {
      steps += 1 + static_cast<int64_t>(op.inputs.size() + op.outputs.size());
      for (int32_t callee : {op.options.first_subgraph, op.options.second_subgraph}) {
        if (callee >= 0) steps += visit(static_cast<size_t>(callee), depth + 1);
      }
      if (steps > kMaxSteps) throw Malformed("an inference must take at most " + std::to_string(kMaxSteps) + " steps");
    }
    return steps_[index] = steps;
  }

 private:
  const Graph& graph_;
  std::vector<int64_t> steps_;
};

void check_subgraph(const Graph& graph, const Subgraph& subgraph) {
  const size_t count = subgraph.tensors.size();
  check_indices(subgraph.inputs, count, 0, "a graph input");
  check_indices(subgraph.outputs, count, 0, "a graph output");
  for (const Op& op : subgraph.ops) {
    check_indices(op.inputs, count, -1, "an operator's input");
    check_indices(op.outputs, count, 0, "an operator's output");
    for (int32_t callee : {op.options.first_subgraph, op.options.second_subgraph}) {
      if (callee >= static_cast<int64_t>(graph.subgraphs.size())) throw Malformed("a called subgraph must exist");
    }
  }
}

}  // namespace

void set_size(Tensor& tensor) {
  int64_t elements = 1;
  bool empty = false;
  for (int32_t size : tensor.shape) {
    if (size < 0) throw Malformed("a dimension must not be negative, got " + std::to_string(size));
    if (size == 0) empty = true;
    if (size > 0) elements *= size;
    if (elements > kMaxTensorBytes) throw Malformed("a tensor must have less than 2 GiB");
  }
  tensor.elements = empty ? 0 : elements;
  tensor.bytes = tensor.elements * type_bytes(tensor.type);
  if (tensor.bytes > kMaxTensorBytes) throw Malformed("a tensor must have less than 2 GiB");
}

void check(const Graph& graph) {
  if (graph.subgraphs.empty()) throw Malformed("a model must have a subgraph");
  if (graph.subgraphs.size() > kMaxSubgraphs) {
    throw Malformed("a model must have at most " + std::to_string(kMaxSubgraphs) + " subgraphs");
  }
  size_t tensors = 0, ops = 0;
  for (const Subgraph& subgraph : graph.subgraphs) {
    tensors += subgraph.tensors.size();
    ops += subgraph.ops.size();
  }
  if (tensors > kMaxTensors) throw Malformed("a model must have at most " + std::to_string(kMaxTensors) + " tensors");
  if (ops > kMaxOps) throw Malformed("a model must have at most " + std::to_string(kMaxOps) + " operators");
  for (const Subgraph& subgraph : graph.subgraphs) check_subgraph(graph, subgraph);
  CallCheck calls(graph);
  for (size_t i = 0; i < graph.subgraphs.size(); ++i) calls.visit(i, 1);
  for (int32_t offset : graph.offline_offsets) {
    if (offset < -1) throw Malformed("an offline offset must be at least -1, got " + std::to_string(offset));
  }
}

}  // namespace nas
