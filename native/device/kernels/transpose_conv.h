#include "conv_output.h"

// A transposed convolution: each output pixel gathers the inputs that reach it. pad_top and pad_left are cut off the
// output; the weights of each output channel lie together.
static void transpose_conv(const conv_layer* layer, const int8_t* in, int8_t* out) {
  conv_layer s;
  NAS_COPY(s, layer);
  for (int y = 0; y < s.out_height; ++y) {
    for (int x = 0; x < s.out_width; ++x) {
      const int8_t* w = s.weights;
      for (int c = 0; c < s.out_channels; ++c) {
        int32_t sum = NAS_INT32(s.bias + c);
        for (int j = 0; j < s.kernel_height; ++j) {
          for (int i = 0; i < s.kernel_width; ++i, w += s.in_channels) {
            const int top = y + s.pad_top - j, left = x + s.pad_left - i;
            if (top < 0 || left < 0 || top % s.stride_height || left % s.stride_width) continue;
            const int row = top / s.stride_height, column = left / s.stride_width;
            if (row >= s.in_height || column >= s.in_width) continue;
            const int8_t* p = in + (row * s.in_width + column) * s.in_channels;
            for (int d = 0; d < s.in_channels; ++d) sum += (p[d] - s.in_zero_point) * NAS_INT8(w + d);
          }
        }
        *out++ = conv_output(&s, c, sum);
      }
    }
  }
}
