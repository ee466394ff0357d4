// The kernels for one level of instructions.
#include "kernels.h"

#include "../training/vectors.h"
#include "device_kernels.h"

namespace nas::batch::NAS_LEVEL {
namespace {

using training::kLanes;
using training::NAS_LEVEL::larger;
using training::NAS_LEVEL::load;
using training::NAS_LEVEL::smaller;
using training::NAS_LEVEL::store;
using training::NAS_LEVEL::Vector;

using Whole = int32_t __attribute__((vector_size(kLanes * 4)));
constexpr int kParts = kRows / kLanes;       // vectors of a value
constexpr int kTile = kLanes == 16 ? 8 : 4;  // output channels of which all sums stay in registers
constexpr float kToWhole = 12582912.0F;      // 1.5 * 2^23: adding it rounds to a whole number, half to even

Vector all(float value) { return value - Vector{}; }
Vector lesser(Vector a, Vector b) { return a < b ? a : b; }
Vector greater(Vector a, Vector b) { return a > b ? a : b; }

// The sums of one tile of output channels, each for all rows.
struct Sums {
  Whole of[kTile][kParts];

  void start(const int32_t* bias, int channels) {
    for (int t = 0; t < kTile; ++t) {
      for (int p = 0; p < kParts; ++p) of[t][p] = (t < channels ? bias[t] : 0) - Whole{};
    }
  }

  // Adds the products of `count` values from each of `places` addresses on with their weights, at most kExactProducts.
  void add(const float* const* runs, int places, long offset, int count, const float* weights) {
    Vector part[kTile][kParts] = {};
    for (int place = 0; place < places; ++place) {
      const float* values = runs[place] + offset;
      for (int i = 0; i < count; ++i, values += kRows, weights += kTile) {
        for (int p = 0; p < kParts; ++p) {
          const Vector value = load(values + p * kLanes);
          for (int t = 0; t < kTile; ++t) part[t][p] += value * weights[t];
        }
      }
    }
    for (int t = 0; t < kTile; ++t) {
      for (int p = 0; p < kParts; ++p) of[t][p] += __builtin_convertvector(part[t][p], Whole);
    }
  }
};

// Writes the outputs of `channels` sums that begin with output channel `first`.
void finish(const Sums& sums, const Scaling& scaling, int first, int channels, float* out) {
  const Vector low = all(static_cast<float>(scaling.low)), high = all(static_cast<float>(scaling.high));
  const float zero_point = static_cast<float>(scaling.zero_point);
  for (int t = 0; t < channels; ++t, out += kRows) {
    Whole unsure = {};
    for (int p = 0; p < kParts; ++p) {
      Vector scaled = __builtin_convertvector(sums.of[t][p], Vector) * scaling.factor[first + t] + zero_point;
      scaled = lesser(greater(scaled, low - 1.0F), high + 1.0F);  // nothing beyond matters
      const Vector rounded = (scaled + kToWhole) - kToWhole, rest = scaled - rounded;
      unsure |= (rest > scaling.sure[first + t]) | (-rest > scaling.sure[first + t]);
      store(out + p * kLanes, lesser(greater(rounded, low), high));
    }
    int any = 0;
    for (int lane = 0; lane < kLanes; ++lane) any |= unsure[lane];
    if (any == 0) continue;
    for (int row = 0; row < kRows; ++row) {
      out[row] = requantized(sums.of[t][row / kLanes][row % kLanes], scaling, first + t);
    }
  }
}

// Notes where the inputs of each place of a window begin, row by row; `border` stands for all beyond the input.
void place(const Window& w, const float* in, const float* border, int y, int x, const float** runs) {
  for (int j = 0; j < w.height; ++j) {
    const int row = y * w.stride_height - w.pad_top + j * w.dilation_height;
    for (int i = 0; i < w.width; ++i) {
      const int column = x * w.stride_width - w.pad_left + i * w.dilation_width;
      const bool inside = row >= 0 && row < w.in_height && column >= 0 && column < w.in_width;
      *runs++ = inside ? in + static_cast<long>(row * w.in_width + column) * w.in_channels * kRows : border;
    }
  }
}

void convolve(const Convolution& c, const float* in, const float* border, const float** runs, float* out) {
  const Window& w = c.window;
  const int places = w.height * w.width, together = larger(1, kExactProducts / w.in_channels);
  for (int pixel = 0; pixel < w.out_height * w.out_width; ++pixel) {
    place(w, in, border, pixel / w.out_width, pixel % w.out_width, runs);
    const float* weights = c.weights;
    for (int first = 0; first < c.out_channels; first += kTile) {
      const int channels = smaller(kTile, c.out_channels - first);
      Sums sums;
      sums.start(c.scaling.bias + first, channels);
      for (int place = 0; place < places; place += together) {
        const int some = smaller(together, places - place);
        for (int done = 0; done < w.in_channels; done += kExactProducts) {
          const int count = smaller(kExactProducts, w.in_channels - done);
          sums.add(runs + place, some, static_cast<long>(done) * kRows, count, weights);
          weights += static_cast<long>(some) * count * kTile;
        }
      }
      finish(sums, c.scaling, first, channels, out);
      out += static_cast<long>(channels) * kRows;
    }
  }
}

// One tile of a depthwise convolution, whose sums have at most kExactProducts products.
void add_places(const Convolution& c, const float* const* runs, int first, int channels, Sums& sums) {
  const int places = c.window.height * c.window.width, multiplier = c.out_channels / c.window.in_channels;
  for (int t = 0; t < channels; ++t) {
    const float* weights = c.weights + first + t;
    const long offset = static_cast<long>((first + t) / multiplier) * kRows;
    Vector part[kParts] = {};
    for (int place = 0; place < places; ++place) {
      for (int p = 0; p < kParts; ++p) {
        part[p] += load(runs[place] + offset + p * kLanes) * weights[static_cast<long>(place) * c.out_channels];
      }
    }
    for (int p = 0; p < kParts; ++p) sums.of[t][p] += __builtin_convertvector(part[p], Whole);
  }
}

void convolve_depthwise(const Convolution& c, const float* in, const float* border, const float** runs, float* out) {
  const Window& w = c.window;
  for (int pixel = 0; pixel < w.out_height * w.out_width; ++pixel) {
    place(w, in, border, pixel / w.out_width, pixel % w.out_width, runs);
    for (int first = 0; first < c.out_channels; first += kTile) {
      const int channels = smaller(kTile, c.out_channels - first);
      Sums sums;
      sums.start(c.scaling.bias + first, channels);
      add_places(c, runs, first, channels, sums);
      finish(sums, c.scaling, first, channels, out);
      out += static_cast<long>(channels) * kRows;
    }
  }
}

// The part of a pooling window that lies within the input.
struct Inside {
  int top, bottom, left, right;

