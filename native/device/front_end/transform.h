// From samples to the energies of bands: window, Fourier transform, filter bank.
//
// One frame is transformed on a device. The host transforms as many at once as a vector holds: native/features/lanes.h
// then says what `lanes` are and how to compute with them, and the number i of a frame's buffer stands at i * NAS_LANES
// for all frames together. Integers of 16 bits wrap around where sums do not fit, as those of kissfft do.
#include <string.h>

#include "bits.h"
#include "front_end.h"

#ifndef NAS_LANES
#define NAS_LANES 1

typedef int32_t lanes;

typedef struct {
  lanes r, i;
} nas_complex;

#define NAS_LOAD(from) ((lanes)(from)[0])

#define NAS_STORE(to, value) ((to)[0] = (int16_t)(value))

static inline lanes nas_round_15(lanes x) { return (x + 16384) >> 15; }

static inline lanes nas_scaled(lanes x, int32_t scale) { return nas_round_15(x * scale); }

static inline nas_complex nas_multiply(nas_complex a, int32_t r, int32_t i) {
  const nas_complex z = {nas_round_15(a.r * r - a.i * i), nas_round_15(a.r * i + a.i * r)};
  return z;
}

// The lowest 16 bits as a signed number.
static inline lanes nas_wrap(lanes x) { return (lanes)((uint32_t)x << 16) >> 16; }

static inline lanes nas_half_sum(lanes a, lanes b) { return (a + b) >> 1; }

static inline lanes nas_half_difference(lanes a, lanes b) { return (a - b) >> 1; }
#endif

// Halves and quarters, 1 being 32767.
#define NAS_HALF (32767 / 2)
#define NAS_QUARTER (32767 / 4)

static inline nas_complex nas_load(const int16_t* x, int32_t scale) {
  const nas_complex z = {nas_scaled(NAS_LOAD(x), scale), nas_scaled(NAS_LOAD(x + NAS_LANES), scale)};
  return z;
}

static inline void nas_store(int16_t* x, lanes r, lanes i) {
  NAS_STORE(x, r);
  NAS_STORE(x + NAS_LANES, i);
}

// Pairs of samples lie in the order in which the transform's innermost stage reads them: the digits of their numbers to
// the base 4, of which the last may be to the base 2, are reversed. Returns the place after `place`.
static inline int nas_next_place(int place, int pairs) {
  int digit = pairs >> 2;
  while (digit > 0 && (place & (3 * digit)) == 3 * digit) {
    place -= 3 * digit;
    digit = (digit + 3) >> 2;
    if (digit == 1) break;
  }
  return place + (digit > 0 ? digit : 1);
}

#if NAS_LANES == 1
// Windows a frame's samples [window] into `x` [size], and doubles them as often as the loudest one allows.
// Returns how often in `shifts`.
static inline void nas_window(const nas_front_end* fe, const int16_t* const frames[NAS_LANES], int16_t* x,
                              uint8_t shifts[NAS_LANES]) {
  const int window = fe->window, size = fe->size;
  int32_t loudest = 0;
  memset(x, 0, sizeof(int16_t) * NAS_LANES * fe->size);
  for (int i = 0, place = 0; i < window; i += 2, place = nas_next_place(place, fe->size / 2)) {
    for (int j = i; j < i + 2 && j < window; ++j) {
      int16_t* to = x + (2 * place + (j - i)) * NAS_LANES;
      for (int lane = 0; lane < NAS_LANES; ++lane) to[lane] = frames[lane][j];
      const int32_t s = (NAS_LOAD(to) * fe->taper[j]) >> 12;
      NAS_STORE(to, s);
      loudest |= (s ^ (s >> 31)) - (s >> 31);
    }
  }
  int32_t scale;
  for (int lane = 0; lane < NAS_LANES; ++lane) {
    // The absolute value of -32768 does not fit into 16 bits; upstream it counts as no sample at all.
    const int shift = 15 - nas_bits((uint32_t)loudest & 0x7fff);
    scale = (int32_t)1 << shift;
    shifts[lane] = (uint8_t)shift;
  }
  for (int i = 0; i < size * NAS_LANES; i += NAS_LANES) NAS_STORE(x + i, NAS_LOAD(x + i) * scale);
}
#endif

// The innermost stage, if the number of pairs is no power of four.
static inline void nas_radix_2(int16_t* x, int pairs) {
  for (int i = 0; i < pairs; i += 2, x += 4 * NAS_LANES) {
    const nas_complex a = nas_load(x, NAS_HALF), b = nas_load(x + 2 * NAS_LANES, NAS_HALF);
    nas_store(x, a.r + b.r, a.i + b.i);
    nas_store(x + 2 * NAS_LANES, a.r - b.r, a.i - b.i);
  }
}

