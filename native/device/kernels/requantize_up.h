#include "multiply_high.h"

// Returns a sum as the output's int8: times multiplier / 2^(32 + shift), rounded twice as TFLM's reference kernels do
// it. A shift of -1 or less is a factor that may exceed 1.
static inline int8_t requantize(int32_t sum, int32_t multiplier, int shift, int zero_point, int low, int high) {
  int32_t scaled;
  if (shift < 0) {
    scaled = multiply_high((int32_t)((uint32_t)sum << (-1 - shift)), multiplier);
  } else {
    scaled = multiply_high(sum, multiplier);
    // Half away from zero: a negative number is lowered by one before half is added.
    scaled = (((scaled + (scaled >> 31)) >> shift) + 1) >> 1;
  }
  scaled += zero_point;
  return (int8_t)(scaled < low ? low : scaled > high ? high : scaled);
}
