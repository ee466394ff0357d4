#include "requantize.h"

typedef struct {
  int zero_point_a, zero_point_b, out_zero_point, low, high;
  int32_t multiplier;
  int8_t shift;
} multiply_constants;

// Multiplies `count` values; a step of 0 repeats one value. The output may be an input with a step of 1.
static void multiply(const multiply_constants* constants, const int8_t* a, int step_a, const int8_t* b, int step_b,
                     int8_t* out, int count) {
  multiply_constants k;
  NAS_COPY(k, constants);
  for (int i = 0; i < count; ++i, a += step_a, b += step_b) {
    const int32_t product = (int32_t)(*a - k.zero_point_a) * (*b - k.zero_point_b);
    out[i] = requantize(product, k.multiplier, k.shift, k.out_zero_point, k.low, k.high);
  }
}
