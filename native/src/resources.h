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
  std::vector<bool> assigned;      // over all variables: some ASSIGN_VARIABLE gives it memory
  std::vector<int32_t> reads;      // over all operators: the variable that it reads, -1 if none is known
};

// Walks the operators in the order in which TFLM prepares them.
Resources find_resources(const Graph& graph);

// Returns why TFLM would refuse an operator, whose index over all subgraphs is given, for its variable; empty if it
// runs.
std::string refuse_variable(const Op& op, size_t index, const Resources& resources);

}  // namespace nas
