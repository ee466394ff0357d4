// The filter bank of transform.h and the roots of its energies, for the frames of all lanes.
#pragma once

// 64 bits of each lane: those of lane 4 * i + j stand in values[j][i].
typedef uint64_t quarter_lanes __attribute__((vector_size(32)));
typedef struct {
  quarter_lanes values[4];
} long_lanes;

#if defined(__AVX2__)

// The energies of a bin, 32 bits each.
static inline long_lanes nas_energies(const int16_t* x) {
  const nas_complex bin = {NAS_LOAD(x), NAS_LOAD(x + NAS_LANES)};
  const nas_pairs pairs = nas_paired(bin);
  const __m256i even = _mm256_madd_epi16(pairs.even, pairs.even), odd = _mm256_madd_epi16(pairs.odd, pairs.odd);
  // Of each 64 bits, only the lower half is multiplied.
  const long_lanes energies = {{(quarter_lanes)even, (quarter_lanes)odd, (quarter_lanes)_mm256_srli_epi64(even, 32),
                                (quarter_lanes)_mm256_srli_epi64(odd, 32)}};
  return energies;
}

static inline quarter_lanes nas_product(quarter_lanes energies, uint32_t weight) {
  return (quarter_lanes)_mm256_mul_epu32((__m256i)energies, _mm256_set1_epi64x(weight));
}

// `nas_root` of numbers below 2^62.
static inline quarter_lanes nas_roots(quarter_lanes x) {
  // The halves of a number as doubles, whose sum is rounded once.
  const __m256i high = _mm256_or_si256(_mm256_srli_epi64((__m256i)x, 32), _mm256_set1_epi64x(0x4530000000000000));
  const __m256i low = _mm256_blend_epi16((__m256i)x, _mm256_set1_epi64x(0x4330000000000000), 0xcc);
  const __m256d whole = _mm256_add_pd(_mm256_sub_pd((__m256d)high, _mm256_set1_pd(0x1.00000001p84)), (__m256d)low);
  quarter_lanes root = (quarter_lanes)_mm256_cvtepi32_epi64(_mm256_cvttpd_epi32(_mm256_sqrt_pd(whole)));
  // Comparisons are -1 where they hold.
  quarter_lanes rest = x - (quarter_lanes)_mm256_mul_epu32((__m256i)root, (__m256i)root);
  const quarter_lanes above = (quarter_lanes)_mm256_cmpgt_epi64(_mm256_setzero_si256(), (__m256i)rest);
  root += above;
  rest = x - (quarter_lanes)_mm256_mul_epu32((__m256i)root, (__m256i)root);
  const quarter_lanes next = (quarter_lanes)_mm256_cmpgt_epi64((__m256i)rest, (__m256i)root);
  const quarter_lanes saturated = (quarter_lanes)((root == 0xffff) & (x >> 32 == 0));
  return root - (next & ~saturated);
}

#else

static inline long_lanes nas_energies(const int16_t* x) {
  long_lanes energies;
  for (int lane = 0; lane < NAS_LANES; ++lane) {
    const int32_t r = x[lane], i = x[lane + NAS_LANES];
    energies.values[lane % 4][lane / 4] = (uint32_t)(r * r) + (uint32_t)(i * i);
  }
  return energies;
}

static inline quarter_lanes nas_product(quarter_lanes energies, uint32_t weight) { return energies * weight; }

static inline quarter_lanes nas_roots(quarter_lanes x) {
  quarter_lanes roots;
  for (int i = 0; i < 4; ++i) roots[i] = nas_root(x[i]);
  return roots;
}

#endif

// Walks over the bands of a spectrum.
typedef struct {
  const int16_t* x;         // the next bin
  const uint16_t* weights;  // its weight
  const uint16_t* widths;   // of the next band
  long_lanes rest;
} nas_bands;

// Returns the weighted energies of the next band.
static inline long_lanes nas_next_band(nas_bands* at) {
  long_lanes sums = at->rest, rest = {};
  for (int left = *at->widths++; left > 0; --left, at->x += 2 * NAS_LANES) {
    const long_lanes energies = nas_energies(at->x);
    const uint32_t weight = *at->weights++, share = weight >> 1, others = 4096 - share + (weight & 1);
    for (int i = 0; i < 4; ++i) {
      sums.values[i] += nas_product(energies.values[i], share);
      rest.values[i] += nas_product(energies.values[i], others);
    }
  }
  at->rest = rest;
  return sums;
}

// Begins behind the part of the first band that belongs to no channel.
static inline nas_bands nas_first_band(const nas_front_end* fe, const int16_t* x) {
  nas_bands at = {x + 2 * fe->first_bin * NAS_LANES, fe->weights, fe->widths, {}};
  nas_next_band(&at);
  return at;
}

// Writes the level of each lane in the next band, `stride` apart: the root of its energy, with what `nas_window`
// doubled halved again.
static inline void nas_next_levels(nas_bands* at, const uint8_t shifts[NAS_LANES], uint32_t* levels, size_t stride) {
  const long_lanes energies = nas_next_band(at);
  for (int j = 0; j < 4; ++j) {
    const quarter_lanes roots = nas_roots(energies.values[j]);
    for (int i = 0; i < 4; ++i) levels[(size_t)(4 * i + j) * stride] = (uint32_t)roots[i] >> shifts[4 * i + j];
  }
}
