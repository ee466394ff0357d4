// Resource variables: state that VAR_HANDLE names, ASSIGN_VARIABLE gives memory to and READ_VARIABLE reads, in
// whichever subgraph. They live in a MicroResourceVariables that the application makes and gives to the interpreter.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "graph.h"

namespace nas {

struct Resources {
  int32_t variables = 0;           // the fewest that MicroResourceVariables::Create must be given
  std::vector<bool> handles;       // over all tensors: VAR_HANDLE writes it, and points it to memory of its own
  std::vector<int64_t> allocated;  // over all operators: bytes of the variable that it gives memory to, -1 if none
};

// Walks the operators in the order in which TFLM prepares them.
Resources find_resources(const Graph& graph);

// Returns why TFLM would refuse an operator for its variable; empty if it runs.
std::string refuse_variable(const Op& op, const Resources& resources);

}  // namespace nas
