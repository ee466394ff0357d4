#include "conv_one.h"
#include "dot_two.h"
#include "window.h"

#if !defined(__AVR__)
// Computes all channels of two neighbouring output pixels.
static void conv_two(const conv_shape* s, const conv_constants* k, const int8_t* x, const int8_t* y, int step_x,
                     int step_y, int8_t* out) {
  const int run = s->kernel_width * s->in_channels, channels = s->out_channels;
  const int8_t* w = k->weights;
  int c = 0;
  for (; c + 1 < channels; c += 2) {
    int32_t sums[4] = {k->bias[c], k->bias[c + 1], k->bias[c], k->bias[c + 1]};
    w = dot_two(x, y, step_x, step_y, s->kernel_height, run, w, sums);
    out[c] = conv_output(s, k, c, sums[0]);
    out[c + 1] = conv_output(s, k, c + 1, sums[1]);
    out[channels + c] = conv_output(s, k, c, sums[2]);
    out[channels + c + 1] = conv_output(s, k, c + 1, sums[3]);
  }
  if (c < channels) {
    int32_t first = k->bias[c], second = first;
    dot_last(x, step_x, s->kernel_height, run, w, &first);
    dot_last(y, step_y, s->kernel_height, run, w, &second);
    out[c] = conv_output(s, k, c, first);
    out[channels + c] = conv_output(s, k, c, second);
  }
}
#endif

// Computes all channels of one output pixel, or of two neighbours.
static void conv_at(const conv_shape* s, const conv_constants* k, const int8_t* in, int y, int x, int count,
                    int8_t* patches, int8_t* out) {
  int step;
  const int8_t* window = window_at(s, in, y, x, patches, 0, &step);
#if !defined(__AVR__)
  if (count == 2) {
    int next_step;
    const int8_t* next = window_at(s, in, y, x + 1, patches, 1, &next_step);
    conv_two(s, k, window, next, step, next_step, out);
    return;
  }
#else
  (void)count;
#endif
  conv_one(s, k, window, step, out);
}

// A convolution. `patches` holds two copies of the inputs below the kernel, and is unused without padding and dilation.
static void conv(const conv_shape* shape, const conv_constants* constants, const int8_t* in, int8_t* patches,
                 int8_t* out) {
  conv_shape s;
  conv_constants k;
  NAS_COPY(s, shape);
  NAS_COPY(k, constants);
  for (int y = 0; y < s.out_height; ++y) {
    for (int x = 0, count; x < s.out_width; x += count, out += count * s.out_channels) {
#if defined(__AVR__)
      count = 1;  // it has too few registers for two
#else
      count = x + 1 < s.out_width ? 2 : 1;
#endif
      conv_at(&s, &k, in, y, x, count, patches, out);
    }
  }
}
