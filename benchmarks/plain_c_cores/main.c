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

DEFINE_STACK_OF_ONE(net_invoke(input, output), STACK_BOTTOM, 8000)

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
