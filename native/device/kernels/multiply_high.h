#include "base.h"

// Returns a * b / 2^31, rounded half up. Shifts of negative numbers are arithmetic with every compiler for these cores.
NAS_PRODUCT_FUNCTION int32_t multiply_high(int32_t a, int32_t b) {
#if defined(__AVR__) || defined(__ARM_ARCH_6M__) || defined(NAS_NO_MULTIPLIER)
  // There is no instruction for a product of 64 bits: the sum of four products of 16 bits each.
  const int32_t high_a = a >> 16, high_b = b >> 16;
  const uint32_t low_a = (uint16_t)a, low_b = (uint16_t)b;
  const int32_t middle_a = high_a * (int32_t)low_b + (int32_t)(low_a * low_b >> 16);
  const int32_t middle_b = (int32_t)low_a * high_b;
  const uint32_t low = (uint32_t)(uint16_t)middle_a + (uint16_t)middle_b;
  return (high_a * high_b + (middle_a >> 16) + (middle_b >> 16)) * 2 + (int32_t)((low + 0x4000u) >> 15);
#else
  return (int32_t)(((int64_t)a * b + 0x40000000) >> 31);
#endif
}
