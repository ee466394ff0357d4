// What an int8 network computes, for sixteen rows at once and to the bit as the device's kernels compute it for one.
//
// A tensor is [values, kRows] of float32: each of its int8 values for sixteen rows side by side, in the order in which
// the values lie in the tensor. So vectors run along rows, whatever the layer's shape is. Products of int8 are whole
// numbers; float32 adds up kExactProducts of them without rounding, and longer sums are added in parts.
#pragma once

#include <cstdint>

namespace nas::batch {

constexpr int kRows = 16;
constexpr int kExactProducts = 1024;  // 2^24 / 2^14

// A kernel that moves over an input [in_height, in_width, in_channels], to [out_height, out_width, out channels].
struct Window {
  int in_height, in_width, in_channels;
  int out_height, out_width;
  int height, width, stride_height, stride_width, dilation_height, dilation_width, pad_top, pad_left;
};

// How sums become outputs, for each channel: a sum and its bias times multiplier / 2^(32 + shift), rounded twice.
//
// Nearly all are rounded in float32, by `factor`. Those that come nearer to a half than `sure` allows, where rounding
// twice or the error of float32 may matter, are computed by whole numbers.
struct Scaling {
  const int32_t *bias, *multiplier;
  const int8_t* shift;
  const float *factor, *sure;
  int zero_point, low, high;
};

// Weights in the order in which they are read: blocks of `tile` output channels, in each the products of a window in
// order, for each of them the block's channels. Channels that fill up the last block are zeros.
struct Convolution {
  Window window;
  int out_channels;
  const float* weights;
  Scaling scaling;
};

// The kernels as built for one level of instructions. `border` is what lies beyond the input: its zero point, for each
// channel. `runs` has room for the addresses of a window's inputs.
struct Kernels {
  int tile;
  void (*convolve)(const Convolution&, const float* in, const float* border, const float** runs, float* out);
  // Weights [height * width, channels]; out_channels is a multiple of the input's.
  void (*convolve_depthwise)(const Convolution&, const float* in, const float* border, const float** runs, float* out);
  void (*max_pool)(const Window&, const float* in, float* out);
  void (*average_pool)(const Window&, const float* in, float* out);
  void (*clamp)(float* values, int count, float low, float high);
};

// Returns all kernels that this processor can run, the slowest first; sets `count` to their number.
const Kernels* const* usable(int* count);

}  // namespace nas::batch
