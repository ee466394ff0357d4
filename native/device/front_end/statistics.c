#include "statistics.h"

#include "root.h"

// What one pass over the samples finds.
typedef struct {
  int32_t sum, least, greatest;
  uint64_t squares;
} sums;

static sums sums_of(const int16_t* x, size_t stride, int32_t count) {
  sums s = {0, x[0], x[0], 0};
  for (int32_t i = 0; i < count; ++i, x += stride) {
    const int32_t sample = *x;
    s.sum += sample;
    s.squares += (uint32_t)(sample * sample);
    if (sample < s.least) s.least = sample;
    if (sample > s.greatest) s.greatest = sample;
  }
  return s;
}

// The mean in 1/16 or 1/256.
static int32_t mean_of(const sums* s, int32_t count, int32_t unit) {
  const int32_t whole = nas_floor_divide(s->sum, count);
  return unit * whole + (unit * (s->sum - whole * count) + count / 2) / count;
}

// The deviation in 1/256.
static uint32_t deviation_of(const sums* s, uint32_t count) {
  const uint64_t spread = count * s->squares - (uint64_t)((int64_t)s->sum * s->sum);
  const uint64_t mean = spread / count, rest = spread % count;
  return nas_root(((mean << 16) + (rest << 16) / count) / count);
}

// The crest factor in 1/256.
static uint32_t crest_of(const sums* s, uint32_t count) {
  const int32_t peak = s->greatest > -s->least ? s->greatest : -s->least;
  return s->squares == 0 ? 0 : nas_root(((uint64_t)(uint32_t)(peak * peak) * count << 16) / s->squares);
}

static int32_t crossings_of(const int16_t* x, size_t stride, int32_t count, int32_t level) {
  int32_t crossings = 0;
  int above = *x >= level;
  for (int32_t i = 1; i < count; ++i) {
    x += stride;
    const int is_above = *x >= level;
    crossings += is_above != above;
    above = is_above;
  }
  return crossings;
}

static int32_t peaks_of(const int16_t* x, size_t stride, int32_t count, int32_t level) {
  int32_t peaks = 0, last = *x;
  int rising = 0;
  for (int32_t i = 1; i < count; ++i) {
    x += stride;
    if (*x > last) {
      rising = 1;
    } else if (*x < last) {
      peaks += rising && last > level;
      rising = 0;
    }
    last = *x;
  }
  return peaks;
}

// The sums of the third and the fourth powers of distances from the mean in deviations, these in 1/128.
typedef struct {
  int64_t third;
  uint64_t fourth;
} powers;

// Mean and deviation are in 1/256.
static powers powers_of(const int16_t* x, size_t stride, int32_t count, int32_t mean, uint32_t deviation) {
  powers p = {0, 0};
  const int64_t inverse = (int64_t)(((uint64_t)1 << 43) / deviation);
  for (int32_t i = 0; i < count; ++i, x += stride) {
    const int32_t distance = (int32_t)((((int32_t)256 * *x - mean) * inverse + ((int64_t)1 << 35)) >> 36);
    const uint32_t square = (uint32_t)(distance * distance);
    p.third += (int64_t)square * distance;
    p.fourth += (uint64_t)square * square;
  }
  return p;
}

int nas_statistics(const int16_t* x, size_t stride, int32_t count, uint32_t wanted, int32_t values[NAS_STATISTICS]) {
  const sums s = sums_of(x, stride, count);
  const uint32_t samples = (uint32_t)count;
  const uint32_t spread = NAS_DEVIATION | NAS_PEAKS | NAS_SKEWNESS | NAS_KURTOSIS;
  const uint32_t deviation = wanted & spread ? deviation_of(&s, samples) : 0;
  const int32_t mean = mean_of(&s, count, 16), spread_16 = (int32_t)((deviation + 8) >> 4);
  int32_t* to = values;
  if (wanted & NAS_MEAN) *to++ = mean;
  if (wanted & NAS_RMS) *to++ = (int32_t)((nas_root((s.squares << 16) / samples) + 8) >> 4);
  if (wanted & NAS_DEVIATION) *to++ = spread_16;
  if (wanted & NAS_MINIMUM) *to++ = s.least;
  if (wanted & NAS_MAXIMUM) *to++ = s.greatest;
  if (wanted & NAS_CREST_FACTOR) *to++ = (int32_t)crest_of(&s, samples);
  if (wanted & NAS_ZERO_CROSSINGS) *to++ = crossings_of(x, stride, count, -nas_floor_divide(-s.sum, count));
  if (wanted & NAS_PEAKS) *to++ = peaks_of(x, stride, count, nas_floor_divide(mean + spread_16, 16));
  if (wanted & (NAS_SKEWNESS | NAS_KURTOSIS)) {
    const powers none = {0, 0};
    const powers p = deviation ? powers_of(x, stride, count, mean_of(&s, count, 256), deviation) : none;
    if (wanted & NAS_SKEWNESS) *to++ = (int32_t)((p.third / count + 4096) >> 13);
    if (wanted & NAS_KURTOSIS) *to++ = (int32_t)((p.fourth / samples + 524288) >> 20);
  }
  return (int)(to - values);
}

int nas_statistics_input(const nas_statistics_front_end* fe, size_t* filled, int8_t* input) {
  const nas_windows* w = &fe->windows;
  if (*filled < w->steps) return 0;
  for (size_t frame = 0; frame < w->frames; ++frame) {
    for (size_t channel = 0; channel < w->channels; ++channel) {
      int32_t values[NAS_STATISTICS];
      nas_statistics(nas_windows_frame(w, frame, channel), w->channels, w->length, fe->wanted, values);
      nas_windows_put(w, frame, channel, values, input);
    }
  }
  nas_windows_move(w, filled);
  return 1;
}
