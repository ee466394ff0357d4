// Runs many networks, each with a probe between its calls and as it is, and prints the ticks of each call, those of an
// inference, and its stack. `batch.h` lists the networks.
#include "cores.h"

typedef void network(const int8_t* input, int8_t* output);
#include "batch.h"
#if defined(__AVR__)
extern uint8_t __heap_start;
#define STACK_BOTTOM (&__heap_start)
#define TICKS_MASK 0xffffffffu
#define STACK_BYTES 1500
#else
extern uint8_t stack_bottom;
#define STACK_BOTTOM (&stack_bottom)
#define STACK_BYTES 8000
#if defined(__arm__)
#define TICKS_MASK 0xffffffu
#else
#define TICKS_MASK 0xffffffffu
#endif
#endif

static int8_t input[INPUT_BYTES], output[OUTPUT_BYTES];
static uint32_t sums[MOST_STEPS], last;
static int step;

// Adds the ticks since the last probe to those of the call in between.
void probe(void);
void probe(void) {
  const uint32_t now = ticks();
  if (step) sums[step - 1] += (now - last) & TICKS_MASK;
  ++step;
  last = ticks();
}

static void put_numbers(const char* name, const uint32_t* values, int count) {
  put(name);
  for (int i = 0; i < count; ++i) {
    char text[12] = {0};
    uint32_t value = values[i];
    int at = 11;
    do text[--at] = (char)('0' + value % 10);
    while (value /= 10);
    put(" ");
    put(text + at);
  }
  put("\n");
}

// Bytes below `top` that an inference has written.
__attribute__((noinline)) static uint32_t stack_of(network* net) {
  uint8_t here, *bottom = STACK_BOTTOM, *top = &here - 64;
  if (top - bottom > STACK_BYTES) bottom = top - STACK_BYTES;
  for (volatile uint8_t* p = bottom; p < top; ++p) *p = 0xa5;
  net(input, output);
  volatile uint8_t* p = bottom;
  while (p < top && *p == 0xa5) ++p;
  return (uint32_t)(&here - (uint8_t*)p);
}

static void fill(void) {
  uint32_t state = 1;
  for (int i = 0; i < INPUT_BYTES; ++i) {
    state = state * 1664525u + 1013904223u;
    input[i] = (int8_t)(state >> 24);
  }
}

static void one(network* net, network* probed) {
  fill();
  for (int i = 0; i < MOST_STEPS; ++i) sums[i] = 0;
  for (int i = 0; i < REPEATS; ++i) {
    step = 0;
    probed(input, output);
    probe();
  }
  put_numbers("steps", sums, step - 1);
  uint32_t total = 0;
  for (int i = 0; i < REPEATS; ++i) {
    const uint32_t begin = ticks();
    net(input, output);
    total += (ticks() - begin) & TICKS_MASK;
  }
  put_numbers("total", &total, 1);
  const uint32_t stack = stack_of(net);
  put_numbers("stack", &stack, 1);
}

int main(void) {
  for (int i = 0; i < (int)(sizeof networks / sizeof networks[0]); ++i) one(networks[i][0], networks[i][1]);
  leave();
  return 0;
}
