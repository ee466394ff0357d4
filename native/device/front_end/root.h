#ifndef NAS_ROOT_H
#define NAS_ROOT_H

#include "bits.h"

// The integer nearest to the root of x.
static inline uint32_t nas_root(uint64_t x) {
  const uint32_t limit = x >> 32 ? 0xffffffffu : 0xffffu;
#if defined(NAS_HOST)
  // Rounding may give the next integer; the remainder below tells.
  uint32_t root = (uint32_t)__builtin_sqrt((double)x);
  root -= (uint64_t)root * root > x;
  const uint64_t rest = x - (uint64_t)root * root;
#else
  uint64_t rest = x, root = 0, bit = 0;
  if (x >> 32) {
    bit = (uint64_t)1 << (32 + ((nas_bits((uint32_t)(x >> 32)) - 1) & ~1));
  } else if (x) {
    bit = (uint64_t)1 << ((nas_bits((uint32_t)x) - 1) & ~1);
  }
  for (; bit; bit >>= 2) {
    const uint64_t tried = root + bit;
    root >>= 1;
    if (rest >= tried) rest -= tried, root += bit;
  }
#endif
  return (uint32_t)root + (rest > root && root != limit);
}

#endif  // NAS_ROOT_H
