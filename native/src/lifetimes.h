// The lifetimes of tensors and scratch buffers, in steps of an inference, as TFLM's allocator counts them.
#pragma once

#include <cstdint>
#include <vector>

#include "graph.h"

namespace nas {

struct Life {
  int32_t first = -1;  // -1: never
  int32_t last = -1;
};

struct Lifetimes {
  std::vector<Life> tensors;   // over all subgraphs
  std::vector<Life> ops;       // over all subgraphs: the steps in which its scratch lives
  std::vector<int32_t> op_at;  // the operator, over all subgraphs, that runs at a step; step 0 precedes them all
};

// Walks the operators in order, called subgraphs at their call
// (AllocationInfoBuilder::MarkAllocationLifetimes in tensorflow/lite/micro/micro_allocation_info.cc).
Lifetimes find_lifetimes(const Graph& graph);

// Returns the index of each subgraph's first tensor, or first operator, over all subgraphs; ends with the total.
std::vector<size_t> tensor_starts(const Graph& graph);
std::vector<size_t> op_starts(const Graph& graph);

}  // namespace nas
