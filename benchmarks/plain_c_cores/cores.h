// What each core gives to the benchmark.
#include <stdint.h>

void put(const char* text);
void leave(void);
uint32_t ticks(void);

static inline void put_number(const char* name, uint32_t value) {
  char text[12] = {0};
  int at = 11;
  do text[--at] = (char)('0' + value % 10);
  while (value /= 10);
  put(name);
  put(text + at);
  put("\n");
}

// Defines `stack_of_one`: how many bytes above `lowest`, and at most `most`, one `call` writes on the stack.
#define DEFINE_STACK_OF_ONE(call, lowest, most)                    \
  __attribute__((noinline)) static uint32_t stack_of_one(void) {   \
    uint8_t here, *bottom = (lowest), *top = &here - 64;           \
    if (top - bottom > (most)) bottom = top - (most);              \
    for (volatile uint8_t* p = bottom; p < top; ++p) *p = 0xa5;    \
    call;                                                          \
    volatile uint8_t* p = bottom;                                  \
    while (p < top && *p == 0xa5) ++p;                             \
    return (uint32_t)(&here - (uint8_t*)p);                        \
  }
