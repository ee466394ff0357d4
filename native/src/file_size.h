// The size of the .tflite that will be written for an architecture, before it is written.
#pragma once

#include <cstdint>

#include "graph.h"

namespace nas {

// Returns the bytes of the slimmed file: no names, no metadata, buffers aligned to 16, everything equal written once,
// as nas/model/deploy/packing.py writes it with Python's flatbuffers. Exact for one subgraph of the spaces' operators,
// unless values that only data decides (constants, scales, zero points of signed tensors) happen to be equal.
int64_t slim_file_bytes(const Graph& graph);

}  // namespace nas
