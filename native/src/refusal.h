// Why an operator does not run: what TFLM would report, and what to change in the model.
#pragma once

#include <string>

#include "machine.h"
#include "prepare.h"

namespace nas {

// Returns why TFLM would refuse the operator, or why nothing is known of it; empty if it runs.
std::string refusal(const Node& node, const Machine& machine);

}  // namespace nas
