// From windows of sensor samples to a network's input: what the front-ends of such windows have in common.
//
// A window is a row of 16-bit samples, [steps, channels]; a value in its units is brought to them by a power of two.
// Frames of each channel become values in fixed point, and each value an int8 of the input. No heap, no mathematical
// library, no floating point.
#ifndef NAS_WINDOWS_H
#define NAS_WINDOWS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "flash.h"

#ifdef __cplusplus
extern "C" {
#endif

// Settings; constants, whose tables stay in flash.
typedef struct {
  uint16_t steps, channels;               // of a window
  uint16_t hop;                           // steps from one window to the next
  uint16_t frames;                        // of a window
  uint16_t length, step;                  // steps of a frame, and from one to the next
  uint16_t values;                        // of a frame and channel
  const NAS_FLASH int8_t* fraction_bits;  // [channels]: a value in units times 2 to the power of this is a sample
  // [values, channels]: what turns a value into the network's input, (value * mul + add) >> 32.
  const NAS_FLASH int64_t *mul, *add;
  int16_t* window;  // [steps, channels], which the caller gives: the newest steps, the oldest first
} nas_windows;

// The sample nearest to a value that has so many bits behind the point, of two the one that is farther from 0; those
// beyond 16 bits become the outermost ones. Many cores have no floating point: this reads the bits of IEEE 754.
static inline int16_t nas_sample(float value, int fraction_bits) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  const int below = 150 - (int)(bits >> 23 & 255) - fraction_bits;  // bits of the significand behind the point
  const int32_t significand = (int32_t)((bits & 0x7fffff) | 0x800000);
  int32_t size = 32768;
  if (below > 24) {
    size = 0;
  } else if (below > 8) {
    size = (significand + ((int32_t)1 << (below - 1))) >> below;
  }
  if (bits >> 31) return (int16_t)-size;
  return (int16_t)(size < 32767 ? size : 32767);
}

// a / b, rounded down; b is above 0.
static inline int32_t nas_floor_divide(int32_t a, int32_t b) { return a / b - (a % b < 0); }

// A value in units as a sample of its channel.
int16_t nas_windows_sample(const nas_windows* w, float value, size_t channel);

// Takes samples until the window is full; `filled` are the steps that it has. Returns the steps that were taken.
size_t nas_windows_take(const nas_windows* w, size_t* filled, const int16_t* samples, size_t steps);

// The first sample of a frame.
static inline const int16_t* nas_windows_frame(const nas_windows* w, size_t frame, size_t channel) {
  return w->window + frame * w->step * w->channels + channel;
}

// Writes a frame's values of a channel to the input.
void nas_windows_put(const nas_windows* w, size_t frame, size_t channel, const int32_t* values, int8_t* input);

// Makes room for the next steps.
void nas_windows_move(const nas_windows* w, size_t* filled);

#ifdef __cplusplus
}
#endif

#endif  // NAS_WINDOWS_H
