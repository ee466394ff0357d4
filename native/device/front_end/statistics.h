// Statistics of a stretch of 16-bit samples, in integers.
#ifndef NAS_STATISTICS_H
#define NAS_STATISTICS_H

#include "windows.h"

#ifdef __cplusplus
extern "C" {
#endif

// What can be asked for, and the fixed point of its values.
enum {
  NAS_MEAN = 1,                // 1/16 of a sample's unit
  NAS_RMS = 2,                 // root of the mean square, 1/16
  NAS_DEVIATION = 4,           // root of the mean squared distance from the mean, 1/16
  NAS_MINIMUM = 8,             // 1
  NAS_MAXIMUM = 16,            // 1
  NAS_CREST_FACTOR = 32,       // the greatest absolute sample in RMS, 1/256; 0 for silence
  NAS_ZERO_CROSSINGS = 64,     // how often samples cross their mean
  NAS_PEAKS = 128,             // local maxima more than a deviation above the mean; a flat one counts once
  NAS_SKEWNESS = 256,          // the mean third power of distances in deviations, 1/256; 0 for constant samples
  NAS_KURTOSIS = 512,          // likewise the fourth power: 3 for normally distributed samples
  NAS_STATISTICS = 10,         // how many there are
  NAS_MOST_OF_STRETCH = 16384  // the most samples that no sum overflows for
};

// Writes those statistics of x[0], x[stride], ..., `count` samples from 2 to NAS_MOST_OF_STRETCH, whose bits are in
// `wanted`, in the order of the bits. Returns how many.
int nas_statistics(const int16_t* x, size_t stride, int32_t count, uint32_t wanted, int32_t values[NAS_STATISTICS]);

// The front-end: windows, and the statistics of their frames.
typedef struct {
  nas_windows windows;
  uint32_t wanted;
} nas_statistics_front_end;

// If the window is full, writes its features as the network's input, makes room for the next steps, and returns 1;
// otherwise returns 0.
int nas_statistics_input(const nas_statistics_front_end* fe, size_t* filled, int8_t* input);

#ifdef __cplusplus
}
#endif

#endif  // NAS_STATISTICS_H
