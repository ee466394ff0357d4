// The energies of a stretch of 16-bit samples in bands of frequency, by the Fourier transform of the front-end for
// sound.
#ifndef NAS_SPECTRUM_H
#define NAS_SPECTRUM_H

#include "front_end.h"
#include "windows.h"

#ifdef __cplusplus
extern "C" {
#endif

// The samples of `work`.
#define NAS_SPECTRUM_WORK(window, size) ((window) + (size) + 2)

// Writes the bands [channels] of x[0], x[stride], ..., `window` samples, without their mean: the root of a band's
// energy, 64 being the unit of samples divided by `size`; or, with `log`, its natural logarithm with `log_shift` bits
// behind the point, at least 0.
//
// Of `spectrum`, window, size, channels, bands, tables of the transform and log are used.
void nas_spectrum(const nas_front_end* spectrum, const int16_t* x, size_t stride, int16_t* work, int32_t* values);

// The front-end: windows, the spectrum of their frames, and the work of a frame, which the caller gives.
typedef struct {
  nas_windows windows;
  nas_front_end spectrum;
  int16_t* work;    // NAS_SPECTRUM_WORK(window, size) of `spectrum`
  int32_t* values;  // [channels] of `spectrum`
} nas_spectrum_front_end;

// If the window is full, writes its features as the network's input, makes room for the next steps, and returns 1;
// otherwise returns 0.
int nas_spectrum_input(const nas_spectrum_front_end* fe, size_t* filled, int8_t* input);

#ifdef __cplusplus
}
#endif

#endif  // NAS_SPECTRUM_H
