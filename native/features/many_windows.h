// The device's front-ends for windows of sensor samples, on many windows at once, for the host.
#pragma once

#include <cstddef>
#include <cstdint>

#include "front_end.h"

namespace nas::features {

// `count` windows of samples, [steps, channels] each, and the frames that they are cut into: `length` steps every
// `step`.
struct Windows {
  const int16_t* samples;
  size_t count, steps, channels;
  size_t frames, length, step;
};

// Writes the statistics [count, frames, statistics, channels] whose bits are in `wanted`; see statistics.h.
void statistics(const Windows& windows, uint32_t wanted, int32_t* values);

// Writes the bands [count, frames, bands, channels]; `length` is the spectrum's window.
void spectrum(const Windows& windows, const nas_front_end& fe, int32_t* values);

}  // namespace nas::features
