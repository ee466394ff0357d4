#include "conv_output.h"
#include "product.h"
#include "simd.h"
#include "window.h"

// Weights lie in the order in which they are read: those of four channels for each place of the kernel, then the next
// four channels; the weights of the last one to three channels follow, one channel after the other.

// Computes four channels of one output pixel, and returns the end of their weights.
static inline const int8_t* depthwise_four(const conv_layer* s, const int8_t* x, int step, const int8_t* w,
                                           int32_t sums[4]) {
  int32_t a = sums[0], b = sums[1], c = sums[2], d = sums[3];
  for (int j = 0; j < s->kernel_height; ++j, x += step) {
    const int8_t* p = x;
    for (int i = 0; i < s->kernel_width; ++i, p += s->in_channels, w += 4) {
#if defined(NAS_SIMD)
      const int32_t u = load_four(p), v = load_four(w);
      const int32_t even_u = even_bytes(u), odd_u = odd_bytes(u), even_v = even_bytes(v), odd_v = odd_bytes(v);
      a += (int16_t)even_u * (int16_t)even_v;
      b += (int16_t)odd_u * (int16_t)odd_v;
      c += (even_u >> 16) * (even_v >> 16);
      d += (odd_u >> 16) * (odd_v >> 16);
#else
      a += NAS_PRODUCT(p[0], NAS_INT8(w)), b += NAS_PRODUCT(p[1], NAS_INT8(w + 1));
      c += NAS_PRODUCT(p[2], NAS_INT8(w + 2)), d += NAS_PRODUCT(p[3], NAS_INT8(w + 3));
#endif
    }
  }
  sums[0] = a, sums[1] = b, sums[2] = c, sums[3] = d;
  return w;
}

// Computes one channel of one output pixel, and returns the end of its weights.
static inline const int8_t* depthwise_one(const conv_layer* s, const int8_t* x, int step, const int8_t* w,
                                          int32_t* sum) {
  for (int j = 0; j < s->kernel_height; ++j, x += step) {
    const int8_t* p = x;
    for (int i = 0; i < s->kernel_width; ++i, p += s->in_channels, ++w) *sum += NAS_PRODUCT(*p, NAS_INT8(w));
  }
  return w;
}

// A depthwise convolution. `patch` holds a copy of the inputs below the kernel, see conv.
static void depthwise(const conv_layer* layer, const int8_t* in, int8_t* patch, int8_t* out) {
  conv_layer s;
  NAS_COPY(s, layer);
  for (int y = 0; y < s.out_height; ++y) {
    for (int x = 0; x < s.out_width; ++x) {
      int step, c = 0;
      const int fours = s.in_channels & ~3;
      const int8_t *w = s.weights, *window = window_at(&s, in, y, x, patch, 0, &step);
      for (; c < fours; c += 4) {
        int32_t sums[4];
        for (int i = 0; i < 4; ++i) sums[i] = NAS_INT32(s.bias + c + i);
        w = depthwise_four(&s, window + c, step, w, sums);
        for (int i = 0; i < 4; ++i) *out++ = conv_output(&s, c + i, sums[i]);
      }
      for (c = fours; c < s.in_channels; ++c) {
        int32_t sum = NAS_INT32(s.bias + c);
        w = depthwise_one(&s, window + c, step, w, &sum);
        *out++ = conv_output(&s, c, sum);
      }
    }
  }
}
