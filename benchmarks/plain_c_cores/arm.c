// Start-up and services on Arm Cortex-M under QEMU: semihosting, and SysTick, which counts instructions under -icount.
#include "cores.h"

extern uint32_t stack_top, data_load, data_begin, data_end, bss_begin, bss_end;
int main(void);

static void semihost(int operation, const void* argument) {
  register int r0 __asm__("r0") = operation;
  register const void* r1 __asm__("r1") = argument;
  __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
}

void put(const char* text) { semihost(4, text); }

void leave(void) {
  semihost(0x18, (const void*)0x20026);
  for (;;) {
  }
}

// SysTick counts down from 2^24 - 1.
uint32_t ticks(void) { return 0xffffffu - *(volatile uint32_t*)0xe000e018; }

// Without memcpy and memset, so that they count with a network that needs them.
__attribute__((optimize("no-tree-loop-distribute-patterns"))) void reset(void) {
  for (uint32_t *to = &data_begin, *from = &data_load; to < &data_end;) *to++ = *from++;
  for (uint32_t* to = &bss_begin; to < &bss_end;) *to++ = 0;
  *(volatile uint32_t*)0xe000e014 = 0xffffffu;
  *(volatile uint32_t*)0xe000e010 = 5;
  main();
  leave();
}

__attribute__((section(".vectors"), used))
const void* const vectors[] = {&stack_top, (const void*)reset, (const void*)leave, (const void*)leave};
