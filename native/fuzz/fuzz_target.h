// One input of the fuzzer.
#pragma once

#include <cstddef>
#include <cstdint>

namespace nas {

// Reads the bytes as a .tflite and computes its footprint on every machine. Returns whether they were a model; whatever
// the bytes, nothing but a Malformed may be thrown, and the plan must hold.
bool fuzz_one(const uint8_t* data, size_t size);

}  // namespace nas
