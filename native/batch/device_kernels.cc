#include "device_kernels.h"

#include <algorithm>
#include <cstring>

// Each kernel's file brings along what it needs, so each has a namespace of its own.
namespace of_scaling {
#include "../device/kernels/requantize_up.h"
}
namespace of_softmax {
#include "../device/kernels/softmax.h"
}
namespace of_mean {
#include "../device/kernels/mean.h"
}
namespace of_sum {
#include "../device/kernels/add.h"
}
namespace of_product {
#include "../device/kernels/multiply.h"
}
namespace of_lstm {
#include "../device/kernels/lstm.h"
}

namespace nas::batch {

float requantized(int32_t sum, const Scaling& s, int channel) {
  return of_scaling::requantize(sum, s.multiplier[channel], s.shift[channel], s.zero_point, s.low, s.high);
}

void run(const Softmax& s, const int8_t* in, int8_t* out) {
  const of_softmax::softmax_shape shape = {s.rows, s.classes, s.multiplier, s.shift, s.least};
  of_softmax::softmax(&shape, in, out);
}

void run(const Mean& m, const int8_t* in, int8_t* out) {
  const of_mean::mean_shape shape = {m.outer, m.reduced, m.inner, m.offset, m.multiplier, m.shift, m.out_zero_point};
  of_mean::mean(&shape, in, out);
}

void run(const Lstm& l, const int8_t* in, int8_t* out) {
  of_lstm::lstm_shape shape = {l.steps, l.inputs, l.units, l.out_zero_point, l.tanh_multiplier, l.tanh_shift, {}, {}};
  std::copy(l.multipliers.begin(), l.multipliers.end(), shape.multipliers);
  std::copy(l.shifts.begin(), l.shifts.end(), shape.shifts);
  std::vector<int8_t> cells(2 * static_cast<size_t>(l.units));
  of_lstm::lstm(&shape, l.weights.data(), l.bias.data(), in, cells.data(), out);
}

void run(const Sum& s, const int8_t* a, const int8_t* b, int8_t* out, int count) {
  const auto small = [](int value) { return static_cast<int8_t>(value); };
  const of_sum::add_constants constants = {s.zero_point_a,   s.zero_point_b,   s.out_zero_point, s.low,
                                           s.high,           s.multiplier_a,   s.multiplier_b,   s.multiplier,
                                           small(s.shift_a), small(s.shift_b), small(s.shift),   small(s.sign_b)};
  of_sum::add(&constants, a, 1, b, 1, out, count);
}

void run(const Product& p, const int8_t* a, const int8_t* b, int8_t* out, int count) {
  const of_product::multiply_constants constants = {
      p.zero_point_a, p.zero_point_b, p.out_zero_point, p.low, p.high, p.multiplier, static_cast<int8_t>(p.shift)};
  of_product::multiply(&constants, a, 1, b, 1, out, count);
}

}  // namespace nas::batch