// One stage: groups of four pairs that are `leg` apart become four others.
static inline void nas_radix_4(const nas_front_end* fe, int16_t* x, int leg) {
  const int pairs = fe->size / 2, stride = pairs / (4 * leg), step = 2 * leg * NAS_LANES;
  for (int u = 0; u < leg; ++u) {
    const NAS_FLASH int16_t* w = fe->twiddles;
    const int32_t r1 = w[2 * u * stride], i1 = w[2 * u * stride + 1];
    const int32_t r2 = w[4 * u * stride], i2 = w[4 * u * stride + 1];
    const int32_t r3 = w[6 * u * stride], i3 = w[6 * u * stride + 1];
    int16_t* p = x + 2 * u * NAS_LANES;
    for (int block = 0; block < stride; ++block, p += 4 * step) {
      const nas_complex a = nas_load(p, NAS_QUARTER);
      nas_complex b = nas_load(p + step, NAS_QUARTER), c = nas_load(p + 2 * step, NAS_QUARTER);
      nas_complex d = nas_load(p + 3 * step, NAS_QUARTER);
      if (u > 0) {  // a product with the first twiddle, 32767, changes nothing
        b = nas_multiply(b, r1, i1);
        c = nas_multiply(c, r2, i2);
        d = nas_multiply(d, r3, i3);
      }
      const nas_complex sum = {a.r + c.r, a.i + c.i}, difference = {a.r - c.r, a.i - c.i};
      const nas_complex odd_sum = {b.r + d.r, b.i + d.i}, odd_difference = {b.r - d.r, b.i - d.i};
      nas_store(p, sum.r + odd_sum.r, sum.i + odd_sum.i);
      nas_store(p + step, difference.r + odd_difference.i, difference.i - odd_difference.r);
      nas_store(p + 2 * step, sum.r - odd_sum.r, sum.i - odd_sum.i);
      nas_store(p + 3 * step, difference.r - odd_difference.i, difference.i + odd_difference.r);
    }
  }
}

// Separates the spectra of even and odd samples, which were transformed as real and imaginary parts, and joins them.
static inline void nas_split(const nas_front_end* fe, int16_t* x) {
  const int pairs = fe->size / 2;
  const nas_complex first = nas_load(x, NAS_HALF);
  const lanes zero = {0};
  nas_store(x, first.r + first.i, zero);
  nas_store(x + fe->size * NAS_LANES, first.r - first.i, zero);
  const NAS_FLASH int16_t* w = fe->split_twiddles;
  for (int k = 1; k <= pairs / 2; ++k, w += 2) {
    int16_t *low = x + 2 * k * NAS_LANES, *high = x + 2 * (pairs - k) * NAS_LANES;
    const nas_complex a = nas_load(low, NAS_HALF);
    const lanes r = NAS_LOAD(high);
    const lanes i = nas_wrap(-NAS_LOAD(high + NAS_LANES));  // -(-32768) does not fit
    const nas_complex b = {nas_scaled(r, NAS_HALF), nas_scaled(i, NAS_HALF)};
    const nas_complex sum = {a.r + b.r, a.i + b.i};
    nas_complex t = {a.r - b.r, a.i - b.i};
    t = nas_multiply(t, w[0], w[1]);
    t.r = nas_wrap(t.r), t.i = nas_wrap(t.i);
    nas_store(low, nas_half_sum(sum.r, t.r), nas_half_sum(sum.i, t.i));
    nas_store(high, nas_half_difference(sum.r, t.r), nas_half_difference(t.i, sum.i));
  }
}

// Turns samples that `nas_window` wrote into a spectrum in place: size / 2 + 1 pairs, divided by `size`.
static inline void nas_transform(const nas_front_end* fe, int16_t* x) {
  const int pairs = fe->size / 2;
  int leg = 1;
  if (fe->log2_size % 2 == 0) nas_radix_2(x, pairs), leg = 2;
  for (; leg < pairs; leg *= 4) nas_radix_4(fe, x, leg);
  nas_split(fe, x);
}

#if NAS_LANES == 1
// Walks over the bands of a spectrum.
typedef struct {
  const int16_t* x;                   // the next bin
  const NAS_FLASH uint16_t* weights;  // its weight
  const NAS_FLASH uint16_t* widths;   // of the next band
  uint64_t rest[NAS_LANES];
} nas_bands;

// Writes the weighted energies of the next band.
static inline void nas_next_band(nas_bands* at, uint64_t energies[NAS_LANES]) {
  uint64_t whole[NAS_LANES] = {0}, weighted[NAS_LANES] = {0}, extra[NAS_LANES] = {0};
  for (int left = *at->widths++; left > 0;) {
    // Sums of up to 8 products of 13 and 16 bits fit into 32.
    uint32_t low = {0}, high = {0}, low_product = {0}, high_product = {0};
    const int count = left < 8 ? left : 8;
    for (int bin = 0; bin < count; ++bin, at->x += 2 * NAS_LANES) {
      const lanes r = NAS_LOAD(at->x), i = NAS_LOAD(at->x + NAS_LANES);
      const uint32_t energy = (uint32_t)(r * r) + (uint32_t)(i * i);
      const uint32_t weight = *at->weights++;
      low += energy & 0xffff;
      high += energy >> 16;
      low_product += (energy & 0xffff) * (weight >> 1);
      high_product += (energy >> 16) * (weight >> 1);
      if (weight & 1) extra[0] += energy;
    }
    left -= count;
    whole[0] += low + ((uint64_t)high << 16);
    weighted[0] += low_product + ((uint64_t)high_product << 16);
  }
  for (int lane = 0; lane < NAS_LANES; ++lane) {
    energies[lane] = weighted[lane] + at->rest[lane];
    at->rest[lane] = (whole[lane] << 12) - weighted[lane] + extra[lane];
  }
}

// Begins behind the part of the first band that belongs to no channel.
static inline nas_bands nas_first_band(const nas_front_end* fe, const int16_t* x) {
  nas_bands at = {x + 2 * fe->first_bin * NAS_LANES, fe->weights, fe->widths, {0}};
  uint64_t dropped[NAS_LANES];
  nas_next_band(&at, dropped);
  return at;
}
#endif
