// The convolution of a tile, and the gradients of its input and its kernel.
#pragma once

#include "tiles.h"

namespace nas::training::NAS_LEVEL {

// What a convolution keeps in its scratch memory.
struct Convolver {
  Tile t;
  int taps, row;     // row: floats of an output channel, with room before the first position for the reach of the taps
  float* planes;     // the input, [phases, in_channels, length]
  float* gradients;  // the same of its gradient
  float* rows;       // the output or its gradient, [out_channels, row]
  float* packed;     // kernel numbers
  float* sums;       // of the kernel's gradient, a vector each
  int* starts;       // [taps] where each finds its input, from the planes' start
  int* numbers;      // [taps] the taps, one phase after the other
  int* reaches;      // [taps] and where each of these finds its output, from the position of its input
  int* firsts;       // [phases + 1] where the taps of each phase begin
  int* inputs;       // where each number of a filter finds its input
};

// Takes its memory; `memory` may be one that only counts.
Convolver lay_out(const Convolution& c, Memory& memory);

// Makes the memory ready, which must hold zeros, and the kernel's numbers: for `convolve` or for `add_gradients`.
void prepare_forward(const Convolution& c, const Convolver& m, const float* kernel);
void prepare_backward(const Convolution& c, const Convolver& m, const float* kernel);

// Computes members `first` to `first + count` of the batch, at the most as many as a tile has windows.
void convolve(const Convolution& c, const Convolver& m, const float* x, int first, int count, float* z);

// Takes dz, [count, out_channels, out_h, out_w] of these members alone, and sets their part of dx unless it is null.
void add_gradients(const Convolution& c, const Convolver& m, const float* x, int first, int count, const float* dz,
                   float* dx);

// Writes the gradient of the kernel, once all members have been added.
void finish_gradients(const Convolution& c, const Convolver& m, float* dkernel);

}  // namespace nas::training::NAS_LEVEL
