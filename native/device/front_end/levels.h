// From the energies of bands to features, channel by channel: root, noise reduction, gain control, logarithm.
#include "flash.h"
#include "front_end.h"
#include "root.h"

// 65536 times log2(1 + i / 128) - i / 128.
static const NAS_FLASH uint16_t nas_log_table[130] = {
    0,    224,  442,  654,  861,  1063, 1259, 1450, 1636, 1817, 1992, 2163, 2329, 2490, 2646, 2797, 2944, 3087, 3224,
    3358, 3487, 3611, 3732, 3848, 3960, 4068, 4172, 4272, 4368, 4460, 4549, 4633, 4714, 4791, 4864, 4934, 5001, 5063,
    5123, 5178, 5231, 5280, 5326, 5368, 5408, 5444, 5477, 5507, 5533, 5557, 5578, 5595, 5610, 5622, 5631, 5637, 5640,
    5641, 5638, 5633, 5626, 5615, 5602, 5586, 5568, 5547, 5524, 5498, 5470, 5439, 5406, 5370, 5332, 5291, 5249, 5203,
    5156, 5106, 5054, 5000, 4944, 4885, 4825, 4762, 4697, 4630, 4561, 4490, 4416, 4341, 4264, 4184, 4103, 4020, 3935,
    3848, 3759, 3668, 3575, 3481, 3384, 3286, 3186, 3084, 2981, 2875, 2768, 2659, 2549, 2437, 2323, 2207, 2090, 1971,
    1851, 1729, 1605, 1480, 1353, 1224, 1094, 963,  830,  695,  559,  421,  282,  142,  0,    0,
};

// Follows the mean of a channel's level, and subtracts it.
static inline uint32_t nas_reduce_noise(const nas_front_end* fe, uint32_t* mean, int channel, uint32_t level) {
  const uint32_t scaled = level << fe->smoothing_bits;
  const int64_t apart = (int64_t)scaled - *mean;
  *mean += (uint32_t)(apart * fe->smoothing[channel & 1] >> 14);
  const uint32_t least = (uint32_t)(((uint64_t)level * fe->min_remaining) >> 14);
  const uint32_t reduced = scaled > *mean ? (scaled - *mean) >> fe->smoothing_bits : 0;
  return reduced > least ? reduced : least;
}

// The gain at a mean level, from a curve of parabolas: one for each power of two.
static inline int32_t nas_gain(const NAS_FLASH int16_t* gains, uint32_t mean) {
  if (mean <= 2) return gains[mean];
  const int bits = nas_bits(mean);
  const NAS_FLASH int16_t* t = gains + 4 * bits - 6;
  const int32_t at = (int32_t)((bits < 11 ? mean << (11 - bits) : mean >> (bits - 11)) & 1023);
  const uint32_t slope = (uint32_t)((t[2] * at) >> 5) + (uint32_t)t[1] * 32u;
  return (int16_t)(((int32_t)(slope * (uint32_t)at + 16384u) >> 15) + t[0]);
}

// Divides a level by a power of its mean: quiet channels are made louder (per-channel amplitude normalization).
static inline uint32_t nas_control_gain(const nas_front_end* fe, uint32_t mean, uint32_t level) {
  const int shift = fe->gain_bits - (fe->log2_size - 6) - 12;
  const uint32_t ratio = (uint32_t)(((uint64_t)level * (uint32_t)nas_gain(fe->gains, mean)) >> shift);
  return ratio < 8192 ? (ratio * ratio) >> 20 : (ratio >> 6) - 64;
}

// The natural logarithm.
static inline uint32_t nas_log(uint32_t level, int shift) {
  if (level <= 1) return 0;
  const int whole = nas_bits(level) - 1;
  const uint32_t beyond = level - ((uint32_t)1 << whole);
  const uint32_t part = whole < 16 ? beyond << (16 - whole) : beyond >> (whole - 16), segment = part >> 9;
  // Upstream shifts by 16, where 9 would interpolate; that is kept.
  const int32_t step = (int32_t)nas_log_table[segment + 1] - nas_log_table[segment];
  const int32_t between = (step * (int32_t)(part & 511)) >> 16;
  const uint32_t log2 = ((uint32_t)whole << 16) + part + nas_log_table[segment] + (uint32_t)between;
  const uint32_t natural = (uint32_t)(((uint64_t)log2 * 45426 + 32768) >> 16);
  return ((natural << shift) + 32768) >> 16;
}

// The feature of a channel, from the level behind `nas_root`.
static inline uint16_t nas_feature(const nas_front_end* fe, uint32_t* noise, int channel, uint32_t level) {
  const int correction = fe->log2_size - 6;
  uint32_t mean = 0;
  if (fe->noise_reduction) {
    level = nas_reduce_noise(fe, noise + channel, channel, level);
    mean = noise[channel];
  }
  if (fe->gains) level = nas_control_gain(fe, mean, level);
  if (fe->log) level = nas_log(correction < 0 ? level >> -correction : level << correction, fe->log_shift);
  return (uint16_t)(level < 65535 ? level : 65535);
}
