// Runs a network on rows whose answers are known, and prints rows that differ, ticks of one inference, and its stack.
#include <string.h>

#include "cores.h"
#include "net.h"
#include "rows.h"
#if defined(__AVR__)
#include <avr/pgmspace.h>
extern uint8_t __heap_start;
#define STACK_BOTTOM (&__heap_start)
#else
#define memcpy_P memcpy
extern uint8_t stack_bottom;
#define STACK_BOTTOM (&stack_bottom)
#endif

#if defined(EMPTY)
void net_invoke(const int8_t* input, int8_t* output) { __asm__ volatile("" : : "r"(input), "r"(output) : "memory"); }
#endif

static int8_t input[NET_INPUT_BYTES], output[NET_OUTPUT_BYTES], expected[NET_OUTPUT_BYTES];

static void put_number(const char* name, uint32_t value) {
  char text[12] = {0};
  int at = 11;
  do text[--at] = (char)('0' + value % 10);
  while (value /= 10);
  put(name);
  put(text + at);
  put("\n");
}

// Bytes below `top` that an inference has written.
__attribute__((noinline)) static uint32_t stack_of_one(void) {
  uint8_t here, *bottom = STACK_BOTTOM, *top = &here - 64;
  if (top - bottom > 8000) bottom = top - 8000;
  for (volatile uint8_t* p = bottom; p < top; ++p) *p = 0xa5;
  net_invoke(input, output);
  volatile uint8_t* p = bottom;
  while (p < top && *p == 0xa5) ++p;
  return (uint32_t)(&here - (uint8_t*)p);
}

int main(void) {
  uint32_t different = 0, begin, rest;
  for (int row = 0; row < ROWS; ++row) {
    memcpy_P(input, rows[row], NET_INPUT_BYTES);
    memcpy_P(expected, answers[row], NET_OUTPUT_BYTES);
    net_invoke(input, output);
    different += memcmp(output, expected, NET_OUTPUT_BYTES) != 0;
  }
  begin = ticks();
  for (int i = 0; i < REPEATS; ++i) net_invoke(input, output);
  rest = ticks() - begin;
  put_number("different ", different);
  put_number("ticks ", rest);
  put_number("stack ", stack_of_one());
  leave();
  return 0;
}
