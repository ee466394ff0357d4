#include "base.h"

// For each of `outer`, reduces `reduced` rows of `inner` values to the greatest.
static void reduce_max(const int8_t* in, int8_t* out, int outer, int reduced, int inner) {
  for (int o = 0; o < outer; ++o, in += reduced * inner) {
    for (int i = 0; i < inner; ++i) {
      int8_t most = in[i];
      for (int r = 1; r < reduced; ++r) most = in[r * inner + i] > most ? in[r * inner + i] : most;
      *out++ = most;
    }
  }
}
