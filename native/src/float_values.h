// How many operations of a float network work on a zero. A core without a floating-point unit calls a routine for each
// operation, which returns early for a zero: after ReLU, the latency depends on the values.
#pragma once

#include <vector>

#include "graph.h"

namespace nas {

// Returns, for each operator, the share of its operations that end early: products and sums of which one operand is
// zero, and exponentials that need no series. Found by one inference on standard normal inputs, always the same.
// Weights that the graph does not hold are drawn too, and so is what other operators give. All are 0 for a subgraph
// that needs more than kMostFloatWork operations, and for integer operators.
std::vector<double> early_shares(const Subgraph& graph);

constexpr double kMostFloatWork = 1e8;

}  // namespace nas
