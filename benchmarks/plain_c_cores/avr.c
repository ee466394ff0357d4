// Services on AVR under simavr: the serial port, and timer 1, which counts cycles.
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/sleep.h>

#include "cores.h"

static volatile uint16_t overflows;
ISR(TIMER1_OVF_vect) { ++overflows; }

void put(const char* text) {
  UCSR0B = 1 << TXEN0;
  for (; *text; ++text) {
    while (!(UCSR0A & (1 << UDRE0))) {
    }
    UDR0 = (uint8_t)*text;
  }
}

void leave(void) {
  cli();
  sleep_enable();
  sleep_cpu();  // simavr ends when the processor sleeps without interrupts
  for (;;) {
  }
}

uint32_t ticks(void) {
  if (!TCCR1B) {
    TIMSK1 = 1 << TOIE1;
    TCCR1B = 1 << CS10;
    sei();
  }
  cli();
  uint16_t low = TCNT1, high = overflows;
  if ((TIFR1 & (1 << TOV1)) && low < 0x8000) ++high;
  sei();
  return (uint32_t)high << 16 | low;
}
