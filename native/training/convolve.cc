#include "convolve.h"

#include <cstring>

namespace nas::training::NAS_LEVEL {
namespace {

// Number of filters, or of kernel numbers, that are computed together.
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
struct WeightedSum {
  const float* in;
  int in_stride, channels;
  const int* starts;
  int taps;
  float* out;
  int out_stride;
};

template <int F, int B>
void sum_block(const WeightedSum& weighted, const float* weights, int position, float* out) {
  Vector sums[F][B] = {};
  for (int t = 0; t < weighted.taps; ++t) {
    const float* from = weighted.in + weighted.starts[t] + position;
    for (int c = 0; c < weighted.channels; ++c, from += weighted.in_stride, weights += F) {
      Vector x[B];
      for (int b = 0; b < B; ++b) x[b] = load(from + b * kLanes);
      for (int f = 0; f < F; ++f) {
        for (int b = 0; b < B; ++b) sums[f][b] += weights[f] * x[b];
      }
    }
  }
  for (int f = 0; f < F; ++f) {
    for (int b = 0; b < B; ++b) store(out + f * weighted.out_stride + position + b * kLanes, sums[f][b]);
  }
}

// Computes `filters` sums over `span` positions; the weights are packed, one block of filters after the other.
void sum_all(const WeightedSum& weighted, int filters, int span, const float* weights) {
  float* out = weighted.out;
  for (int left = filters; left > 0; left -= kBlock) {
    with_constant(smaller(left, kBlock), [&](auto f) {
      constexpr int F = decltype(f)::value;
      int position = 0;
      for (; position + kVectors * kLanes <= span; position += kVectors * kLanes) {
        sum_block<F, kVectors>(weighted, weights, position, out);
      }
      with_constant((span - position) / kLanes, [&](auto b) {
        constexpr int B = smaller(decltype(b)::value, kVectors);
        if (position < span) sum_block<F, B>(weighted, weights, position, out);
      });
      weights += F * weighted.taps * weighted.channels;
      out += F * weighted.out_stride;
    });
  }
}

// Packs kernel numbers for `sum_all`: those of tap t, channel c and filter f stand at
// kernel[taps[t] * step.tap + c * step.channel + f * step.filter]. Returns the end of what was written.
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

// The same for a depthwise kernel [taps, channels, 1]: one channel after the other, each as a filter of its own.
float* pack_channels(const Convolution& conv, const float* kernel, const int* taps, int count, float* packed) {
  for (int channel = 0; channel < conv.in_channels; ++channel) {
    packed = pack(kernel + channel, {conv.in_channels, 0, 0}, taps, count, 1, 1, packed);
  }
  return packed;
}

// Adds to sums[f][k] the products of row f of dy and the input at inputs[k], over all positions, lane by lane.
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

void list_taps(const Convolution& conv, const Convolver& work) {
  int listed = 0;
  for (int phase = 0; phase < work.tile.phases; ++phase) {
    work.phase_firsts[phase] = listed;
    for (int number = 0; number < work.taps; ++number) {
      const Tap one = find_tap(conv, work.tile, number / conv.kernel_w, number % conv.kernel_w);
      if (one.phase != phase) continue;
      work.input_starts[number] = one.offset + phase * conv.in_channels * work.tile.length;
      work.taps_by_phase[listed] = number;
      work.output_offsets[listed++] = -one.offset;
    }
  }
  work.phase_firsts[work.tile.phases] = listed;
}

// Lists the offset of the input of each kernel number. Number k of a filter belongs to tap k / in_channels and channel
// k % in_channels; in a depthwise kernel, to tap k.
void list_inputs(const Convolution& conv, const Convolver& work) {
  int* input = work.inputs;
  for (int number = 0; number < work.taps; ++number) {
    for (int channel = 0; channel < (conv.depthwise ? 1 : conv.in_channels); ++channel) {
      *input++ = work.input_starts[number] + channel * work.tile.length;
    }
  }
}

void add_products(const Convolution& conv, const Convolver& work, const float* rows) {
  const int numbers = conv.depthwise ? work.taps : work.taps * conv.in_channels;
  for (int first = 0; first < conv.out_channels; first += conv.depthwise ? 1 : kBlock) {
    const float* planes = work.planes + (conv.depthwise ? first * work.tile.length : 0);
    const int filters = conv.depthwise ? 1 : smaller(kBlock, conv.out_channels - first);
    with_constant(filters, [&](auto f) {
      constexpr int F = decltype(f)::value;
      for (int k = 0; k < numbers; k += kBlock) {
        float* sums = work.sums + (static_cast<std::size_t>(first) * static_cast<std::size_t>(numbers) + k) * kLanes;
        with_constant(smaller(kBlock, numbers - k), [&](auto n) {
          constexpr int K = decltype(n)::value;
          product_block<F, K>(rows + first * work.row, work.row, planes, work.inputs + k, work.tile.span, sums,
                              numbers * kLanes);
        });
      }
    });
  }
}

// Computes the gradient of all planes from the output's. A tap that read its input `offset` positions ahead of the
// output moves the gradient back by the same number of positions.
void sum_gradients(const Convolution& conv, const Convolver& work, const float* rows) {
  const float* packed = work.packed;
  for (int phase = 0; phase < work.tile.phases; ++phase) {
    const int first = work.phase_firsts[phase], taps = work.phase_firsts[phase + 1] - first;
    float* out = work.gradients + static_cast<std::size_t>(phase) * conv.in_channels * work.tile.length;
    const int* reaches = work.output_offsets + first;
    if (conv.depthwise) {
      for (int channel = 0; channel < conv.in_channels; ++channel, packed += taps) {
        sum_all({rows + channel * work.row, 0, 1, reaches, taps, out + channel * work.tile.length, 0}, 1,
                work.tile.length, packed);
      }
    } else {
      sum_all({rows, work.row, conv.out_channels, reaches, taps, out, work.tile.length}, conv.in_channels,
              work.tile.length, packed);
      packed += taps * conv.in_channels * conv.out_channels;
    }
  }
}

}  // namespace

Convolver lay_out(const Convolution& conv, Memory& memory) {
  Convolver work;
  work.tile = plan_tile(conv);
  work.taps = conv.kernel_h * conv.kernel_w;
  work.row = round_up(work.tile.reach, kLanes) + work.tile.length;
  const auto in = static_cast<std::size_t>(conv.in_channels), out = static_cast<std::size_t>(conv.out_channels);
  const auto taps = static_cast<std::size_t>(work.taps), phases = static_cast<std::size_t>(work.tile.phases);
  const std::size_t planes = phases * in * static_cast<std::size_t>(work.tile.length);
  const std::size_t numbers = taps * in * (conv.depthwise ? 1 : out);
  work.planes = memory.take(planes);
  work.gradients = memory.take(planes);
  work.rows = memory.take(out * static_cast<std::size_t>(work.row));
  work.packed = memory.take(numbers);
  work.sums = memory.take(numbers * kLanes);
  work.input_starts = memory.take<int>(taps);
  work.taps_by_phase = memory.take<int>(taps);
  work.output_offsets = memory.take<int>(taps);
  work.phase_firsts = memory.take<int>(phases + 1);
  work.inputs = memory.take<int>(taps * (conv.depthwise ? 1 : in));
  return work;
}

void prepare_forward(const Convolution& conv, const Convolver& work, const float* kernel) {
  list_taps(conv, work);
  for (int number = 0; number < work.taps; ++number) work.taps_by_phase[number] = number;
  if (conv.depthwise) {
    pack_channels(conv, kernel, work.taps_by_phase, work.taps, work.packed);
  } else {
    const Steps steps = {conv.in_channels * conv.out_channels, conv.out_channels, 1};
    pack(kernel, steps, work.taps_by_phase, work.taps, conv.in_channels, conv.out_channels, work.packed);
  }
}

void convolve(const Convolution& conv, const Convolver& work, const float* x, int first, int count, float* z) {
  gather_input(conv, work.tile, x, first, count, work.planes);
  if (conv.depthwise) {
    for (int channel = 0; channel < conv.in_channels; ++channel) {
      const WeightedSum weighted = {work.planes + channel * work.tile.length, 0, 1, work.input_starts, work.taps,
                                    work.rows + channel * work.row,           0};
      sum_all(weighted, 1, work.tile.span, work.packed + channel * work.taps);
    }
  } else {
    const WeightedSum weighted = {work.planes, work.tile.length, conv.in_channels, work.input_starts,
                                  work.taps,   work.rows,        work.row};
    sum_all(weighted, conv.out_channels, work.tile.span, work.packed);
  }
  scatter_output(conv, work.tile, work.rows, work.row, first, count, z);
}

void prepare_backward(const Convolution& conv, const Convolver& work, const float* kernel) {
  list_taps(conv, work);
  list_inputs(conv, work);
  float* packed = work.packed;
  for (int phase = 0; phase < work.tile.phases; ++phase) {
    const int* numbers = work.taps_by_phase + work.phase_firsts[phase];
    const int taps = work.phase_firsts[phase + 1] - work.phase_firsts[phase];
    if (conv.depthwise) {
      packed = pack_channels(conv, kernel, numbers, taps, packed);
    } else {
      const Steps steps = {conv.in_channels * conv.out_channels, 1, conv.out_channels};
      packed = pack(kernel, steps, numbers, taps, conv.out_channels, conv.in_channels, packed);
    }
  }
}

void add_gradients(const Convolution& conv, const Convolver& work, const float* x, int first, int count,
                   const float* dz, float* dx) {
  // Taps read backward from a position; before the first one lie zeros.
  float* rows = work.rows + (work.row - work.tile.length);
  if (count < work.tile.windows) {
    std::memset(work.rows, 0, static_cast<std::size_t>(conv.out_channels) * work.row * sizeof(float));
  }
  gather_input(conv, work.tile, x, first, count, work.planes);
  gather_output(conv, work.tile, dz, 0, count, rows, work.row);
  add_products(conv, work, rows);
  if (dx == nullptr) return;
  sum_gradients(conv, work, rows);
  scatter_input(conv, work.tile, work.gradients, first, count, dx);
}

void finish_gradients(const Convolution& conv, const Convolver& work, float* dkernel) {
  const int numbers = conv.depthwise ? work.taps : work.taps * conv.in_channels;
  const float* from = work.sums;
  for (int f = 0; f < conv.out_channels; ++f) {
    // A depthwise kernel is [taps, channels, 1], any other [taps, channels, filters]: filters come last in both.
    for (int k = 0; k < numbers; ++k, from += kLanes) dkernel[k * conv.out_channels + f] = sum(load(from));
  }
}

}  // namespace nas::training::NAS_LEVEL
