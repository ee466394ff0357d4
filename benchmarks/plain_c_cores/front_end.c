// Runs a front-end on samples whose features are known, and prints features that differ, ticks of all frames but the
// first, and the stack of a frame.
#include "cores.h"
#include "sound.h"
#if !defined(EMPTY)
#include "test_front_end.h"
#endif

extern uint8_t stack_bottom;

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

DEFINE_STACK_OF_ONE(frame(sound), &stack_bottom, 4000)

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
