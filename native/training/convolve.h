// The convolution of a tile, and the gradients of its input and its kernel.
#pragma once

#include "tiles.h"

namespace nas::training::NAS_LEVEL {

// A convolution's scratch memory.
struct Convolver {
  Tile tile;
  int taps;
  int row;            // floats of an output channel in `rows`, with zeros before its first position for the taps' reach
  float* planes;      // the input, [phases, in_channels, length]
  float* gradients;   // the input's gradient, in the same layout
  float* rows;        // the output or its gradient, [out_channels, row]
  float* packed;      // the kernel, in the order in which it is read
  float* sums;        // the kernel's gradient, a vector of partial sums for each number
  int* input_starts;  // [taps] offset in `planes` from which each tap reads
  int* taps_by_phase;   // [taps] the taps, sorted by phase
  int* output_offsets;  // [taps] for each of these, its output's position less its input's
  int* phase_firsts;    // [phases + 1] where the taps of each phase begin in `taps_by_phase`
  int* inputs;          // offset in `planes` from which each number of a filter reads
};

// Takes the scratch memory out of `memory`; a Memory with a null start only counts the floats.
Convolver lay_out(const Convolution& conv, Memory& memory);

// Prepare the scratch memory, which must hold zeros, and pack the kernel: for `convolve`, and for `add_gradients`.
void prepare_forward(const Convolution& conv, const Convolver& work, const float* kernel);
void prepare_backward(const Convolution& conv, const Convolver& work, const float* kernel);

// Computes z for members `first` to `first + count` of the batch; count is at most the number of windows of a tile.
void convolve(const Convolution& conv, const Convolver& work, const float* x, int first, int count, float* z);

// Adds to the kernel's gradient from dz [count, out_channels, out_h, out_w] of these members alone, and sets their part
// of dx unless dx is null.
void add_gradients(const Convolution& conv, const Convolver& work, const float* x, int first, int count,
                   const float* dz, float* dx);

// Writes the gradient of the kernel, once all members have been added.
void finish_gradients(const Convolution& conv, const Convolver& work, float* dkernel);

}  // namespace nas::training::NAS_LEVEL
