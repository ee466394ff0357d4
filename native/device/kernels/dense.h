#include "conv_one.h"

// A dense layer: a convolution with one output pixel for each row of inputs.
static void dense(const conv_shape* shape, const conv_constants* constants, const int8_t* in, int8_t* out) {
  conv_shape s;
  conv_constants k;
  NAS_COPY(s, shape);
  NAS_COPY(k, constants);
  for (int row = 0; row < s.out_width; ++row, in += s.in_channels, out += s.out_channels) conv_one(&s, &k, in, 0, out);
}
