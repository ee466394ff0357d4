#include "requantize.h"

// The constants of a sum or a difference: both inputs are brought to twice the greater scale, with 20 more bits.
typedef struct {
  int zero_point_a, zero_point_b, out_zero_point, low, high;
  int32_t multiplier_a, multiplier_b, multiplier;
  int8_t shift_a, shift_b, shift, sign_b;  // sign_b: -1 for a difference
} add_constants;

static inline int32_t add_scaled(int value, int32_t multiplier, int shift) {
  int32_t product = multiply_high((int32_t)value * ((int32_t)1 << 20), multiplier);
  if (shift >= 0) product = (((product + (product >> 31)) >> shift) + 1) >> 1;
  return product;
}

// Adds or subtracts `count` values; a step of 0 repeats one value. The output may be an input with a step of 1.
static void add(const add_constants* constants, const int8_t* a, int step_a, const int8_t* b, int step_b, int8_t* out,
                int count) {
  add_constants k;
  NAS_COPY(k, constants);
  for (int i = 0; i < count; ++i, a += step_a, b += step_b) {
    const int32_t sum = add_scaled(*a - k.zero_point_a, k.multiplier_a, k.shift_a) +
                        k.sign_b * add_scaled(*b - k.zero_point_b, k.multiplier_b, k.shift_b);
    out[i] = requantize(sum, k.multiplier, k.shift, k.out_zero_point, k.low, k.high);
  }
}
