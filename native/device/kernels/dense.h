#include "conv_one.h"

// A dense layer: a convolution with one output pixel for each row of inputs.
static void dense(const conv_layer* layer, const int8_t* in, int8_t* out) {
  conv_layer s;
  NAS_COPY(s, layer);
  for (int row = 0; row < s.out_width; ++row, in += s.in_channels, out += s.out_channels) conv_one(&s, in, 0, out);
}
