#include "front_end.h"

#include "levels.h"
#include "transform.h"

void nas_front_end_reset(const nas_front_end* fe, nas_front_end_state* state) {
  if (state->noise) memset(state->noise, 0, sizeof(uint32_t) * fe->channels);
  state->filled = 0;
  state->notch_input = state->notch_output = 0;
  state->fast = state->slow = 0;
  state->armed = state->active = 0;
}

int16_t nas_front_end_without_dc(const nas_front_end* fe, nas_front_end_state* state, int16_t sample) {
  const int32_t change = (int16_t)((int32_t)sample - state->notch_input);
  const int32_t kept = (((int32_t)fe->notch * state->notch_output >> 14) + 1) >> 1;
  state->notch_input = sample;
  state->notch_output = (int16_t)(change + kept);
  return state->notch_output;
}

size_t nas_front_end_take(const nas_front_end* fe, nas_front_end_state* state, const int16_t* samples, size_t count) {
  const size_t room = (size_t)(fe->window - state->filled), taken = count < room ? count : room;
  int16_t* to = state->history + state->filled;
  if (fe->dc_notch) {
    for (size_t i = 0; i < taken; ++i) to[i] = nas_front_end_without_dc(fe, state, samples[i]);
  } else {
    memcpy(to, samples, taken * sizeof(int16_t));
  }
  state->filled = (uint16_t)(state->filled + taken);
  return taken;
}

// Two filters follow the mean level, one faster than the other. Activity is a rise of the fast one after a fall.
static void watch(const nas_front_end* fe, nas_front_end_state* state, uint32_t sum) {
  uint32_t* const filters[2] = {&state->fast, &state->slow};
  const uint32_t level = sum >> nas_bits(fe->channels - 1u);
  for (int i = 0; i < 2; ++i) {
    const uint32_t pole = fe->activity_filters[i];
    *filters[i] = (uint32_t)(((((uint64_t)(256 - pole) * level + (uint64_t)pole * *filters[i]) >> 7) + 1) >> 1);
  }
  if (state->fast < (uint32_t)(((uint64_t)state->slow * fe->activity_arm) >> 12)) state->armed = 1;
  if (state->armed && state->fast > (uint32_t)(((uint64_t)state->slow * fe->activity_trip) >> 12)) state->active = 1;
}

int nas_front_end_frame(const nas_front_end* fe, nas_front_end_state* state, uint16_t* features) {
  if (state->filled < fe->window) return 0;
  const int16_t* const frames[1] = {state->history};
  uint8_t shifts[1];
  nas_window(fe, frames, state->spectrum, shifts);
  state->filled = (uint16_t)(fe->window - fe->step);
  memmove(state->history, state->history + fe->step, sizeof(int16_t) * state->filled);

  nas_transform(fe, state->spectrum);
  nas_bands bands = nas_first_band(fe, state->spectrum);
  uint32_t sum = 0;
  for (int channel = 0; channel < (int)fe->channels; ++channel) {
    uint64_t energy[1];
    nas_next_band(&bands, energy);
    const uint32_t level = nas_root(energy[0]) >> shifts[0];
    sum += level;
    features[channel] = nas_feature(fe, state->noise, channel, level);
  }
  if (fe->activity) watch(fe, state, sum);
  return 1;
}
