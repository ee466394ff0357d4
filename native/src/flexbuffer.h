// Reads whole numbers out of a FlexBuffer map, the form of a custom operator's options, from bytes that may be
// malformed.
//
// Layout (https://flatbuffers.dev/flatbuffers_internals/#flexbuffers): the last byte is the width of the root, the one
// before it the root's type, and before that lies the distance back to the map. Distances always point back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

namespace nas {

// Returns the low 32 bits of the number under `key`, as TFLM's kernels read them; nothing if the bytes hold no map with
// a whole number or a truth value there.
std::optional<int32_t> flexbuffer_number(const uint8_t* data, size_t size, const char* key);

}  // namespace nas
