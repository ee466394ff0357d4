// How a convolution's input is laid out so that every tap of its kernel is an offset.
//
// A tile holds some windows of the batch, one behind the other, each padded with its zeros:
//
//     channel 0:  0 0 a a a a a a 0 0 0 0 b b b b b b 0 0
//     channel 1:  0 0 a a a a a a 0 0 0 0 b b b b b b 0 0
//
// Then output position i needs position i + offset(tap) of every channel, for all i alike, across windows too. What
// comes out where a window ends is not wanted and is dropped; a vector never has to stop at an edge. An image's rows
// lie behind each other in the same way. With a stride, every stride-th column (and row) is laid into a plane of its
// own, a phase, in which the taps step by one again.
#pragma once

#include "layers.h"
#include "memory.h"
#include "vectors.h"

namespace nas::training::NAS_LEVEL {

// Positions that a tile should have: enough for vectors to be full, few enough for the first-level cache.
constexpr int kPositions = 256;

struct Tile {
  int phases;   // planes a channel has
  int width;    // of a row in a plane
  int plane;    // positions of a window in a plane
  int windows;  // that a tile holds
  int span;     // positions that are computed, a multiple of kLanes
  int reach;    // largest offset of a tap
  int length;   // floats of a channel's plane, with what lies behind the last position
};

inline Tile tile(const Convolution& c) {
  Tile t;
  t.phases = c.stride_h * c.stride_w;
  const int tap_h = (c.kernel_h - 1) / c.stride_h, tap_w = (c.kernel_w - 1) / c.stride_w;
  t.width = c.out_w + tap_w;
  t.plane = t.width * (c.out_h + tap_h);
  t.windows = smaller(c.batch, larger(1, (kPositions + t.plane / 2) / t.plane));
  t.span = round_up((t.windows - 1) * t.plane + (c.out_h - 1) * t.width + c.out_w, kLanes);
  t.reach = tap_h * t.width + tap_w;
  t.length = round_up(larger(t.span + t.reach, t.windows * t.plane), kLanes);
  return t;
}

// The offset of a tap, and the phase whose plane it reads.
struct Tap {
  int offset, phase;
};

inline Tap tap(const Convolution& c, const Tile& t, int row, int column) {
  return {row / c.stride_h * t.width + column / c.stride_w, row % c.stride_h * c.stride_w + column % c.stride_w};
}

// Lay windows `first` to `first + count` of x into `planes`, [phases, channels, length]; the zeros are there already.
void gather_input(const Convolution& c, const Tile& t, const float* x, int first, int count, float* planes);

// The reverse, for gradients: x is not channels_last, and every number of the windows is set.
void scatter_input(const Convolution& c, const Tile& t, const float* planes, int first, int count, float* x);

// Lay windows of y into `rows`, [channels, stride], or take them out.
void gather_output(const Convolution& c, const Tile& t, const float* y, int first, int count, float* rows, int stride);
void scatter_output(const Convolution& c, const Tile& t, const float* rows, int stride, int first, int count, float* y);

}  // namespace nas::training::NAS_LEVEL
