// Reads a nas.graph.Graph, a tree of Python dataclasses, into the graph of graph.h.
#pragma once

#include <pybind11/pybind11.h>

#include "graph.h"

namespace nas {

// Makes the attribute names once; without that, looking them up would take most of the time of a bulk estimate.
void prepare_graph_names();

// Returns the graph with the size that its slimmed .tflite will have; Malformed if an index or a size is wrong.
Graph graph_from_python(const pybind11::handle& graph);

}  // namespace nas
