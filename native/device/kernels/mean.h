#include "requantize.h"

// What a mean or a sum needs: for each of `outer`, it reduces `reduced` rows of `inner` values to one.
typedef struct {
  int outer, reduced, inner;
  int32_t offset, multiplier;  // offset: the input's zero point, `reduced` times, negated
  int shift, out_zero_point;
} mean_shape;

static void mean(const mean_shape* shape, const int8_t* in, int8_t* out) {
  mean_shape s;
  NAS_COPY(s, shape);
  for (int o = 0; o < s.outer; ++o, in += s.reduced * s.inner) {
    for (int i = 0; i < s.inner; ++i) {
      int32_t sum = s.offset;
      const int8_t* p = in + i;
      for (int r = 0; r < s.reduced; ++r, p += s.inner) sum += *p;
      *out++ = requantize(sum, s.multiplier, s.shift, s.out_zero_point, -128, 127);
    }
  }
}
