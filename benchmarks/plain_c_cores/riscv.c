// Start-up and services on RISC-V under QEMU: semihosting, and the counter of retired instructions.
#include "cores.h"

int main(void);

static void semihost(int operation, const void* argument) {
  register int a0 __asm__("a0") = operation;
  register const void* a1 __asm__("a1") = argument;
  __asm__ volatile(".option push\n.option norvc\n.balign 16\nslli x0, x0, 0x1f\nebreak\nsrai x0, x0, 7\n.option pop"
                   : "+r"(a0)
                   : "r"(a1)
                   : "memory");
}

void put(const char* text) { semihost(4, text); }

void leave(void) {
  static const uint32_t reason[2] = {0x20026, 0};
  semihost(0x18, (const void*)0x20026);
  semihost(0x20, reason);
  for (;;) {
  }
}

uint32_t ticks(void) {
  uint32_t count;
  __asm__ volatile(".insn i 0x73, 2, %0, x0, -0x4fe" : "=r"(count));  // csrr minstret
  return count;
}

void begin(void) {
  main();
  leave();
}

__asm__(".section .vectors,\"ax\"\n.globl reset\nreset:\nla sp, stack_top\nj begin\n.text");
