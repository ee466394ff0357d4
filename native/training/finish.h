// What follows a convolution: normalization or bias, ReLU and pooling, for some members of the batch at a time.
#pragma once

#include "layers.h"
#include "memory.h"
#include "vectors.h"

namespace nas::training::NAS_LEVEL {

// A channel's line: what its numbers become before ReLU and pooling, slope * z + shift.
struct Line {
  float slope, shift;
};

// The gradient of z: slope * that of the line + tilt * z + shift, since z also moves its channel's mean and spread
// (Ioffe & Szegedy, arXiv:1502.03167).
struct Back {
  float slope, tilt, shift;
};

// What it keeps in its scratch memory, and the sizes of the rows that it works on.
struct Finisher {
  Finish f;     // a map is one line where no pooling looks across lines
  bool whole;   // an average over the whole map: the sum of what an average of one number leaves
  int out_h;    // rows of outputs in a map
  int windows;  // outputs of a map
  int window;   // numbers of a pooling window
  int maps;     // members of the batch whose windows are worked on together
  int row;      // floats of a row of all their windows

  Line* lines;       // [channels]
  Back* backs;       // [channels]
  float* origins;    // [channels] a number near each channel's mean
  Vector* sums;      // [channels] of z, or of the lines' gradients
  Vector* products;  // [channels] of squares, or of the lines' gradients times z
  float* outputs;    // [row] outputs, or their gradients
  float* flat;       // [row * pool_w] a line of the windows' numbers as they lie in the maps
  float* parts;      // [window, row] the numbers of the windows
  float* gradients;  // [window, row] and theirs
};

Finisher lay_out(const Finish& f, Memory& memory);

// Adds members `first` to `first + count` to what mean and variance are computed of.
void add_moments(const Finisher& m, const float* z, int first, int count);

// Writes mean and unbiased variance [channels].
void finish_moments(const Finisher& m, float* mean, float* variance);

// Gets ready for all that follows.
void draw_lines(const Finisher& m, const float* scale, const float* offset, const float* mean, const float* variance);

void pool(const Finisher& m, const float* z, int first, int count, float* y);

// Adds some members to what the gradients of scale and offset are computed of; the memory for it must hold zeros.
void add_slopes(const Finisher& m, const float* z, const float* dy, int first, int count);

// Writes the gradients of scale and offset [channels], and gets ready for `unpool`.
void finish_slopes(const Finisher& m, const float* mean, const float* variance, float* dscale, float* doffset);

// Writes the gradients of some members of z, [count, channels, in_h, in_w].
void unpool(const Finisher& m, const float* z, const float* dy, int first, int count, float* dz);

}  // namespace nas::training::NAS_LEVEL
