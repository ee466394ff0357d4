#include "resources.h"

#include <algorithm>
#include <utility>

#include "lifetimes.h"

namespace nas {
namespace {

constexpr int32_t kNone = -1;

class Walk {
 public:
  explicit Walk(const Graph& graph) : variable_of_(tensor_starts(graph).back(), kNone) {
    resources_.handles.resize(variable_of_.size());
  }

  void visit(const Subgraph& subgraph) {
    for (const Op& op : subgraph.ops) {
      resources_.allocated.push_back(kNone);
      if (op.kind == Builtin::kVarHandle && !op.outputs.empty()) make(op);
      if (op.kind == Builtin::kAssignVariable) assign(subgraph, op);
    }
    start_ += subgraph.tensors.size();
  }

  Resources take() { return std::move(resources_); }

 private:
  void make(const Op& op) {
    const size_t tensor = start_ + static_cast<size_t>(op.outputs[0]);
    variable_of_[tensor] = op.options.variable;
    resources_.handles[tensor] = true;
    resources_.variables = std::max(resources_.variables, op.options.variable + 1);
    assigned_.resize(static_cast<size_t>(resources_.variables));
  }

  // Returns the variable that the operator's first input names.
  int32_t handle(const Subgraph& subgraph, const Op& op) const {
    if (tensor_at(subgraph, op.inputs, 0) == nullptr) return kNone;
    return variable_of_[start_ + static_cast<size_t>(op.inputs[0])];
  }

  // A handle from another subgraph is not known yet when TFLM prepares the operator, which then allocates nothing.
  void assign(const Subgraph& subgraph, const Op& op) {
    const Tensor* value = tensor_at(subgraph, op.inputs, 1);
    const int32_t variable = handle(subgraph, op);
    if (value == nullptr || variable == kNone || assigned_[static_cast<size_t>(variable)]) return;
    assigned_[static_cast<size_t>(variable)] = true;
    resources_.allocated.back() = value->bytes;
  }

  std::vector<int32_t> variable_of_;  // over all tensors
  std::vector<bool> assigned_;        // over all variables: some ASSIGN_VARIABLE gives it memory
  size_t start_ = 0;                  // of the subgraph's tensors
  Resources resources_;
};

}  // namespace

Resources find_resources(const Graph& graph) {
  Walk walk(graph);
  for (const Subgraph& subgraph : graph.subgraphs) walk.visit(subgraph);
  return walk.take();
}

std::string refuse_variable(const Op& op, const Resources& resources) {
  const bool uses = op.kind == Builtin::kReadVariable || op.kind == Builtin::kAssignVariable;
  if (uses && resources.variables == 0) return "no VAR_HANDLE in the model makes its variable; convert the model again";
  return {};
}

}  // namespace nas
