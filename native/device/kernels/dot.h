#include "product.h"
#include "simd.h"

// Weights lie in the order in which they are read. For each pair of output channels and each row of the kernel: four
// weights of the first channel, four of the second, and so on; the last one to three of a row alternate. If the number
// of channels is odd, the weights of the last one follow as they are. All functions return the end of what they read.

// Adds to two sums the products of `rows` rows of `run` inputs with the weights of two output channels.
static inline const int8_t* dot_one(const int8_t* x, int step, int rows, int run, const int8_t* w, int32_t sums[2]) {
  int32_t a = sums[0], b = sums[1];
  for (; rows > 0; --rows, x += step) {
    const int8_t *p = x, *const fours = x + (run & ~3), *const end = x + run;
    for (; p != fours; p += 4, w += 8) {
#if defined(NAS_SIMD)
      const int32_t u = load_four(p), s = load_four(w), t = load_four(w + 4);
      const int32_t even = even_bytes(u), odd = odd_bytes(u);
      a = __smlad(even, even_bytes(s), a);
      b = __smlad(even, even_bytes(t), b);
      a = __smlad(odd, odd_bytes(s), a);
      b = __smlad(odd, odd_bytes(t), b);
#else
      a += NAS_PRODUCT(p[0], NAS_INT8(w)), b += NAS_PRODUCT(p[0], NAS_INT8(w + 4));
      a += NAS_PRODUCT(p[1], NAS_INT8(w + 1)), b += NAS_PRODUCT(p[1], NAS_INT8(w + 5));
      a += NAS_PRODUCT(p[2], NAS_INT8(w + 2)), b += NAS_PRODUCT(p[2], NAS_INT8(w + 6));
      a += NAS_PRODUCT(p[3], NAS_INT8(w + 3)), b += NAS_PRODUCT(p[3], NAS_INT8(w + 7));
#endif
    }
    for (; p != end; ++p, w += 2) a += NAS_PRODUCT(*p, NAS_INT8(w)), b += NAS_PRODUCT(*p, NAS_INT8(w + 1));
  }
  sums[0] = a, sums[1] = b;
  return w;
}

// Adds to a sum the products of `rows` rows of `run` inputs with the weights of the last, odd output channel.
static inline const int8_t* dot_last(const int8_t* x, int step, int rows, int run, const int8_t* w, int32_t* sum) {
  int32_t a = *sum;
  for (; rows > 0; --rows, x += step) {
    for (const int8_t *p = x, *const end = x + run; p != end; ++p, ++w) a += NAS_PRODUCT(*p, NAS_INT8(w));
  }
  *sum = a;
  return w;
}
