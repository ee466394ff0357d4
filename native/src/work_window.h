// The loops of a sliding window, counted from shapes: what convolutions and pools are made of.
#pragma once

#include <cmath>
#include <cstdint>

#include "prepare.h"

namespace nas {

inline double real(int64_t value) { return static_cast<double>(value); }
inline double blocks(double a, double b) { return std::floor(a / b); }
inline double rest(double a, double b) { return std::fmod(a, b); }
inline double started(double a, double b) { return std::ceil(a / b); }

// Pixels of the output, taps of the window, and the pairs of pixels and taps, or rows of taps, that meet the input:
// kernels skip those in the padding, or fill them with zeros.
struct Window {
  double pixels, height, width;  // of the output, over all batches
  double taps, taps_high;
  double inside, inside_rows;
  double channels_in, channels, outputs;
  int64_t padding_w;  // at the left
  bool padded, dilated_h, dilated_w;
};

Window window_of(const Node& node, int64_t kernel_h, int64_t kernel_w);

}  // namespace nas
