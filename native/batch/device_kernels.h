// Kernels of `native/device/kernels` as they stand, for what is not worth a vector.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "kernels.h"

namespace nas::batch {

// Returns a sum, with its bias, as the output of a channel.
float requantized(int32_t sum, const Scaling& scaling, int channel);

struct Softmax {
  int rows, classes;
  int32_t multiplier;
  int shift, least;
};

struct Mean {
  int outer, reduced, inner;
  int32_t offset, multiplier;
  int shift, out_zero_point;
};

struct Sum {
  int zero_point_a, zero_point_b, out_zero_point, low, high;
  int32_t multiplier_a, multiplier_b, multiplier;
  int shift_a, shift_b, shift, sign_b;
};

struct Product {
  int zero_point_a, zero_point_b, out_zero_point, low, high;
  int32_t multiplier;
  int shift;
};

// Weights and biases are in the order of the device's kernel.
struct Lstm {
  int steps, inputs, units, out_zero_point, tanh_multiplier, tanh_shift;
  std::array<int32_t, 11> multipliers;
  std::array<int8_t, 11> shifts;
  std::vector<int8_t> weights;
  std::vector<int32_t> bias;
};

// For one row.
void run(const Softmax& softmax, const int8_t* in, int8_t* out);
void run(const Mean& mean, const int8_t* in, int8_t* out);

void run(const Lstm& lstm, const int8_t* in, int8_t* out);

// For `count` pairs.
void run(const Sum& sum, const int8_t* a, const int8_t* b, int8_t* out, int count);
void run(const Product& product, const int8_t* a, const int8_t* b, int8_t* out, int count);

}  // namespace nas::batch
