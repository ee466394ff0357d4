// The rules that every graph must meet before anything is computed from it, whether read from a file or from Python.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

#include "graph.h"

namespace nas {

// Raised for bytes or graphs that are no valid model; becomes Python's ValueError.
class Malformed : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

// Larger models are refused, so that hostile counts cannot take unbounded time; TFLM's planner is quadratic.
constexpr size_t kMaxTensors = 16384;
constexpr size_t kMaxOps = 16384;
constexpr size_t kMaxSubgraphs = 256;
// Steps of one inference with every called subgraph unrolled, as TFLM's planner walks them.
constexpr int64_t kMaxSteps = 1 << 20;
// Strides, dilations and windows.
constexpr int32_t kMaxStep = 1 << 16;
constexpr int64_t kMaxTensorBytes = INT32_MAX;

// Sets `elements` and `bytes` from shape and type; Malformed if they overflow or a dimension is negative.
void set_size(Tensor& tensor);

// Checks that every index of the graph is in its range and that no subgraph calls itself; Malformed says where.
void check(const Graph& graph);

}  // namespace nas
