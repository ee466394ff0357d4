// Runs a front-end of windows on values whose input of the network is known, and prints inputs that differ, ticks of a
// window, and its stack.
#include <stddef.h>

#include "cores.h"
#include "window.h"
#if !defined(EMPTY)
#include "test_front_end.h"
#endif

extern uint8_t stack_bottom;

// Without the front-end, calls do nothing that a compiler could foresee.
#if defined(EMPTY)
#define input ((int8_t*)expected)
static inline int16_t test_sample(float value, size_t channel) {
  __asm__ volatile("" : : "r"(value));
  return (int16_t)channel;
}
#define test_front_end_reset()
#define test_front_end_take(samples, steps) __asm__ volatile("" : : "r"(samples) : "memory")
#define test_front_end_input(input) __asm__ volatile("" : : "r"(input) : "memory")
#else
static int8_t input[INPUT_BYTES];
#endif

// Not constant, so that the loops have the same code for all windows.
static volatile uint16_t all_steps = STEPS, all_channels = CHANNELS, all_bytes = INPUT_BYTES;

// From values in units to the network's input.
__attribute__((noinline)) static void window(const float* at) {
  const uint16_t steps = all_steps, channels = all_channels;
  test_front_end_reset();
  for (int step = 0; step < steps; ++step) {
    int16_t samples[8];
    for (size_t channel = 0; channel < channels; ++channel, ++at) samples[channel] = test_sample(*at, channel);
    test_front_end_take(samples, 1);
  }
  test_front_end_input(input);
}

DEFINE_STACK_OF_ONE(window(values), &stack_bottom, 4000)

int main(void) {
  uint32_t different = 0, spent = 0;
  const float* at = values;
  const int8_t* right = expected;
  const uint16_t bytes = all_bytes;
  for (int i = 0; i < WINDOWS; ++i) {
    const uint32_t begin = ticks();
    window(at);
    spent += (ticks() - begin) & 0xffffff;  // a counter of 24 bits
    for (int j = 0; j < bytes; ++j) different += input[j] != *right++;
    at += all_steps * all_channels;
  }
  put_number("different ", different);
  put_number("ticks ", spent);
  put_number("stack ", stack_of_one());
  leave();
  return 0;
}
