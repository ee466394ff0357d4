#include "pool_shape.h"
#include "simd.h"

// Replaces the bytes of `most` by those of `x` that are greater.
static inline void keep_greater(int8_t* most, const int8_t* x, int count) {
  int c = 0;
#if defined(NAS_SIMD)
  for (; c < (count & ~3); c += 4) {
    const int32_t new_four = load_four(x + c), old_four = load_four(most + c);
    (void)__ssub8(new_four, old_four);
    const int32_t greater = (int32_t)__sel((uint32_t)new_four, (uint32_t)old_four);
    memcpy(most + c, &greater, sizeof greater);
  }
#endif
  for (; c < count; ++c) most[c] = x[c] > most[c] ? x[c] : most[c];
}

// The greatest value of each window. The output may begin where the input does if there is no padding.
static void max_pool(const pool_shape* shape, const int8_t* in, int8_t* out) {
  pool_shape s;
  NAS_COPY(s, shape);
  for (int y = 0; y < s.out_height; ++y) {
    for (int x = 0; x < s.out_width; ++x, out += s.channels) {
      const pool_window window = pool_at(&s, in, y, x);
      memmove(out, window.first, (size_t)s.channels);
      for (int j = 0; j < window.rows; ++j) {
        const int8_t* row = window.first + j * s.in_width * s.channels;
        for (int i = j == 0; i < window.columns; ++i) keep_greater(out, row + i * s.channels, s.channels);
      }
    }
  }
}
