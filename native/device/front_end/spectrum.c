#include "spectrum.h"

#include "levels.h"
#include "transform.h"

// Copies samples without their mean.
static void centre(const int16_t* x, size_t stride, int32_t count, int16_t* to) {
  int32_t sum = 0;
  for (int32_t i = 0; i < count; ++i) sum += x[(size_t)i * stride];
  const int32_t mean = nas_floor_divide(sum + count / 2, count);
  for (int32_t i = 0; i < count; ++i, x += stride) {
    const int32_t sample = *x - mean;
    to[i] = (int16_t)(sample < -32768 ? -32768 : sample > 32767 ? 32767 : sample);
  }
}

void nas_spectrum(const nas_front_end* spectrum, const int16_t* x, size_t stride, int16_t* work, int32_t* values) {
  const int16_t* const frames[1] = {work};
  uint8_t shifts[1];
  int16_t* bins = work + spectrum->window;
  centre(x, stride, spectrum->window, work);
  nas_window(spectrum, frames, bins, shifts);
  nas_transform(spectrum, bins);
  nas_bands bands = nas_first_band(spectrum, bins);
  for (int band = 0; band < (int)spectrum->channels; ++band) {
    uint64_t energy[1];
    nas_next_band(&bands, energy);
    const uint32_t level = nas_root(energy[0]) >> shifts[0];
    values[band] = (int32_t)(spectrum->log ? nas_log(level, spectrum->log_shift) : level);
  }
}

int nas_spectrum_input(const nas_spectrum_front_end* fe, size_t* filled, int8_t* input) {
  const nas_windows* w = &fe->windows;
  if (*filled < w->steps) return 0;
  for (size_t frame = 0; frame < w->frames; ++frame) {
    for (size_t channel = 0; channel < w->channels; ++channel) {
      nas_spectrum(&fe->spectrum, nas_windows_frame(w, frame, channel), w->channels, fe->work, fe->values);
      nas_windows_put(w, frame, channel, fe->values, input);
    }
  }
  nas_windows_move(w, filled);
  return 1;
}
