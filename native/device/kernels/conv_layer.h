#include "size.h"

// A convolution: its shape, and the constants of its output channels. Rows of its kernel are runs of bytes in the
// input: kernel_width * in_channels of them.
typedef struct {
  nas_size in_height, in_width, in_channels;
  nas_size out_height, out_width, out_channels;
  nas_size kernel_height, kernel_width, stride_height, stride_width, dilation_height, dilation_width;
  nas_size pad_top, pad_left;
  int8_t in_zero_point, out_zero_point, low, high;  // low and high: bounds of the output, by its activation
  const int8_t* weights;
  const int32_t* bias;  // with what the input's zero point adds
  const int32_t* multiplier;
  const int8_t* shift;
} conv_layer;
