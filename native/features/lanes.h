// What transform.h computes with on the host: sixteen frames side by side, as vectors of 16 bits that wrap around.
#pragma once

#define NAS_LANES 16

typedef uint16_t lanes __attribute__((vector_size(2 * NAS_LANES)));
typedef int16_t signed_lanes __attribute__((vector_size(2 * NAS_LANES)));
typedef int32_t wide_lanes __attribute__((vector_size(4 * NAS_LANES)));

typedef struct {
  lanes r, i;
} nas_complex;

#define NAS_LOAD(from) (*(const lanes*)(from))
#define NAS_STORE(to, value) (*(lanes*)(to) = (value))

static inline lanes nas_wrap(lanes x) { return x; }

static inline wide_lanes nas_widened(lanes x) { return __builtin_convertvector((signed_lanes)x, wide_lanes); }

// Halves of sums and differences of signed numbers, rounded down; a + b need not fit.
static inline lanes nas_half_sum(lanes a, lanes b) { return (a & b) + (lanes)((signed_lanes)(a ^ b) >> 1); }

static inline lanes nas_half_difference(lanes a, lanes b) { return (lanes)((signed_lanes)(a ^ b) >> 1) - (~a & b); }

#if defined(__AVX2__)

static inline lanes nas_scaled(lanes x, int32_t scale) {
  return (lanes)_mm256_mulhrs_epi16((__m256i)x, _mm256_set1_epi16((int16_t)scale));
}

// Real and imaginary parts side by side, of the even lanes and of the odd ones.
typedef struct {
  __m256i even, odd;
} nas_pairs;

static inline nas_pairs nas_paired(nas_complex a) {
  const __m256i r = (__m256i)a.r, i = (__m256i)a.i;
  const nas_pairs pairs = {_mm256_blend_epi16(r, _mm256_slli_epi32(i, 16), 0xaa),
                           _mm256_blend_epi16(_mm256_srli_epi32(r, 16), i, 0xaa)};
  return pairs;
}

// first * a.r + second * a.i, rounded, from its bit 15 on.
static inline lanes nas_sum_of_products(nas_pairs a, int32_t first, int32_t second) {
  const __m256i factors = _mm256_set1_epi32((int32_t)((uint32_t)second << 16 | (uint16_t)first));
  const __m256i half = _mm256_set1_epi32(16384);
  const __m256i even = _mm256_srli_epi32(_mm256_add_epi32(_mm256_madd_epi16(a.even, factors), half), 15);
  const __m256i odd = _mm256_slli_epi32(_mm256_add_epi32(_mm256_madd_epi16(a.odd, factors), half), 1);
  return (lanes)_mm256_blend_epi16(even, odd, 0xaa);
}

static inline nas_complex nas_multiply(nas_complex a, int32_t r, int32_t i) {
  const nas_pairs pairs = nas_paired(a);
  const nas_complex z = {nas_sum_of_products(pairs, r, -i), nas_sum_of_products(pairs, i, r)};
  return z;
}

#else

static inline lanes nas_rounded_15(wide_lanes x) {
  return (lanes) __builtin_convertvector((x + 16384) >> 15, signed_lanes);
}

static inline lanes nas_scaled(lanes x, int32_t scale) { return nas_rounded_15(nas_widened(x) * scale); }

static inline nas_complex nas_multiply(nas_complex a, int32_t r, int32_t i) {
  const wide_lanes x = nas_widened(a.r), y = nas_widened(a.i);
  const nas_complex z = {nas_rounded_15(x * r - y * i), nas_rounded_15(x * i + y * r)};
  return z;
}

#endif
