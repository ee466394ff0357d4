// Size of the .tflite that will be written for an architecture that is still a description.
#pragma once

#include <cstdint>

#include "graph.h"

namespace nas {

// Returns the bytes of the slimmed file: no names, no metadata, buffers aligned to 16. The writer shares vtables and
// pads by alignment, so this is exact only to about a percent.
int64_t slim_file_bytes(const Graph& graph);

}  // namespace nas
