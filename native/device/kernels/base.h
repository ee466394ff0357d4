// What the kernels share: types, and constants in flash where the processor reads flash by instructions of its own.
#include <stdint.h>
#include <string.h>

#if defined(__AVR__)
#include <avr/pgmspace.h>
#define NAS_FLASH PROGMEM
#define NAS_INT8(address) ((int8_t)pgm_read_byte(address))
#define NAS_UINT8(address) ((uint8_t)pgm_read_byte(address))
#define NAS_INT32(address) ((int32_t)pgm_read_dword(address))
#define NAS_COPY(to, from) memcpy_P(&(to), from, sizeof(to))
#else
#define NAS_FLASH
#define NAS_INT8(address) (*(address))
#define NAS_UINT8(address) (*(address))
#define NAS_INT32(address) (*(address))
#define NAS_COPY(to, from) ((to) = *(from))
#endif

// A core that takes much code for a product has it once, as a function of its own.
#if defined(__riscv) && !defined(__riscv_mul)
#define NAS_NO_MULTIPLIER 1
#endif
#if defined(__ARM_ARCH_6M__) || defined(NAS_NO_MULTIPLIER)
#define NAS_PRODUCT_FUNCTION static __attribute__((noinline))
#else
#define NAS_PRODUCT_FUNCTION static inline
#endif
