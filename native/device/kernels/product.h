#include "base.h"

#if defined(NAS_NO_MULTIPLIER)
// In place of a routine that multiplies bit by bit: a b is (a + b)^2 / 4 - (a - b)^2 / 4, both
// rounded down, since either both or neither of a + b and a - b are odd.
#define NAS_QUARTER(n) ((n) * (n) / 4)
#define NAS_QUARTERS_4(n) NAS_QUARTER(n), NAS_QUARTER(n + 1), NAS_QUARTER(n + 2), NAS_QUARTER(n + 3)
#define NAS_QUARTERS_16(n) NAS_QUARTERS_4(n), NAS_QUARTERS_4(n + 4), NAS_QUARTERS_4(n + 8), NAS_QUARTERS_4(n + 12)
#define NAS_QUARTERS_64(n) NAS_QUARTERS_16(n), NAS_QUARTERS_16(n + 16), NAS_QUARTERS_16(n + 32), NAS_QUARTERS_16(n + 48)
static const uint16_t quarters_of_squares[257] = {NAS_QUARTERS_64(0), NAS_QUARTERS_64(64), NAS_QUARTERS_64(128),
                                                  NAS_QUARTERS_64(192), NAS_QUARTER(256)};

// Returns the product of two int8.
NAS_PRODUCT_FUNCTION int product(int a, int b) {
  const int sum = a + b, difference = a - b;
  return quarters_of_squares[sum < 0 ? -sum : sum] - quarters_of_squares[difference < 0 ? -difference : difference];
}
#define NAS_PRODUCT(a, b) product(a, b)
#else
#define NAS_PRODUCT(a, b) ((a) * (b))
#endif
