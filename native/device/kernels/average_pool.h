#include "pool_shape.h"

// The mean of each window, rounded half away from zero. The output may begin where the input does if there is no
// padding.
static void average_pool(const pool_shape* shape, const int8_t* in, int8_t* out) {
  pool_shape s;
  NAS_COPY(s, shape);
  for (int y = 0; y < s.out_height; ++y) {
    for (int x = 0; x < s.out_width; ++x) {
      const pool_window window = pool_at(&s, in, y, x);
      const int32_t count = (int32_t)window.rows * window.columns;
      for (int c = 0; c < s.channels; ++c) {
        int32_t sum = 0;
        for (int j = 0; j < window.rows; ++j) {
          const int8_t* p = window.first + j * s.in_width * s.channels + c;
          for (int i = 0; i < window.columns; ++i, p += s.channels) sum += *p;
        }
        *out++ = (int8_t)((sum > 0 ? sum + count / 2 : sum - count / 2) / count);
      }
    }
  }
}
