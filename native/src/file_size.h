// The size of the .tflite that will be written for an architecture, before it is written.
#pragma once

#include <cstdint>

#include "graph.h"

namespace nas {

// Returns the bytes of the file that nas/model/deploy/slim.py writes: the same parts, in the same layout. Exact for one
// subgraph of the spaces' operators. Numbers that only training decides are taken to differ; nas/model/deploy/slim.py
// does not share the zero points among them, so that the size does not depend on chance.
int64_t slim_file_bytes(const Graph& graph);

}  // namespace nas
