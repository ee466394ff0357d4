// The device's front-end on many clips at once, for the host: one frame in each lane of a vector.
#pragma once

#include <cstddef>
#include <cstdint>

#include "front_end.h"

namespace nas::features {

// `count` clips of `length` samples, one after the other, become features [count, frames, channels].
struct Clips {
  const int16_t* samples;
  size_t count;
  size_t length;
};

// Returns how many frames a clip of so many samples has.
inline size_t frames_of(const nas_front_end& fe, size_t samples) {
  return samples < fe.window ? 0 : (samples - fe.window) / fe.step + 1;
}

using Batch = void (*)(const nas_front_end& fe, const Clips& clips, uint16_t* features);

// The versions that this processor can run, the best one last; all give the same numbers.
const Batch* usable(int* count);

}  // namespace nas::features
