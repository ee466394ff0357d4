#include "base.h"

// The shape of a convolution. Rows of its kernel are runs of bytes in the input: kernel_width * in_channels of them.
typedef struct {
  int in_height, in_width, in_channels;
  int out_height, out_width, out_channels;
  int kernel_height, kernel_width, stride_height, stride_width, dilation_height, dilation_width;
  int pad_top, pad_left;
  int in_zero_point, out_zero_point, low, high;  // low and high: bounds of the output, by its activation
} conv_shape;

// The constants of a convolution's output channels: those of the input's zero point are part of the bias.
typedef struct {
  const int8_t* weights;
  const int32_t* bias;
  const int32_t* multiplier;
  const int8_t* shift;
} conv_constants;
