// Runs a front-end on samples whose features are known, and prints features that differ, ticks of all frames but the
// first, and the stack of a frame.
#include "cores.h"
#include "sound.h"
#if !defined(EMPTY)
#include "test_front_end.h"
#endif

extern uint8_t stack_bottom;

static void put_number(const char* name, uint32_t value) {
  char text[12] = {0};
  int at = 11;
  do text[--at] = (char)('0' + value % 10);
  while (value /= 10);
  put(name);
  put(text + at);
  put("\n");
}

static uint16_t features[CHANNELS];
#if defined(COEFFICIENTS)
static int16_t numbers[COEFFICIENTS];
#else
static uint16_t* const numbers = features;
#endif

// Takes samples up to the next frame, whose features it computes.
__attribute__((noinline)) static const int16_t* frame(const int16_t* at) {
#if defined(EMPTY)
  __asm__ volatile("" : "+r"(at) : "r"(features) : "memory");
  return at;
#else
  const nas_front_end* fe = &test_front_end;
  at += nas_front_end_take(fe, &test_front_end_state, at, (size_t)(fe->window - test_front_end_state.filled));
  nas_front_end_frame(fe, &test_front_end_state, features);
#if defined(COEFFICIENTS)
  nas_cepstral_coefficients(&test_cepstrum, features, numbers);
#endif
  return at;
#endif
}

__attribute__((noinline)) static uint32_t stack_of_one(void) {
  uint8_t here, *bottom = &stack_bottom, *top = &here - 64;
  if (top - bottom > 4000) bottom = top - 4000;
  for (volatile uint8_t* p = bottom; p < top; ++p) *p = 0xa5;
  frame(sound);
  volatile uint8_t* p = bottom;
  while (p < top && *p == 0xa5) ++p;
  return (uint32_t)(&here - (uint8_t*)p);
}

int main(void) {
  uint32_t different = 0, spent = 0;
  const int16_t* at = sound;
#if !defined(EMPTY)
  nas_front_end_reset(&test_front_end, &test_front_end_state);
#endif
  for (int i = 0; i < FRAMES; ++i) {
    const uint32_t begin = ticks();
    at = frame(at);
    if (i > 0) spent += ticks() - begin;
    for (int n = 0; n < NUMBERS; ++n) different += numbers[n] != expected[i * NUMBERS + n];
  }
  put_number("different ", different);
  put_number("ticks ", spent);
  put_number("stack ", stack_of_one());
  leave();
  return 0;
}
