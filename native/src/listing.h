// The operators and tensors of a model one by one, with what the footprint knows of each.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "footprint.h"
#include "graph.h"

namespace nas {

// Indices of tensors are those over all subgraphs, -1 for an optional input that is left out.
struct ListedOp {
  Builtin kind;
  int64_t macs;
  int64_t scratch_bytes;
  double instructions;  // negative: not known
  bool extrapolated;    // they are a fit's for another shape than those that were counted
  std::vector<int32_t> inputs, outputs;
  std::string refusal;      // empty: supported
  bool known;               // if not, its memory and work are counted as nothing
  std::string custom_code;  // of a custom operator
};

enum class Role { kInput, kOutput, kActivation, kConstant, kScratch };

// A tensor or a scratch buffer. One that the plan places has an offset in the head; first_op and last_op are the
// operators, over all subgraphs, that run at the first and last step of its life.
struct ListedTensor {
  std::string name;
  std::vector<int32_t> shape;
  Type type;
  int64_t bytes;
  Role role;
  std::optional<int64_t> offset;
  std::optional<int32_t> first_op, last_op;
};

// Returns the operators of all subgraphs, in order.
std::vector<ListedOp> list_ops(const Graph& graph, const Footprint& footprint);

// Returns the tensors of all subgraphs, in order, then the scratch buffers in the plan's order.
std::vector<ListedTensor> list_tensors(const Graph& graph, const Footprint& footprint);

}  // namespace nas
