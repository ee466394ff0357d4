#include "multiply_high.h"
#include "product.h"
#include "sigmoid_table.h"

// A long short-term memory as TFLM's reference kernel computes it: gates have 12 fractional bits before their sigmoid
// or tanh, and 15 behind it; cells have int16.
typedef struct {
  int steps, inputs, units;
  int out_zero_point, tanh_multiplier, tanh_shift;
  // Of the sums of inputs for four gates, of those of the state, of forgetting, of new values, and of outputs.
  int32_t multipliers[11];
  int8_t shifts[11];
} lstm_shape;

// Returns x times multiplier / 2^(32 + shift), rounded twice; a shift of -1 or less is a factor that may exceed 1.
static int32_t lstm_scaled(int32_t x, int32_t multiplier, int shift) {
  if (shift < 0) return multiply_high((int32_t)((uint32_t)x << (-1 - shift)), multiplier);
  x = multiply_high(x, multiplier);
  return (((x + (x >> 31)) >> shift) + 1) >> 1;
}

static inline int32_t lstm_int16(int32_t x) { return x < -32768 ? -32768 : x > 32767 ? 32767 : x; }

// Returns a value of the table between two entries, `bits` of x behind the entry, with so many more fractional bits.
static inline int32_t lstm_between(uint32_t x, int bits, int32_t most) {
  const uint32_t entry = x >> bits;
  if (entry >= 255) return most;
  const int32_t low = NAS_UINT16(sigmoid_table + entry), high = NAS_UINT16(sigmoid_table + entry + 1);
  return low * ((int32_t)1 << bits) + (int32_t)(x & (((uint32_t)1 << bits) - 1)) * (high - low);
}

static int32_t lstm_sigmoid(int32_t x) {
  x *= 3;
  const int32_t y = lstm_between((uint32_t)(x < 0 ? -x : x), 9, (int32_t)0x7fff << 10);
  return (x < 0 ? ((int32_t)1 << 25) - y + 511 : y + 512) >> 10;
}

// tanh(x) is 2 sigmoid(2 x) - 1.
static int32_t lstm_tanh(int32_t x, int multiplier, int shift) {
  x = (x * multiplier + (shift > 0 ? (int32_t)1 << (shift - 1) : 0)) >> shift;
  const int32_t y = lstm_between((uint32_t)(x < 0 ? -x : x), 8, (int32_t)0xffff << 8) - ((int32_t)1 << 23);
  return (x < 0 ? -y + 127 : y + 128) >> 8;
}

static int32_t lstm_dot(const int8_t* x, const int8_t* weights, int count, int32_t sum) {
  for (int i = 0; i < count; ++i) sum += NAS_PRODUCT(x[i], NAS_INT8(weights + i));
  return sum;
}

// Returns a gate of a unit before its sigmoid or tanh; without a state, it is that of zeros.
static int32_t lstm_gate(const lstm_shape* s, int gate, const int8_t* in, const int8_t* state, const int8_t* weights,
                         const int32_t* bias) {
  int32_t sum = lstm_dot(in, weights, s->inputs, NAS_INT32(bias));
  sum = lstm_int16(lstm_scaled(sum, s->multipliers[gate], s->shifts[gate]));
  if (state == NULL) return sum;
  const int32_t more = lstm_dot(state, weights + s->inputs, s->units, NAS_INT32(bias + 1));
  return lstm_int16(sum + lstm_int16(lstm_scaled(more, s->multipliers[4 + gate], s->shifts[4 + gate])));
}

// The states after each step. For each unit and each gate, in the order input, forget, cell, output, there are the
// weights of the inputs, those of the state, and two biases, in which the zero points are. `cells` has room for an
// int16 of each unit; it need not be aligned.
static void lstm(const lstm_shape* shape, const int8_t* weights, const int32_t* bias, const int8_t* in, int8_t* cells,
                 int8_t* out) {
  lstm_shape s;
  NAS_COPY(s, shape);
  const int8_t* state = NULL;
  memset(cells, 0, 2 * (size_t)s.units);
  for (int step = 0; step < s.steps; ++step, in += s.inputs, state = out, out += s.units) {
    const int8_t* w = weights;
    for (int unit = 0; unit < s.units; ++unit) {
      int32_t gates[4];
      for (int gate = 0; gate < 4; ++gate, w += s.inputs + s.units) {
        gates[gate] = lstm_gate(&s, gate, in, state, w, bias + 8 * unit + 2 * gate);
        gates[gate] = gate == 2 ? lstm_tanh(gates[gate], 3, 0) : lstm_sigmoid(gates[gate]);
      }
      int16_t cell;
      memcpy(&cell, cells + 2 * unit, 2);
      const int32_t kept = lstm_int16(lstm_scaled(gates[1] * cell, s.multipliers[8], s.shifts[8]));
      const int32_t added = lstm_int16(lstm_scaled(gates[0] * gates[2], s.multipliers[9], s.shifts[9]));
      cell = (int16_t)lstm_int16(kept + added);
      memcpy(cells + 2 * unit, &cell, 2);
      const int32_t shown = lstm_tanh(cell, s.tanh_multiplier, s.tanh_shift) * gates[3];
      const int32_t result = lstm_scaled(shown, s.multipliers[10], s.shifts[10]) + s.out_zero_point;
      out[unit] = (int8_t)(result < -128 ? -128 : result > 127 ? 127 : result);
    }
  }
}
