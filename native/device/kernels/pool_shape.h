#include "size.h"

// The shape of a pooling. Windows are cut off at the border of the input.
typedef struct {
  nas_size in_height, in_width, channels;
  nas_size out_height, out_width;
  nas_size height, width, stride_height, stride_width, pad_top, pad_left;
} pool_shape;

// The part of the input below a window: its first place, and how many rows and columns it has.
typedef struct {
  const int8_t* first;
  int rows, columns;
} pool_window;

static inline int pool_least(int a, int b) { return a < b ? a : b; }

static inline pool_window pool_at(const pool_shape* s, const int8_t* in, int y, int x) {
  const int top = y * s->stride_height - s->pad_top, left = x * s->stride_width - s->pad_left;
  const int begin_y = top < 0 ? 0 : top, begin_x = left < 0 ? 0 : left;
  const pool_window window = {in + (begin_y * s->in_width + begin_x) * s->channels,
                              pool_least(top + s->height, s->in_height) - begin_y,
                              pool_least(left + s->width, s->in_width) - begin_x};
  return window;
}
