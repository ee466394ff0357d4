#include "dot.h"

// Adds to four sums, of two output pixels and two output channels; see dot_one. Each weight is loaded once for both.
static inline const int8_t* dot_two(const int8_t* x, const int8_t* y, int step_x, int step_y, int rows, int run,
                                    const int8_t* w, int32_t sums[4]) {
  int32_t a = sums[0], b = sums[1], c = sums[2], d = sums[3];
  for (; rows > 0; --rows, x += step_x, y += step_y) {
    const int8_t *p = x, *q = y, *const fours = x + (run & ~3), *const end = x + run;
    for (; p != fours; p += 4, q += 4, w += 8) {
#if defined(NAS_SIMD)
      const int32_t u = load_four(p), v = load_four(q), s = load_four(w), t = load_four(w + 4);
      const int32_t even_u = even_bytes(u), even_v = even_bytes(v), odd_u = odd_bytes(u), odd_v = odd_bytes(v);
      const int32_t even_s = even_bytes(s), odd_s = odd_bytes(s), even_t = even_bytes(t), odd_t = odd_bytes(t);
      a = __smlad(even_u, even_s, a);
      b = __smlad(even_u, even_t, b);
      c = __smlad(even_v, even_s, c);
      d = __smlad(even_v, even_t, d);
      a = __smlad(odd_u, odd_s, a);
      b = __smlad(odd_u, odd_t, b);
      c = __smlad(odd_v, odd_s, c);
      d = __smlad(odd_v, odd_t, d);
#else
      a += NAS_PRODUCT(p[0], w[0]), b += NAS_PRODUCT(p[0], w[4]), c += NAS_PRODUCT(q[0], w[0]),
          d += NAS_PRODUCT(q[0], w[4]);
      a += NAS_PRODUCT(p[1], w[1]), b += NAS_PRODUCT(p[1], w[5]), c += NAS_PRODUCT(q[1], w[1]),
          d += NAS_PRODUCT(q[1], w[5]);
      a += NAS_PRODUCT(p[2], w[2]), b += NAS_PRODUCT(p[2], w[6]), c += NAS_PRODUCT(q[2], w[2]),
          d += NAS_PRODUCT(q[2], w[6]);
      a += NAS_PRODUCT(p[3], w[3]), b += NAS_PRODUCT(p[3], w[7]), c += NAS_PRODUCT(q[3], w[3]),
          d += NAS_PRODUCT(q[3], w[7]);
#endif
    }
    for (; p != end; ++p, ++q, w += 2)
      a += NAS_PRODUCT(*p, w[0]), b += NAS_PRODUCT(*p, w[1]), c += NAS_PRODUCT(*q, w[0]), d += NAS_PRODUCT(*q, w[1]);
  }
  sums[0] = a, sums[1] = b, sums[2] = c, sums[3] = d;
  return w;
}
