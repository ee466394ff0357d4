// The front-end: from 16-bit audio samples to log-mel features, frame by frame, in integers.
//
// Its arithmetic is that of the audio "microfrontend" of TensorFlow (tensorflow/lite/experimental/microfrontend), to
// the bit, with two additions from Silicon Labs' MLTK: a filter that removes the DC part, and the detection of
// activity. It uses neither the heap nor the mathematical library: what needs either is in the tables, which are made
// on the host.
//
//     static nas_front_end_state state = {history, spectrum, noise};
//     nas_front_end_reset(&front_end, &state);
//     while (...) {
//       used = nas_front_end_take(&front_end, &state, samples, count);
//       if (nas_front_end_frame(&front_end, &state, features)) ...
//     }
#ifndef NAS_FRONT_END_H
#define NAS_FRONT_END_H

#include <stddef.h>
#include <stdint.h>

#include "flash.h"

#ifdef __cplusplus
extern "C" {
#endif

// Settings and tables; constants, the tables in flash.
typedef struct {
  uint16_t window;     // samples in a frame
  uint16_t step;       // samples from one frame to the next; at most `window`
  uint16_t size;       // points of the Fourier transform: the least power of two that is not below `window`
  uint16_t channels;   // numbers in a frame of features
  uint16_t first_bin;  // where the first band begins
  uint8_t log2_size;
  const NAS_FLASH int16_t* taper;           // [window], the window function, 1 being 4096
  const NAS_FLASH int16_t* twiddles;        // [3 size / 8] pairs: exp(-2 pi i k / (size / 2)), 1 being 32767
  const NAS_FLASH int16_t* split_twiddles;  // [size / 4] pairs: exp(-pi i (k / (size / 2) + 1/2)), from k = 1
  const NAS_FLASH uint16_t* widths;         // [channels + 1], bins in each band
  // [sum of widths]: twice the share of a bin that belongs to its band, 1 being 4096; the rest belongs to the next
  // band, and one more if the lowest bit is set.
  const NAS_FLASH uint16_t* weights;
  const NAS_FLASH int16_t* gains;  // [125], the curve of the gain control; null without it

  uint8_t noise_reduction;       // whether the mean level of each channel is subtracted
  uint8_t smoothing_bits;        // bits behind the point of mean levels
  uint16_t smoothing[2];         // how fast the mean follows in even and in odd channels, 1 being 16384
  uint16_t min_remaining;        // the share of a level that always remains, 1 being 16384
  uint8_t gain_bits;             // bits behind the point of gains
  uint8_t log;                   // whether features are logarithms
  uint8_t log_shift;             // bits behind the point of logarithms
  uint8_t dc_notch;              // whether the DC part is removed
  uint8_t activity;              // whether activity is detected
  int16_t notch;                 // the pole of the DC filter, 1 being 32768
  uint16_t activity_filters[2];  // the poles of the fast and the slow filter, 1 being 256
  uint16_t activity_arm;         // fast below this share of slow arms the detection, 1 being 4096
  uint16_t activity_trip;        // armed, and fast above this share of slow: activity; 1 being 4096
} nas_front_end;

// What is kept from frame to frame. The caller gives the buffers.
typedef struct {
  int16_t* history;   // [window]
  int16_t* spectrum;  // [size + 2], the work of one frame
  uint32_t* noise;    // [channels], mean levels; null without noise reduction
  uint16_t filled;    // samples in the history
  int16_t notch_input, notch_output;
  uint32_t fast, slow;  // levels of the two filters of activity
  uint8_t armed, active;
} nas_front_end_state;

// Forgets everything that was heard.
void nas_front_end_reset(const nas_front_end* fe, nas_front_end_state* state);

// Returns the next sample without its DC part.
int16_t nas_front_end_without_dc(const nas_front_end* fe, nas_front_end_state* state, int16_t sample);

// Takes samples until a frame is complete; returns how many were taken.
size_t nas_front_end_take(const nas_front_end* fe, nas_front_end_state* state, const int16_t* samples, size_t count);

// If a frame is complete, writes its features [channels] and returns 1, otherwise returns 0. `state->active` then tells
// whether activity was detected; it stays set until `nas_front_end_reset`, or until the caller clears it.
int nas_front_end_frame(const nas_front_end* fe, nas_front_end_state* state, uint16_t* features);

#ifdef __cplusplus
}
#endif

#endif  // NAS_FRONT_END_H
