// Names of operators and types, and of tensors that have none in the file.
#pragma once

#include <string>
#include <vector>

#include "graph.h"

namespace nas {

// Returns TFLite's name of the operator, such as CONV_2D; BUILTIN_<number> for one newer than this list.
std::string op_name(Builtin kind);

// Returns the operator of that name; kCustom if there is none.
Builtin find_builtin(const std::string& name);

// Returns what an input is to its operator, such as weights; input_<position> if there is no word for it.
std::string input_role(Builtin kind, size_t position);

std::string type_name(Type type);

// Returns the type of that name; std::invalid_argument if there is none.
Type find_type(const std::string& name);

// Returns a name for every tensor over all subgraphs. A nameless one is called by its role: input, output,
// conv_2d_0 (the operator that writes it), conv_2d_0/weights (the one that reads the constant).
std::vector<std::string> tensor_names(const Graph& graph);

// Returns the name of a scratch buffer of an operator, whose index over all subgraphs is given.
std::string scratch_name(const Op& op, int32_t index);

}  // namespace nas
