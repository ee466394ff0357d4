// Work of one inference: multiply-accumulates, and instructions by fits of counted runs.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels.h"
#include "machine.h"
#include "work_terms.h"

namespace nas {

// Instructions of the interpreter for each inference, in addition to its operators (median over the counted models).
constexpr double kInstructionsPerInvoke = 75;

// Returns the multiply-accumulates of convolutions, dense and recurrent layers; 0 for all other operators.
int64_t macs(const Node& node);

// Returns the operators of a subgraph, on a machine without a floating-point unit with their early shares.
std::vector<Node> nodes_of(const Subgraph& subgraph, const Machine& machine);

struct Instructions {
  double count = -1;          // negative: no fit covers the operator
  bool extrapolated = false;  // its shape lies outside those that were counted
};

Instructions instructions(const Node& node, const Machine& machine);

// Names the fit of an operator; `machine` is the row of Machine::fits.
uint32_t fit_key(int machine, const Terms& terms);

}  // namespace nas
