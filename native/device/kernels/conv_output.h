#include "conv_layer.h"
#include "requantize.h"
#include "shared.h"

// Returns an output of a convolution from its sum.
NAS_OUTPUT_FUNCTION int8_t conv_output(const conv_layer* s, int channel, int32_t sum) {
  return requantize(sum, NAS_INT32(s->multiplier + channel), NAS_INT8(s->shift + channel), s->out_zero_point, s->low,
                    s->high);
}
