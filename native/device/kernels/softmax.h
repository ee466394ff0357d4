#include "multiply_high.h"

typedef struct {
  int rows, classes;
  int32_t multiplier;
  int shift, least;  // least: a class that is this far below the greatest counts as nothing
} softmax_shape;

// Returns x / 2^power, rounded half away from zero, for powers of at least 1.
static inline int32_t divide_by_power(int32_t x, int power) { return (((x + (x >> 31)) >> (power - 1)) + 1) >> 1; }

// Returns exp(x) for x <= 0 with 26 fractional bits; the result has 31. As gemmlowp's exp_on_negative_values.
static int32_t softmax_exp(int32_t x) {
  static const int32_t factors[7] NAS_FLASH = {// exp(-2^i) for i = -2 to 4
                                               1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242};
  const int32_t quarter = (int32_t)1 << 24;
  if (x == 0) return INT32_MAX;
  const int32_t rest = (x & (quarter - 1)) - quarter;
  const int32_t r = rest * 32 + ((int32_t)1 << 28);  // a Taylor series around -1/8
  const int32_t r2 = multiply_high(r, r), r3 = multiply_high(r2, r), r4 = multiply_high(r2, r2);
  const int32_t series = divide_by_power(multiply_high(divide_by_power(r4, 2) + r3, 715827883) + r2, 1);
  int32_t result = 1895147668 + multiply_high(1895147668, r + series);
  const int32_t wholes = rest - x;
  for (int i = 0; i < 7; ++i) {
    if (wholes & (quarter << i)) result = multiply_high(result, NAS_INT32(factors + i));
  }
  return result;
}

// Returns x * 2^power, or the nearest number that there is.
static inline int32_t saturating_power(int32_t x, int power) {
  const int32_t most = (int32_t)(((uint32_t)1 << (31 - power)) - 1);
  return x > most ? INT32_MAX : x < -most ? INT32_MIN : x * ((int32_t)1 << power);
}

// Returns 1 / (1 + x) for 0 <= x < 1, all with 31 fractional bits, by Newton's iteration as gemmlowp does it.
static int32_t softmax_reciprocal(int32_t x) {
  const int32_t half = (x >> 1) + ((int32_t)1 << 30);
  int32_t guess = 1515870810 + multiply_high(half, -1010580540);
  for (int i = 0; i < 3; ++i) {
    const int32_t error = ((int32_t)1 << 29) - multiply_high(half, guess);
    guess += saturating_power(multiply_high(guess, error), 2);
  }
  return saturating_power(guess, 1);
}

static inline int32_t softmax_scaled(const softmax_shape* s, int difference) {
  return softmax_exp(multiply_high((int32_t)((uint32_t)difference << s->shift), s->multiplier));
}

// The probabilities of classes. The output may be the input.
static void softmax(const softmax_shape* shape, const int8_t* in, int8_t* out) {
  softmax_shape s;
  NAS_COPY(s, shape);
  for (int row = 0; row < s.rows; ++row, in += s.classes, out += s.classes) {
    int most = -128;
    for (int c = 0; c < s.classes; ++c) most = in[c] > most ? in[c] : most;
    int32_t sum = 0;
    for (int c = 0; c < s.classes; ++c) {
      if (in[c] - most >= s.least) sum += divide_by_power(softmax_scaled(&s, in[c] - most), 12);
    }
    int power = 35;  // 12 integer bits, and the output's 23 that are dropped
    uint32_t normal = (uint32_t)sum;
    for (; !(normal & 0x80000000u); normal <<= 1) --power;
    const int32_t scale = softmax_reciprocal((int32_t)(normal & 0x7fffffffu));
    for (int c = 0; c < s.classes; ++c) {
      int32_t result = -128;
      if (in[c] - most >= s.least) {
        result += divide_by_power(multiply_high(scale, softmax_scaled(&s, in[c] - most)), power);
      }
      out[c] = (int8_t)(result > 127 ? 127 : result);
    }
  }
}
