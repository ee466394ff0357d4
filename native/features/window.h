// `nas_window` of transform.h for the frames of all lanes.
#pragma once

// The samples at `j` of all frames, times the window function.
static inline lanes nas_tapered(const nas_front_end* fe, const int16_t* const frames[NAS_LANES], int j) {
  lanes x;
  for (int lane = 0; lane < NAS_LANES; ++lane) x[lane] = (uint16_t)((frames[lane][j] * fe->taper[j]) >> 12);
  return x;
}

#if defined(__AVX2__)
#define NAS_BLOCK 8
// The same for the samples from `j` on: the lower halves of `x` hold samples of the first eight frames, the upper
// halves those of the others, until both are transposed.
static inline void nas_tapered_block(const nas_front_end* fe, const int16_t* const frames[NAS_LANES], int j,
                                     lanes x[NAS_BLOCK]) {
  const __m256i taper = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i*)(fe->taper + j)));
  __m256i rows[NAS_BLOCK], next[NAS_BLOCK];
  for (int i = 0; i < NAS_BLOCK; ++i) {
    const __m256i samples =
        _mm256_loadu2_m128i((const __m128i*)(frames[i + NAS_BLOCK] + j), (const __m128i*)(frames[i] + j));
    const __m256i low = _mm256_mullo_epi16(samples, taper), high = _mm256_mulhi_epi16(samples, taper);
    rows[i] = _mm256_or_si256(_mm256_srli_epi16(low, 12), _mm256_slli_epi16(high, 4));
  }
  for (int turn = 0; turn < 3; ++turn) {  // each interleaves the rows of both halves of the block
    for (int i = 0; i < NAS_BLOCK / 2; ++i) {
      next[2 * i] = _mm256_unpacklo_epi16(rows[i], rows[i + NAS_BLOCK / 2]);
      next[2 * i + 1] = _mm256_unpackhi_epi16(rows[i], rows[i + NAS_BLOCK / 2]);
    }
    for (int i = 0; i < NAS_BLOCK; ++i) rows[i] = next[i];
  }
  for (int i = 0; i < NAS_BLOCK; ++i) x[i] = (lanes)rows[i];
}
#else
#define NAS_BLOCK 2
static inline void nas_tapered_block(const nas_front_end* fe, const int16_t* const frames[NAS_LANES], int j,
                                     lanes x[NAS_BLOCK]) {
  for (int i = 0; i < NAS_BLOCK; ++i) x[i] = nas_tapered(fe, frames, j + i);
}
#endif

static inline void nas_window(const nas_front_end* fe, const int16_t* const frames[NAS_LANES], int16_t* x,
                              uint8_t shifts[NAS_LANES]) {
  lanes loudest = {0}, scale;
  memset(x, 0, sizeof(int16_t) * NAS_LANES * fe->size);
  for (int begin = 0, place = 0; begin < fe->window; begin += NAS_BLOCK) {
    lanes block[NAS_BLOCK] = {};
    if (begin + NAS_BLOCK <= fe->window) {
      nas_tapered_block(fe, frames, begin, block);
    } else {
      for (int i = 0; begin + i < fe->window; ++i) block[i] = nas_tapered(fe, frames, begin + i);
    }
    for (int i = 0; i < NAS_BLOCK && begin + i < fe->window; i += 2, place = nas_next_place(place, fe->size / 2)) {
      nas_store(x + 2 * place * NAS_LANES, block[i], block[i + 1]);
      for (int j = i; j < i + 2; ++j) {
        const lanes sign = (lanes)((signed_lanes)block[j] >> 15);
        loudest |= (block[j] ^ sign) - sign;
      }
    }
  }
  for (int lane = 0; lane < NAS_LANES; ++lane) {
    shifts[lane] = (uint8_t)(15 - nas_bits(loudest[lane] & 0x7fffu));
    scale[lane] = (uint16_t)(1 << shifts[lane]);
  }
  for (int i = 0; i < fe->size * NAS_LANES; i += NAS_LANES) NAS_STORE(x + i, NAS_LOAD(x + i) * scale);
}
