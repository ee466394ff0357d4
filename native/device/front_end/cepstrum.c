#include "cepstrum.h"

// cos(pi at / (2 channels)) of `at` below 4 channels: the table has half of the circle.
static inline int32_t cosine(const nas_cepstrum* cepstrum, int at) {
  const int half = 2 * cepstrum->channels;
  return cepstrum->cosines[at > half ? 2 * half - at : at];
}

void nas_cepstral_coefficients(const nas_cepstrum* cepstrum, const uint16_t* features, int16_t* coefficients) {
  const int channels = cepstrum->channels, coefficients_wanted = cepstrum->coefficients;
  const int32_t middle = cepstrum->middle;
  for (int k = 0; k < coefficients_wanted; ++k) {
    // About the middle channel the cosine is even or odd, as k is: a product serves two channels. At most 131070 times
    // 16384, it fits into 32 bits.
    const int32_t sign = k & 1 ? -1 : 1, offset = k & 1 ? 0 : 2 * middle;
    const uint16_t *low = features, *high = features + channels - 1;
    int64_t sum = 0;
    int at = k;
    for (; low < high; ++low, --high) {
      sum += (*low + sign * *high - offset) * cosine(cepstrum, at);
      at += 2 * k;
      if (at >= 4 * channels) at -= 4 * channels;
    }
    if (low == high) sum += (*low - middle) * cosine(cepstrum, at);
    const int64_t value = (sum * cepstrum->scales[k] + ((int64_t)1 << 29)) >> 30;
    coefficients[k] = (int16_t)(value < -32768 ? -32768 : value > 32767 ? 32767 : value);
  }
}
