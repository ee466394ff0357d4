#include "convolve.h"

#include <cstring>

namespace nas::training::NAS_LEVEL {
namespace {

// Filters, or taps, that are computed together.
constexpr int kBlock = 4;

template <int N>
struct Count {
  static constexpr int value = N;
};

// Calls `call` with n, from 1 to 4, as a constant.
template <class Call>
void with_constant(int n, Call call) {
  if (n == 1) call(Count<1>());
  if (n == 2) call(Count<2>());
  if (n == 3) call(Count<3>());
  if (n >= 4) call(Count<4>());
}

// A sum over taps and channels: out[f][i] = sum of weights[t][c][f] * in[starts[t] + c * in_stride + i].
struct Sum {
  const float* in;
  int in_stride, channels;
  const int* starts;
  int taps;
  float* out;
  int out_stride;
};

template <int F, int B>
void sum_block(const Sum& s, const float* weights, int position, float* out) {
  Vector sums[F][B] = {};
  for (int t = 0; t < s.taps; ++t) {
    const float* from = s.in + s.starts[t] + position;
    for (int c = 0; c < s.channels; ++c, from += s.in_stride, weights += F) {
      Vector x[B];
      for (int b = 0; b < B; ++b) x[b] = load(from + b * kLanes);
      for (int f = 0; f < F; ++f) {
        for (int b = 0; b < B; ++b) sums[f][b] += weights[f] * x[b];
      }
    }
  }
  for (int f = 0; f < F; ++f) {
    for (int b = 0; b < B; ++b) store(out + f * s.out_stride + position + b * kLanes, sums[f][b]);
  }
}

// Computes `filters` sums over `span` positions; weights are packed, a block of filters behind the other.
void sum_all(const Sum& s, int filters, int span, const float* weights) {
  float* out = s.out;
  for (int left = filters; left > 0; left -= kBlock) {
    with_constant(smaller(left, kBlock), [&](auto f) {
      constexpr int F = decltype(f)::value;
      int position = 0;
      for (; position + kVectors * kLanes <= span; position += kVectors * kLanes) {
        sum_block<F, kVectors>(s, weights, position, out);
      }
      with_constant((span - position) / kLanes, [&](auto b) {
        constexpr int B = smaller(decltype(b)::value, kVectors);
        if (position < span) sum_block<F, B>(s, weights, position, out);
      });
      weights += F * s.taps * s.channels;
      out += F * s.out_stride;
    });
  }
}

// Packs kernel numbers for `sum_all`: those of tap t, channel c and filter f stand at
// kernel[taps[t] * step.tap + c * step.channel + f * step.filter]. Returns where the next ones go.
struct Steps {
  int tap, channel, filter;
};

float* pack(const float* kernel, Steps step, const int* taps, int count, int channels, int filters, float* packed) {
  for (int first = 0; first < filters; first += kBlock) {
    for (int t = 0; t < count; ++t) {
      for (int c = 0; c < channels; ++c) {
        for (int f = first; f < smaller(first + kBlock, filters); ++f) {
          *packed++ = kernel[taps[t] * step.tap + c * step.channel + f * step.filter];
        }
      }
    }
  }
  return packed;
}

// The same for a depthwise kernel [taps, channels, 1]: one channel behind the other, each a filter of its own.
float* pack_channels(const Convolution& c, const float* kernel, const int* taps, int count, float* packed) {
  for (int channel = 0; channel < c.in_channels; ++channel) {
    packed = pack(kernel + channel, {c.in_channels, 0, 0}, taps, count, 1, 1, packed);
  }
  return packed;
}

// Adds to sums[f][k] the products of row f of dy and of what lies at inputs[k], over all positions, lane by lane.
template <int F, int K>
void product_block(const float* dy, int dy_stride, const float* x, const int* inputs, int span, float* sums,
                   int sums_stride) {
  Vector total[F][K];
  const float* from[K];
  for (int k = 0; k < K; ++k) from[k] = x + inputs[k];
  for (int f = 0; f < F; ++f) {
    for (int k = 0; k < K; ++k) total[f][k] = load(sums + f * sums_stride + k * kLanes);
  }
  for (int i = 0; i < span; i += kLanes) {
    Vector gradient[F];
    for (int f = 0; f < F; ++f) gradient[f] = load(dy + f * dy_stride + i);
    for (int k = 0; k < K; ++k) {
      const Vector value = load(from[k] + i);
      for (int f = 0; f < F; ++f) total[f][k] += gradient[f] * value;
    }
  }
  for (int f = 0; f < F; ++f) {
    for (int k = 0; k < K; ++k) store(sums + f * sums_stride + k * kLanes, total[f][k]);
  }
}

void list_taps(const Convolution& c, const Convolver& m) {
  int listed = 0;
  for (int phase = 0; phase < m.t.phases; ++phase) {
    m.firsts[phase] = listed;
    for (int number = 0; number < m.taps; ++number) {
      const Tap one = tap(c, m.t, number / c.kernel_w, number % c.kernel_w);
      if (one.phase != phase) continue;
      m.starts[number] = one.offset + phase * c.in_channels * m.t.length;
      m.numbers[listed] = number;
      m.reaches[listed++] = -one.offset;
    }
  }
  m.firsts[m.t.phases] = listed;
}

// Lists where the input of each kernel number lies: number k of a filter is that of tap k / in_channels and of channel
// k % in_channels; depthwise, of tap k.
void list_inputs(const Convolution& c, const Convolver& m) {
  int* input = m.inputs;
  for (int number = 0; number < m.taps; ++number) {
    for (int channel = 0; channel < (c.depthwise ? 1 : c.in_channels); ++channel) {
      *input++ = m.starts[number] + channel * m.t.length;
    }
  }
}

void add_products(const Convolution& c, const Convolver& m, const float* rows) {
  const int numbers = c.depthwise ? m.taps : m.taps * c.in_channels;
  for (int first = 0; first < c.out_channels; first += c.depthwise ? 1 : kBlock) {
    const float* planes = m.planes + (c.depthwise ? first * m.t.length : 0);
    const int filters = c.depthwise ? 1 : smaller(kBlock, c.out_channels - first);
    with_constant(filters, [&](auto f) {
      constexpr int F = decltype(f)::value;
      for (int k = 0; k < numbers; k += kBlock) {
        float* sums = m.sums + (static_cast<std::size_t>(first) * static_cast<std::size_t>(numbers) + k) * kLanes;
        with_constant(smaller(kBlock, numbers - k), [&](auto n) {
          constexpr int K = decltype(n)::value;
          product_block<F, K>(rows + first * m.row, m.row, planes, m.inputs + k, m.t.span, sums, numbers * kLanes);
        });
      }
    });
  }
}

// Computes the gradient of all planes from the output's. A tap that found its input `offset` further on brings the
// gradient back from as far behind.
void sum_gradients(const Convolution& c, const Convolver& m, const float* rows) {
  const float* packed = m.packed;
  for (int phase = 0; phase < m.t.phases; ++phase) {
    const int first = m.firsts[phase], taps = m.firsts[phase + 1] - first;
    float* out = m.gradients + static_cast<std::size_t>(phase) * c.in_channels * m.t.length;
    const int* reaches = m.reaches + first;
    if (c.depthwise) {
      for (int channel = 0; channel < c.in_channels; ++channel, packed += taps) {
        sum_all({rows + channel * m.row, 0, 1, reaches, taps, out + channel * m.t.length, 0}, 1, m.t.length, packed);
      }
    } else {
      sum_all({rows, m.row, c.out_channels, reaches, taps, out, m.t.length}, c.in_channels, m.t.length, packed);
      packed += taps * c.in_channels * c.out_channels;
    }
  }
}

}  // namespace

Convolver lay_out(const Convolution& c, Memory& memory) {
  Convolver m;
  m.t = tile(c);
  m.taps = c.kernel_h * c.kernel_w;
  m.row = round_up(m.t.reach, kLanes) + m.t.length;
  const auto in = static_cast<std::size_t>(c.in_channels), out = static_cast<std::size_t>(c.out_channels);
  const auto taps = static_cast<std::size_t>(m.taps), phases = static_cast<std::size_t>(m.t.phases);
  const std::size_t planes = phases * in * static_cast<std::size_t>(m.t.length);
  const std::size_t numbers = taps * in * (c.depthwise ? 1 : out);
  m.planes = memory.take(planes);
  m.gradients = memory.take(planes);
  m.rows = memory.take(out * static_cast<std::size_t>(m.row));
  m.packed = memory.take(numbers);
  m.sums = memory.take(numbers * kLanes);
  m.starts = memory.take<int>(taps);
  m.numbers = memory.take<int>(taps);
  m.reaches = memory.take<int>(taps);
  m.firsts = memory.take<int>(phases + 1);
  m.inputs = memory.take<int>(taps * (c.depthwise ? 1 : in));
  return m;
}

void prepare_forward(const Convolution& c, const Convolver& m, const float* kernel) {
  list_taps(c, m);
  for (int number = 0; number < m.taps; ++number) m.numbers[number] = number;
  if (c.depthwise) {
    pack_channels(c, kernel, m.numbers, m.taps, m.packed);
  } else {
    const Steps steps = {c.in_channels * c.out_channels, c.out_channels, 1};
    pack(kernel, steps, m.numbers, m.taps, c.in_channels, c.out_channels, m.packed);
  }
}

void convolve(const Convolution& c, const Convolver& m, const float* x, int first, int count, float* z) {
  gather_input(c, m.t, x, first, count, m.planes);
  if (c.depthwise) {
    for (int channel = 0; channel < c.in_channels; ++channel) {
      const Sum s = {m.planes + channel * m.t.length, 0, 1, m.starts, m.taps, m.rows + channel * m.row, 0};
      sum_all(s, 1, m.t.span, m.packed + channel * m.taps);
    }
  } else {
    const Sum s = {m.planes, m.t.length, c.in_channels, m.starts, m.taps, m.rows, m.row};
    sum_all(s, c.out_channels, m.t.span, m.packed);
  }
  scatter_output(c, m.t, m.rows, m.row, first, count, z);
}

void prepare_backward(const Convolution& c, const Convolver& m, const float* kernel) {
  list_taps(c, m);
  list_inputs(c, m);
  float* packed = m.packed;
  for (int phase = 0; phase < m.t.phases; ++phase) {
    const int* numbers = m.numbers + m.firsts[phase];
    const int taps = m.firsts[phase + 1] - m.firsts[phase];
    if (c.depthwise) {
      packed = pack_channels(c, kernel, numbers, taps, packed);
    } else {
      const Steps steps = {c.in_channels * c.out_channels, 1, c.out_channels};
      packed = pack(kernel, steps, numbers, taps, c.out_channels, c.in_channels, packed);
    }
  }
}

void add_gradients(const Convolution& c, const Convolver& m, const float* x, int first, int count, const float* dz,
                   float* dx) {
  // Taps reach back from a position, into zeros before the first one.
  float* rows = m.rows + (m.row - m.t.length);
  if (count < m.t.windows) {
    std::memset(m.rows, 0, static_cast<std::size_t>(c.out_channels) * m.row * sizeof(float));
  }
  gather_input(c, m.t, x, first, count, m.planes);
  gather_output(c, m.t, dz, 0, count, rows, m.row);
  add_products(c, m, rows);
  if (dx == nullptr) return;
  sum_gradients(c, m, rows);
  scatter_input(c, m.t, m.gradients, first, count, dx);
}

void finish_gradients(const Convolution& c, const Convolver& m, float* dkernel) {
  const int numbers = c.depthwise ? m.taps : m.taps * c.in_channels;
  const float* from = m.sums;
  for (int f = 0; f < c.out_channels; ++f) {
    // A depthwise kernel is [taps, channels, 1], any other [taps, channels, filters]: filters come last in both.
    for (int k = 0; k < numbers; ++k, from += kLanes) dkernel[k * c.out_channels + f] = sum(load(from));
  }
}

}  // namespace nas::training::NAS_LEVEL
