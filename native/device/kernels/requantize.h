#include "multiply_high.h"

// Returns a sum as the output's int8: times multiplier / 2^(32 + shift), rounded twice as TFLM's reference kernels do
// it.
static inline int8_t requantize(int32_t sum, int32_t multiplier, int shift, int zero_point, int low, int high) {
  const int32_t product = multiply_high(sum, multiplier);
  // Half away from zero: a negative number is lowered by one before half is added.
  const int32_t scaled = ((((product + (product >> 31)) >> shift) + 1) >> 1) + zero_point;
  return (int8_t)(scaled < low ? low : scaled > high ? high : scaled);
}
