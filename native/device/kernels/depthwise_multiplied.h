#include "conv_output.h"
#include "product.h"
#include "window.h"

// A depthwise convolution with several output channels for each input channel; see conv. The weights of each output
// channel lie together.
static void depthwise_multiplied(const conv_layer* layer, const int8_t* in, int8_t* patch, int8_t* out) {
  conv_layer s;
  NAS_COPY(s, layer);
  const int multiplier = s.out_channels / s.in_channels;
  for (int y = 0; y < s.out_height; ++y) {
    for (int x = 0; x < s.out_width; ++x) {
      int step;
      const int8_t *w = s.weights, *window = window_at(&s, in, y, x, patch, 0, &step);
      for (int c = 0; c < s.out_channels; ++c) {
        int32_t sum = NAS_INT32(s.bias + c);
        const int8_t* row = window + c / multiplier;
        for (int j = 0; j < s.kernel_height; ++j, row += step) {
          const int8_t* p = row;
          for (int i = 0; i < s.kernel_width; ++i, p += s.in_channels, ++w) sum += NAS_PRODUCT(*p, NAS_INT8(w));
        }
        *out++ = conv_output(&s, c, sum);
      }
    }
  }
}
