// Reads the bytes of a .tflite, which may be malformed.
#pragma once

#include <cstddef>
#include <cstdint>

#include "graph.h"

namespace nas {

// Returns the model; Malformed, with the offset of the offending byte, if the bytes are no valid .tflite.
// Time and memory are linear in `size`, whatever the bytes hold.
Graph read_tflite(const uint8_t* data, size_t size);

}  // namespace nas
