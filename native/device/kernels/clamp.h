#include "base.h"

// Bounds each value. The output may be the input.
static void clamp(const int8_t* in, int8_t* out, int count, int8_t low, int8_t high) {
  for (int i = 0; i < count; ++i) out[i] = in[i] < low ? low : in[i] > high ? high : in[i];
}
