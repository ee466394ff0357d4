// What training computes for a convolutional layer, forward and backward, in float32 on one thread.
//
//     x -> convolution -> z -> normalization or bias -> activation -> pooling -> y
//
// Feature maps are [batch, channels, height, width]: a channel's map is contiguous, so that vectors run along time (or
// along an image's rows) whatever the number of channels is. Networks for microcontrollers have few channels, and
// TensorFlow's kernels, whose vectors run along them, leave most of each vector empty. A layer is one kernel since z
// is the largest tensor by far: each further pass over it would cost more than the arithmetic.
#pragma once

#include <cstddef>

namespace nas::training {

// A convolution, or a depthwise one with multiplier 1.
struct Convolution {
  int batch, in_channels, out_channels;
  int in_h, in_w, out_h, out_w;
  int kernel_h, kernel_w, stride_h, stride_w;
  int dilation_h, dilation_w;  // rows and columns from one tap of the kernel to the next
  int pad_top, pad_left;       // rows and columns of zeros before the input; those behind follow from the output's size
  bool depthwise;              // then out_channels == in_channels
  bool channels_last;          // x is [batch, height, width, channels]; its gradient never is
};

// What is computed of each number; hard swish is x * min(max(x + 3, 0), 6) / 6.
enum class Activation { kNone, kRelu, kRelu6, kHardSwish };
constexpr int kActivations = 4;

// What follows it: normalization by the batch or a bias, an activation, and a pooling whose windows do not overlap.
struct Finish {
  int batch, channels, in_h, in_w;
  int pool_h, pool_w;  // y has in_h / pool_h rows, rounded down; numbers left over are not pooled
  Activation activation;
  bool normalize, average;
  float epsilon;
};

struct Layer {
  Convolution convolution;
  Finish finish;
};

// Tensors of a layer. kernel [kernel_h, kernel_w, in_channels, out_channels], the last axis being 1 in a depthwise one;
// scale, offset, mean and variance [channels]: the batch's own, the variance unbiased, as TensorFlow's moving
// averages need it.
struct Forward {
  const float *x, *kernel, *scale, *offset;
  float *y, *z, *mean, *variance;
};

// Gradients of y (given) and of the other tensors (computed); dx may be null. Of equal maxima in a pooling window the
// first gets the whole gradient.
struct Gradients {
  const float* dy;
  float *dx, *dkernel, *dscale, *doffset;
};

// The kernels as built for one level of instructions. `scratch` has `scratch_floats` floats, at an address that is a
// multiple of 64.
struct Kernels {
  const char* level;
  std::size_t (*scratch_floats)(const Layer&);
  void (*forward)(const Layer&, const Forward&, float* scratch);
  void (*backward)(const Layer&, const Forward&, const Gradients&, float* scratch);
};

// Returns the fastest kernels that this processor can run.
const Kernels& best();

// Returns all kernels that this processor can run, the slowest first; sets `count` to their number.
const Kernels* const* usable(int* count);

}  // namespace nas::training
