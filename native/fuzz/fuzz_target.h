// One input of the fuzzer.
#pragma once

#include <cstddef>
#include <cstdint>

namespace nas {

// Reads the bytes as a .tflite and computes its footprint on every machine. Returns whether they were a model. Whatever
// the bytes are, only Malformed may be thrown, and the plan must be valid.
bool fuzz_one(const uint8_t* data, size_t size);

}  // namespace nas
