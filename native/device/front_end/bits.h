#ifndef NAS_BITS_H
#define NAS_BITS_H

#include <stdint.h>

// The number of bits that a number needs.
static inline int nas_bits(uint32_t x) {
#if defined(__GNUC__) && (defined(__x86_64__) || defined(__aarch64__) || __ARM_ARCH >= 7)
  return x == 0 ? 0 : 32 - __builtin_clz(x);
#else
  int bits = 0;
  if (x >> 16) bits += 16, x >>= 16;
  if (x >> 8) bits += 8, x >>= 8;
  if (x >> 4) bits += 4, x >>= 4;
  if (x >> 2) bits += 2, x >>= 2;
  if (x >> 1) bits += 1, x >>= 1;
  return bits + (int)x;
#endif
}

#endif  // NAS_BITS_H
