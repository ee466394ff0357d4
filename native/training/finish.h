// What follows a convolution: normalization or bias, activation and pooling, for some members of the batch at a time.
#pragma once

#include "layers.h"
#include "memory.h"
#include "vectors.h"

namespace nas::training::NAS_LEVEL {

// What normalization or bias makes of a channel's numbers, before activation and pooling: slope * z + shift.
struct Affine {
  float slope, shift;
};

// The gradient of z from the gradient g of slope * z + shift: slope * g + z_slope * z + shift. The last two terms are
// there since z also moves the mean and variance of its channel (Ioffe & Szegedy, arXiv:1502.03167).
struct InputGradient {
  float slope, z_slope, shift;
};

// Its scratch memory, and the sizes of the rows of pooling windows that it computes together.
struct Finisher {
  Finish sizes;  // the layer's; a map counts as one line if no pooling window spans lines
  bool whole;    // averages over the whole map: pools by windows of one number, then sums these
  int out_h;     // rows of outputs in a map
  int windows;   // outputs of a map
  int window;    // numbers of a pooling window
  int maps;      // members of the batch whose windows are computed together
  int row;       // floats of a row of all their windows

  Affine* affines;                 // [channels]
  InputGradient* input_gradients;  // [channels]
  float* origins;                  // [channels] a number near each channel's mean
  Vector* sums;                    // [channels] of z, or of the gradients of slope * z + shift
  Vector* products;                // [channels] of squares of z, or of those gradients times z
  float* outputs;                  // [row] outputs, or their gradients
  float* flat;                     // [row * pool_w] one line of all windows, in the order of the maps
  float* parts;                    // [window, row] the numbers of the windows
  float* gradients;                // [window, row] their gradients
};

Finisher lay_out(const Finish& finish, Memory& memory);

// Adds members `first` to `first + count` of the batch to the sums for mean and variance.
void add_moments(const Finisher& work, const float* z, int first, int count);

// Writes mean and unbiased variance [channels].
void finish_moments(const Finisher& work, float* mean, float* variance);

// Sets slope and shift of each channel; `pool` and `add_parameter_gradients` need them.
void set_affines(const Finisher& work, const float* scale, const float* offset, const float* mean,
                 const float* variance);

void pool(const Finisher& work, const float* z, int first, int count, float* y);

// Adds some members to the sums for the gradients of scale and offset, which must begin as zeros.
void add_parameter_gradients(const Finisher& work, const float* z, const float* dy, int first, int count);

// Writes the gradients of scale and offset [channels], and prepares `unpool`.
void finish_parameter_gradients(const Finisher& work, const float* mean, const float* variance, float* dscale,
                                float* doffset);

// Writes the gradients of some members of z, [count, channels, in_h, in_w].
void unpool(const Finisher& work, const float* z, const float* dy, int first, int count, float* dz);

}  // namespace nas::training::NAS_LEVEL
