// Work of one inference: multiply-accumulates, and instructions by fits of counted runs.
#pragma once

#include <cstdint>

#include "kernels.h"
#include "machine.h"

namespace nas {

// Returns the multiply-accumulates of convolutions and dense layers; 0 for all other operators.
int64_t macs(const Node& node);

// Returns the instructions of the operator, negative if no fit covers it.
double instructions(const Node& node, const Machine& machine);

}  // namespace nas
