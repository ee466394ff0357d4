#include "conv_layer.h"

// Returns the inputs below the kernel at an output pixel, and in `step` the bytes from one of its rows to the next.
static inline const int8_t* window_at(const conv_layer* s, const int8_t* in, int y, int x, int8_t* patches, int number,
                                      int* step) {
  (void)patches, (void)number;  // no convolution of this model has padding or dilation
  *step = s->in_width * s->in_channels;
  return in + y * s->stride_height * *step + x * s->stride_width * s->in_channels;
}
