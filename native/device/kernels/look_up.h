#include "base.h"

// Replaces each value by its entry in a table of 256, which begins with that of -128. The output may be the input.
static void look_up(const int8_t* in, int8_t* out, int count, const int8_t* table) {
  for (int i = 0; i < count; ++i) out[i] = NAS_INT8(table + 128 + in[i]);
}