  Inside(const Window& w, int y, int x)
      : top(larger(0, y * w.stride_height - w.pad_top)),
        bottom(smaller(w.in_height, y * w.stride_height - w.pad_top + w.height)),
        left(larger(0, x * w.stride_width - w.pad_left)),
        right(smaller(w.in_width, x * w.stride_width - w.pad_left + w.width)) {}

  int count() const { return (bottom - top) * (right - left); }
};

// Calls `take` with each vector of a pooling window's values for one channel and one part of the rows.
template <class Take>
void each(const Window& w, const Inside& inside, const float* in, int offset, Take take) {
  for (int j = inside.top; j < inside.bottom; ++j) {
    for (int i = inside.left; i < inside.right; ++i) {
      take(load(in + static_cast<long>(j * w.in_width + i) * w.in_channels * kRows + offset));
    }
  }
}

void max_pool(const Window& w, const float* in, float* out) {
  for (int pixel = 0; pixel < w.out_height * w.out_width; ++pixel, out += w.in_channels * kRows) {
    const Inside inside(w, pixel / w.out_width, pixel % w.out_width);
    for (int offset = 0; offset < w.in_channels * kRows; offset += kLanes) {
      Vector most = all(-128.0F);
      each(w, inside, in, offset, [&most](Vector value) { most = greater(most, value); });
      store(out + offset, most);
    }
  }
}

// The mean of each window, rounded half away from zero.
void average_pool(const Window& w, const float* in, float* out) {
  for (int pixel = 0; pixel < w.out_height * w.out_width; ++pixel, out += w.in_channels * kRows) {
    const Inside inside(w, pixel / w.out_width, pixel % w.out_width);
    const float count = static_cast<float>(inside.count()), half = static_cast<float>(inside.count() / 2);
    for (int offset = 0; offset < w.in_channels * kRows; offset += kLanes) {
      Vector sum = {};
      each(w, inside, in, offset, [&sum](Vector value) { sum += value; });
      const Vector mean = (sum > 0 ? sum + half : sum - half) / count;
      store(out + offset, __builtin_convertvector(__builtin_convertvector(mean, Whole), Vector));
    }
  }
}

void clamp(float* values, int count, float low, float high) {
  for (int i = 0; i < count * kRows; i += kLanes) {
    store(values + i, lesser(greater(load(values + i), all(low)), all(high)));
  }
}

}  // namespace

extern const Kernels kKernels;
const Kernels kKernels = {kTile, convolve, convolve_depthwise, max_pool, average_pool, clamp};

}  // namespace nas::batch::NAS_LEVEL
