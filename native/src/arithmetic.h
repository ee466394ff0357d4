// Integer arithmetic that stays defined for the sizes of hostile models.
#pragma once

#include <cstdint>
#include <initializer_list>

namespace nas {

constexpr int64_t kArenaAlign = 16;

// Larger products count as this one: far above any microcontroller, and sums over a model still fit.
constexpr int64_t kHuge = int64_t{1} << 46;

constexpr int64_t round_up(int64_t value, int64_t multiple) { return (value + multiple - 1) / multiple * multiple; }

constexpr int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

// Returns the product of factors below 2^32 that are not negative, at most kHuge.
constexpr int64_t product(std::initializer_list<int64_t> factors) {
  int64_t result = 1;
  for (int64_t factor : factors) {
    if (factor == 0) return 0;
    result = result > kHuge / factor ? kHuge : result * factor;
  }
  return result;
}

}  // namespace nas
