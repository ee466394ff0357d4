// How a convolution's input is laid out so that every tap of its kernel is an offset.
//
// A tile holds some windows of the batch, one behind the other, each padded with its zeros:
//
//     channel 0:  0 0 a a a a a a 0 0 0 0 b b b b b b 0 0
//     channel 1:  0 0 a a a a a a 0 0 0 0 b b b b b b 0 0
//
// Then output position i needs position i + offset(tap) of every channel, for all i alike, across windows too. Outputs
// at positions where a window ends are dropped; in return no vector has to stop at an edge. An image's rows
// lie behind each other in the same way. With a stride, every stride-th column (and row) is laid into a plane of its
// own, a phase, in which the taps step by one again.
#pragma once

#include "layers.h"
#include "memory.h"
#include "vectors.h"

namespace nas::training::NAS_LEVEL {

// Number of positions that a tile should have: enough to fill vectors, few enough for the first-level cache.
constexpr int kPositions = 256;

struct Tile {
  int phases;   // planes of a channel
  int width;    // of a row in a plane
  int plane;    // positions of a window in a plane
  int windows;  // members of the batch in a tile
  int span;     // positions that are computed, a multiple of kLanes
  int reach;    // largest offset of a tap
  int length;   // floats of a channel's plane, with the padding behind its last position
};

inline Tile plan_tile(const Convolution& conv) {
  Tile tile;
  tile.phases = conv.stride_h * conv.stride_w;
  const int tap_h = (conv.kernel_h - 1) * conv.dilation_h / conv.stride_h;
  const int tap_w = (conv.kernel_w - 1) * conv.dilation_w / conv.stride_w;
  tile.width = conv.out_w + tap_w;
  tile.plane = tile.width * (conv.out_h + tap_h);
  tile.windows = smaller(conv.batch, larger(1, (kPositions + tile.plane / 2) / tile.plane));
  tile.span = round_up((tile.windows - 1) * tile.plane + (conv.out_h - 1) * tile.width + conv.out_w, kLanes);
  tile.reach = tap_h * tile.width + tap_w;
  tile.length = round_up(larger(tile.span + tile.reach, tile.windows * tile.plane), kLanes);
  return tile;
}

// The offset of a tap, and the phase whose plane it reads.
struct Tap {
  int offset, phase;
};

inline Tap find_tap(const Convolution& conv, const Tile& tile, int row, int column) {
  row *= conv.dilation_h;
  column *= conv.dilation_w;
  return {row / conv.stride_h * tile.width + column / conv.stride_w,
          row % conv.stride_h * conv.stride_w + column % conv.stride_w};
}

// Lay windows `first` to `first + count` of x into `planes`, [phases, channels, length]; the zeros are there already.
void gather_input(const Convolution& conv, const Tile& tile, const float* x, int first, int count, float* planes);

// The reverse, for gradients: x is not channels_last, and every number of the windows is set.
void scatter_input(const Convolution& conv, const Tile& tile, const float* planes, int first, int count, float* x);

// Lay windows of y into `rows`, [channels, stride], or take them out.
void gather_output(const Convolution& conv, const Tile& tile, const float* y, int first, int count, float* rows,
                   int stride);
void scatter_output(const Convolution& conv, const Tile& tile, const float* rows, int stride, int first, int count,
                    float* y);

}  // namespace nas::training::NAS_LEVEL
