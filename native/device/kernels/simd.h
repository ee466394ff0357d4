#include "base.h"

#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__)
#include <arm_acle.h>
#define NAS_SIMD 1

// Returns four bytes, which need not be aligned.
static inline int32_t load_four(const int8_t* address) {
  int32_t four;
  memcpy(&four, address, sizeof four);
  return four;
}

// Returns bytes 0 and 2 of four as two int16.
static inline int32_t even_bytes(int32_t four) { return __sxtb16(four); }

// Returns bytes 1 and 3 of four as two int16. The intrinsic has no rotation, the instruction has.
static inline int32_t odd_bytes(int32_t four) {
  int32_t two;
  __asm__("sxtb16 %0, %1, ror #8" : "=r"(two) : "r"(four));
  return two;
}
#endif
