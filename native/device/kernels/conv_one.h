#include "conv_output.h"
#include "dot.h"

// Computes the last channel of one output pixel, where the number of channels is odd.
NAS_LAST_FUNCTION void conv_last(const conv_layer* s, const int8_t* x, int step, const int8_t* w, int8_t* out) {
  const int last = s->out_channels - 1;
  int32_t sum = NAS_INT32(s->bias + last);
  dot_last(x, step, s->kernel_height, s->kernel_width * s->in_channels, w, &sum);
  out[last] = conv_output(s, last, sum);
}

// Computes all channels of one output pixel.
static void conv_one(const conv_layer* s, const int8_t* x, int step, int8_t* out) {
  const int run = s->kernel_width * s->in_channels;
  const int8_t* w = s->weights;
  int c = 0;
  for (; c + 1 < s->out_channels; c += 2) {
    int32_t sums[2] = {NAS_INT32(s->bias + c), NAS_INT32(s->bias + c + 1)};
    w = dot_one(x, step, s->kernel_height, run, w, sums);
    out[c] = conv_output(s, c, sums[0]);
    out[c + 1] = conv_output(s, c + 1, sums[1]);
  }
  if (c < s->out_channels) conv_last(s, x, step, w, out);
}
