#include "conv_one.h"
#include "dot_two.h"
#include "window.h"

#if !defined(__AVR__)
// Computes all channels of two neighbouring output pixels.
static void conv_two(const conv_layer* s, const int8_t* x, const int8_t* y, int step_x, int step_y, int8_t* out) {
  const int run = s->kernel_width * s->in_channels, channels = s->out_channels;
  const int8_t* w = s->weights;
  int c = 0;
  for (; c + 1 < channels; c += 2) {
    int32_t sums[4] = {s->bias[c], s->bias[c + 1], s->bias[c], s->bias[c + 1]};
    w = dot_two(x, y, step_x, step_y, s->kernel_height, run, w, sums);
    out[c] = conv_output(s, c, sums[0]);
    out[c + 1] = conv_output(s, c + 1, sums[1]);
    out[channels + c] = conv_output(s, c, sums[2]);
    out[channels + c + 1] = conv_output(s, c + 1, sums[3]);
  }
  if (c < channels) {
    conv_last(s, x, step_x, w, out);
    conv_last(s, y, step_y, w, out + channels);
  }
}
#endif

// Computes all channels of one output pixel, or of two neighbours.
static void conv_at(const conv_layer* s, const int8_t* in, int y, int x, int count, int8_t* patches, int8_t* out) {
  int step;
  const int8_t* window = window_at(s, in, y, x, patches, 0, &step);
#if !defined(__AVR__)
  if (count == 2) {
    int next_step;
    const int8_t* next = window_at(s, in, y, x + 1, patches, 1, &next_step);
    conv_two(s, window, next, step, next_step, out);
    return;
  }
#else
  (void)count;
#endif
  conv_one(s, window, step, out);
}

// A convolution. `patches` holds two copies of the inputs below the kernel, and is unused without padding and dilation.
static void conv(const conv_layer* layer, const int8_t* in, int8_t* patches, int8_t* out) {
  conv_layer s;
  NAS_COPY(s, layer);
  for (int y = 0; y < s.out_height; ++y) {
    for (int x = 0, count; x < s.out_width; x += count, out += count * s.out_channels) {
#if defined(__AVR__)
      count = 1;  // it has too few registers for two
#else
      count = x + 1 < s.out_width ? 2 : 1;
#endif
      conv_at(&s, in, y, x, count, patches, out);
    }
  }
}
