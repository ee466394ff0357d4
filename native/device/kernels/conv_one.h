#include "conv_output.h"
#include "dot.h"

// Computes all channels of one output pixel.
static void conv_one(const conv_shape* s, const conv_constants* k, const int8_t* x, int step, int8_t* out) {
  const int run = s->kernel_width * s->in_channels;
  const int8_t* w = k->weights;
  int c = 0;
  for (; c + 1 < s->out_channels; c += 2) {
    int32_t sums[2] = {NAS_INT32(k->bias + c), NAS_INT32(k->bias + c + 1)};
    w = dot_one(x, step, s->kernel_height, run, w, sums);
    out[c] = conv_output(s, k, c, sums[0]);
    out[c + 1] = conv_output(s, k, c + 1, sums[1]);
  }
  if (c < s->out_channels) {
    int32_t sum = NAS_INT32(k->bias + c);
    dot_last(x, step, s->kernel_height, run, w, &sum);
    out[c] = conv_output(s, k, c, sum);
  }
}
