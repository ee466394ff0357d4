#include "requantize.h"
#include "shape.h"

static inline int8_t conv_output(const conv_shape* s, const conv_constants* k, int channel, int32_t sum) {
  return requantize(sum, NAS_INT32(k->multiplier + channel), NAS_INT8(k->shift + channel), s->out_zero_point, s->low,
                    s->high);
}
