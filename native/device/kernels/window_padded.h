#include "conv_layer.h"

// Copies the inputs below the kernel at row `top`, column `left` into `patch`, and the zero point where there are none.
static void fill_patch(const conv_layer* s, const int8_t* in, int top, int left, int8_t* patch) {
  const int channels = s->in_channels;
  for (int j = 0; j < s->kernel_height; ++j) {
    const int y = top + j * s->dilation_height;
    for (int i = 0; i < s->kernel_width; ++i, patch += channels) {
      const int x = left + i * s->dilation_width;
      if (y < 0 || y >= s->in_height || x < 0 || x >= s->in_width) {
        memset(patch, s->in_zero_point, (size_t)channels);
      } else {
        memcpy(patch, in + (y * s->in_width + x) * channels, (size_t)channels);
      }
    }
  }
}

// Returns the inputs below the kernel at an output pixel, and in `step` the bytes from one of its rows to the next.
// They are used where they lie, unless the kernel is dilated or reaches beyond the border: then patch `number` of
// `patches` holds a copy.
static inline const int8_t* window_at(const conv_layer* s, const int8_t* in, int y, int x, int8_t* patches, int number,
                                      int* step) {
  const int top = y * s->stride_height - s->pad_top, left = x * s->stride_width - s->pad_left;
  const int inside = top >= 0 && left >= 0 && top + s->kernel_height <= s->in_height &&
                     left + s->kernel_width <= s->in_width && s->dilation_height == 1 && s->dilation_width == 1;
  if (inside) {
    *step = s->in_width * s->in_channels;
    return in + top * *step + left * s->in_channels;
  }
  *step = s->kernel_width * s->in_channels;
  int8_t* patch = patches + number * s->kernel_height * *step;
  fill_patch(s, in, top, left, patch);
  return patch;
}
