// A camera's frame as the input of a network of pictures: cut to the input's shape, scaled, grey if the network is.
// Integers only, no memory of its own. `nas.camera_input` of the Python package computes the same, to the bit.
#ifndef NAS_CAMERA_H_
#define NAS_CAMERA_H_

#include <stdbool.h>
#include <stdint.h>

// How a frame stores its pixels, row by row from the top, without gaps.
typedef enum {
  NAS_GREY,       // 1 byte: brightness
  NAS_RGB888,     // 3 bytes: red, green, blue
  NAS_RGB565_LE,  // 2 bytes, the low one first: 5 bits of red, 6 of green, 5 of blue
  NAS_RGB565_BE,  // 2 bytes, the high one first
} nas_pixels;

// Frames may have up to this many pixels on a side, so that sums fit.
#define NAS_CAMERA_MOST 2048

// What is taken of an axis for one pixel of the input: from `first` on, as long as the weight is above 0.
// Positions and weights count in 1 / (2 * den) of a pixel of the frame; `num / den` is the size of a pixel of the
// input.
typedef struct {
  int32_t num, den, reach, center, first, last;
} nas_axis;

static inline nas_axis nas_axis_at(int32_t num, int32_t den, int32_t size, int32_t out, int32_t at) {
  nas_axis axis = {num, den, 2 * (num > den ? num : den), size * den - num * out + (2 * at + 1) * num, 0, 0};
  const int32_t from = axis.center - axis.reach, to = axis.center + axis.reach;
  axis.first = from < den ? 0 : (from - den) / (2 * den) + 1;
  axis.last = (to + den - 1) / (2 * den) < size ? (to + den - 1) / (2 * den) : size;
  return axis;
}

// A triangle: the nearer to the middle, the more.
static inline uint32_t nas_axis_weight(const nas_axis* axis, int32_t at) {
  const int32_t off = (2 * at + 1) * axis->den - axis->center;
  return (uint32_t)(axis->reach - (off < 0 ? -off : off));
}

// Reads red, green and blue, 0 to 255, of the pixel with a number.
static inline void nas_read_pixel(const uint8_t* frame, nas_pixels pixels, int32_t at, uint32_t* rgb) {
  if (pixels == NAS_GREY) {
    rgb[0] = rgb[1] = rgb[2] = frame[at];
  } else if (pixels == NAS_RGB888) {
    for (int c = 0; c < 3; ++c) rgb[c] = frame[3 * at + c];
  } else {
    const uint32_t even = frame[2 * at], odd = frame[2 * at + 1];
    const uint32_t word = pixels == NAS_RGB565_LE ? odd << 8 | even : even << 8 | odd;
    const uint32_t red = word >> 11, green = word >> 5 & 63, blue = word & 31;
    rgb[0] = red << 3 | red >> 2;
    rgb[1] = green << 2 | green >> 4;
    rgb[2] = blue << 3 | blue >> 2;
  }
}

// Adds one pixel of the input, of 1 (grey) or 3 channels, as the weighted mean of the frame's around it.
static inline void nas_camera_pixel(const uint8_t* frame, nas_pixels pixels, int32_t width, const nas_axis* x,
                                    const nas_axis* y, int channels, int8_t* input) {
  uint64_t sums[3] = {0, 0, 0}, total = 0;
  for (int32_t row = y->first; row < y->last; ++row) {
    uint32_t line[3] = {0, 0, 0}, weights = 0, rgb[3];
    for (int32_t column = x->first; column < x->last; ++column) {
      const uint32_t weight = nas_axis_weight(x, column);
      nas_read_pixel(frame, pixels, row * width + column, rgb);
      if (channels == 1 && pixels != NAS_GREY) {
        rgb[0] = (19595 * rgb[0] + 38470 * rgb[1] + 7471 * rgb[2] + 32768) >> 16;  // ITU-R BT.601
      }
      for (int c = 0; c < channels; ++c) line[c] += weight * rgb[c];
      weights += weight;
    }
    const uint64_t weight = nas_axis_weight(y, row);
    for (int c = 0; c < channels; ++c) sums[c] += weight * line[c];
    total += weight * weights;
  }
  for (int c = 0; c < channels; ++c) input[c] = (int8_t)((int)((2 * sums[c] + total) / (2 * total)) - 128);
}

// Fills a network's input from a frame: the largest part in the middle that has the input's shape, scaled to it.
//
// width, height: of the frame in pixels. in_width, in_height, channels: of the network, NAME_WIDTH, NAME_HEIGHT and
// NAME_CHANNELS of its header; 1 channel is grey. False: a side is not from 1 to NAS_CAMERA_MOST, or channels not 1
// or 3.
static inline bool nas_camera_input(const uint8_t* frame, int32_t width, int32_t height, nas_pixels pixels,
                                    int32_t in_width, int32_t in_height, int channels, int8_t* input) {
  const int32_t sides[4] = {width, height, in_width, in_height};
  for (int i = 0; i < 4; ++i) {
    if (sides[i] < 1 || sides[i] > NAS_CAMERA_MOST) return false;
  }
  if (channels != 1 && channels != 3) return false;
  const bool is_wide = width * in_height >= height * in_width;
  const int32_t num = is_wide ? height : width, den = is_wide ? in_height : in_width;
  for (int32_t row = 0; row < in_height; ++row) {
    const nas_axis y = nas_axis_at(num, den, height, in_height, row);
    for (int32_t column = 0; column < in_width; ++column, input += channels) {
      const nas_axis x = nas_axis_at(num, den, width, in_width, column);
      nas_camera_pixel(frame, pixels, width, &x, &y, channels, input);
    }
  }
  return true;
}

#endif  // NAS_CAMERA_H_
