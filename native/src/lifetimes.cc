#include "lifetimes.h"

namespace nas {
namespace {

class Walk {
 public:
  explicit Walk(const Graph& graph)
      : graph_(graph), tensor_starts_(tensor_starts(graph)), op_starts_(op_starts(graph)) {
    lives_.tensors.resize(tensor_starts_.back());
    lives_.ops.resize(op_starts_.back());
    lives_.op_at.push_back(0);
  }

  void visit(size_t index) {
    const Subgraph& subgraph = graph_.subgraphs[index];
    Life* tensors = lives_.tensors.data() + tensor_starts_[index];
    for (int32_t t : subgraph.inputs) use(create(tensors[t]));
    for (size_t i = 0; i < subgraph.ops.size(); ++i) {
      const Op& op = subgraph.ops[i];
      const size_t flat = op_starts_[index] + i;
      advance(flat);
      for (int32_t t : op.outputs) create(tensors[t]);
      create(lives_.ops[flat]);
      call(op.options.first_subgraph, flat);
      call(op.options.second_subgraph, flat);
      for (int32_t t : op.inputs) {
        if (t >= 0) use(tensors[t]);
      }
      for (int32_t t : op.outputs) use(tensors[t]);
      use(lives_.ops[flat]);
    }
    for (int32_t t : subgraph.outputs) use(create(tensors[t]));
  }

  Lifetimes take() { return std::move(lives_); }

 private:
  void advance(size_t op) {
    ++now_;
    lives_.op_at.push_back(static_cast<int32_t>(op));
  }

  void call(int32_t subgraph, size_t op) {
    if (subgraph < 0) return;
    advance(op);
    visit(static_cast<size_t>(subgraph));
  }

  Life& create(Life& life) const {
    if (life.first < 0) life.first = now_;
    return life;
  }

  void use(Life& life) const { life.last = now_; }

  const Graph& graph_;
  std::vector<size_t> tensor_starts_, op_starts_;
  Lifetimes lives_;
  int32_t now_ = 0;
};

}  // namespace

std::vector<size_t> tensor_starts(const Graph& graph) {
  std::vector<size_t> starts = {0};
  for (const Subgraph& subgraph : graph.subgraphs) starts.push_back(starts.back() + subgraph.tensors.size());
  return starts;
}

std::vector<size_t> op_starts(const Graph& graph) {
  std::vector<size_t> starts = {0};
  for (const Subgraph& subgraph : graph.subgraphs) starts.push_back(starts.back() + subgraph.ops.size());
  return starts;
}

Lifetimes find_lifetimes(const Graph& graph) {
  Walk walk(graph);
  walk.visit(0);
  return walk.take();
}

}  // namespace nas
