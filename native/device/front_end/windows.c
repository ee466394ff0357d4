#include "windows.h"

int16_t nas_windows_sample(const nas_windows* w, float value, size_t channel) {
  return nas_sample(value, w->fraction_bits[channel]);
}

size_t nas_windows_take(const nas_windows* w, size_t* filled, const int16_t* samples, size_t steps) {
  const size_t room = w->steps - *filled, taken = steps < room ? steps : room;
  memcpy(w->window + *filled * w->channels, samples, taken * w->channels * sizeof(int16_t));
  *filled += taken;
  return taken;
}

void nas_windows_put(const nas_windows* w, size_t frame, size_t channel, const int32_t* values, int8_t* input) {
  input += frame * w->values * w->channels;
  for (size_t i = 0, at = channel; i < w->values; ++i, at += w->channels) {
    const int64_t value = (values[i] * w->mul[at] + w->add[at]) >> 32;
    input[at] = (int8_t)(value < -128 ? -128 : value > 127 ? 127 : value);
  }
}

void nas_windows_move(const nas_windows* w, size_t* filled) {
  *filled = (size_t)(w->steps - w->hop);
  memmove(w->window, w->window + w->hop * w->channels, *filled * w->channels * sizeof(int16_t));
}
