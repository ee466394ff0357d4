// What each core gives to the benchmark.
#include <stdint.h>

void put(const char* text);
void leave(void);
uint32_t ticks(void);
