// Code that the firmware links for a model: the runtime's fixed part and what each kernel adds.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "graph.h"
#include "machine.h"

namespace nas {

// Returns the bytes of code for the graph's set of operators; code that operators share counts once, and
// operators without a linked size add nothing.
int64_t code_bytes(const Graph& graph, const Machine& machine);

// Returns the names of the operators whose code was linked. For a model with others, code_bytes is a lower bound.
std::vector<std::string> linked_ops();

}  // namespace nas
