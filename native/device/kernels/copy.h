#include "size.h"

// A block of bytes with up to four sides, and the steps in bytes along them in the input and in the output.
typedef struct {
  nas_size sides[4], in_steps[4], out_steps[4];
} copy_shape;

static void copy(const copy_shape* shape, const int8_t* in, int8_t* out) {
  copy_shape s;
  NAS_COPY(s, shape);
  for (int i = 0; i < s.sides[0]; ++i) {
    for (int j = 0; j < s.sides[1]; ++j) {
      for (int k = 0; k < s.sides[2]; ++k) {
        const int8_t* from = in + i * s.in_steps[0] + j * s.in_steps[1] + k * s.in_steps[2];
        int8_t* to = out + i * s.out_steps[0] + j * s.out_steps[1] + k * s.out_steps[2];
        for (int l = 0; l < s.sides[3]; ++l) to[l * s.out_steps[3]] = from[l * s.in_steps[3]];
      }
    }
  }
}
