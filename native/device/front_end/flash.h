// Where the constants of a front-end lie.
//
// An AVR reads flash by instructions of its own, which GNU C (-std=gnu99 and later, as in the Arduino IDE) writes for
// what is declared with `__flash`. In other standards, and in C++, a program copies the constants to RAM at its start.
#ifndef NAS_FLASH_H
#define NAS_FLASH_H

#if defined(__FLASH) && !defined(__STRICT_ANSI__) && !defined(__cplusplus)
#define NAS_FLASH __flash
#else
#define NAS_FLASH
#endif

#endif  // NAS_FLASH_H
