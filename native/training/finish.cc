#include "finish.h"

#include <cstring>

#include "activation.h"
#include "pooling.h"

namespace nas::training::NAS_LEVEL {
namespace {

// The least number of pooling windows to compute together, if the maps of a tile have that many.
constexpr int kWindows = 64;

// A row of windows: all windows of one channel in `maps` members of the batch. `in` and `out` are the positions of the
// first one in z and y.
struct Row {
  int channel, maps;
  std::size_t in, out;
};

template <class Each>
void for_each_row(const Finisher& work, int first, int count, Each each) {
  for (int member = first; member < first + count; member += work.maps) {
    for (int channel = 0; channel < work.sizes.channels; ++channel) {
      const auto map = static_cast<std::size_t>(member) * work.sizes.channels + channel;
      const std::size_t in = map * work.sizes.in_h * work.sizes.in_w, out = map * work.windows;
      each(Row{channel, smaller(work.maps, first + count - member), in, out});
    }
  }
}

// Copies n floats for each of a row's maps, which lie `from_step` and `to_step` apart.
void copy_maps(int maps, int n, const float* from, std::size_t from_step, float* to, std::size_t to_step) {
  for (int map = 0; map < maps; ++map, from += from_step, to += to_step) {
    copy(to, from, n);
  }
}

std::size_t in_step(const Finisher& work) {
  return static_cast<std::size_t>(work.sizes.channels) * work.sizes.in_h * work.sizes.in_w;
}
std::size_t out_step(const Finisher& work) { return static_cast<std::size_t>(work.sizes.channels) * work.windows; }

// Whether a row of outputs fills whole vectors in y itself, so that no copy is needed.
bool is_full(const Finisher& work) { return !work.whole && work.maps == 1 && work.windows == work.row; }

// Calls `each` for line h of every row of pooling windows of a map: its position in the map, its place in `flat`, and
// its length.
template <class Each>
void for_each_line(const Finisher& work, int h, float* flat, Each each) {
  const int used = work.windows / work.out_h * work.sizes.pool_w;
  for (int out = 0; out < work.out_h; ++out)
    each((out * work.sizes.pool_h + h) * work.sizes.in_w, flat + out * used, used);
}

// Returns the numbers of a row's windows as `parts`: copied, or in z itself if they lie there in the same order.
const float* split_windows(const Finisher& work, Row row, const float* z) {
  const float* from = z + row.in;
  if (work.window == 1 && work.maps == 1 && work.windows == work.row) return from;
  const bool is_one_line = work.out_h == 1 && row.maps == 1;
  for (int h = 0; h < work.sizes.pool_h; ++h) {
    for (int map = 0; map < row.maps && !is_one_line; ++map) {
      for_each_line(work, h, work.flat + map * work.windows * work.sizes.pool_w,
                    [&](int at, float* flat, int n) { copy(flat, from + map * in_step(work) + at, n); });
    }
    const float* flat = is_one_line ? from + h * work.sizes.in_w : work.flat;
    split_row(flat, work.sizes.pool_w, row.maps * work.windows, work.parts + h * work.sizes.pool_w * work.row,
              work.row);
  }
  return work.parts;
}

// Writes numbers that are ordered as `parts` to their positions in the maps that begin at `to`.
void merge_windows(const Finisher& work, int maps, const float* parts, float* to) {
  const bool is_one_line = work.out_h == 1 && maps == 1;
  for (int h = 0; h < work.sizes.pool_h; ++h) {
    float* flat = is_one_line ? to + h * work.sizes.in_w : work.flat;
    merge_row(parts + h * work.sizes.pool_w * work.row, work.row, work.sizes.pool_w, maps * work.windows, flat);
    for (int map = 0; map < maps && !is_one_line; ++map) {
      for_each_line(work, h, work.flat + map * work.windows * work.sizes.pool_w,
                    [&](int at, const float* line, int n) { copy(to + map * in_step(work) + at, line, n); });
    }
  }
}

// The pooled outputs of a row.
template <Activation Kind>
void pool_row(const Finisher& work, Affine affine, const float* parts, float* y) {
  const float share = 1.0f / static_cast<float>(work.window);
  for (int i = 0; i < work.row; i += kLanes) {
    const auto value = [&](int k) { return affine.slope * load(parts + k * work.row + i) + affine.shift; };
    Vector total = value(0);
    if (work.sizes.average) {
      total = activated<Kind>(total);
      for (int k = 1; k < work.window; ++k) total += activated<Kind>(value(k));
      store(y + i, total * share);
      continue;
    }
    total = compared<Kind>(total);
    for (int k = 1; k < work.window; ++k) {
      const Vector other = compared<Kind>(value(k));
      total = other > total ? other : total;
    }
    store(y + i, rises(Kind) ? activated<Kind>(total) : total);
  }
}

// Calls `each` for every vector of numbers in `parts`: its position, the numbers, and the gradients of
// slope * number + shift. dy are the gradients of the outputs.
template <Activation Kind, class Each>
void unpool_row(const Finisher& work, Affine affine, const float* parts, const float* dy, Each each) {
  const float share = 1.0f / static_cast<float>(work.window);
  const bool is_single = work.sizes.average || work.window == 1;
  for (int i = 0; i < work.row; i += kLanes) {
    const auto number = [&](int k) { return load(parts + k * work.row + i); };
    const auto value = [&](int k) { return affine.slope * number(k) + affine.shift; };
    Vector left = load(dy + i);
    if (is_single) {
      left *= share;
      for (int k = 0; k < work.window; ++k) each(k * work.row + i, number(k), passed_back<Kind>(value(k), left));
      continue;
    }
    Vector most = compared<Kind>(value(0));
    for (int k = 1; k < work.window; ++k) {
      const Vector other = compared<Kind>(value(k));
      most = other > most ? other : most;
    }
    for (int k = 0; k < work.window; ++k) {
      // Of equal maxima the first takes the whole gradient.
      const auto is_most = compared<Kind>(value(k)) == most;
      each(k * work.row + i, number(k), is_most ? passed_back<Kind>(value(k), left) : Vector{});
      left = is_most ? Vector{} : left;
    }
  }
}

// The same for a row of the layer's activation.
template <class Each>
void unpool_any(const Finisher& work, Row row, const float* parts, const float* dy, Each each) {
  with_activation(work.sizes.activation, [&](auto activation) {
    unpool_row<decltype(activation)::kind>(work, work.affines[row.channel], parts, dy, each);
  });
}

float total(const float* x, int n) {
  Vector sums{};
  int i = 0;
  for (; i + kLanes <= n; i += kLanes) sums += load(x + i);
  float rest = 0;
  for (; i < n; ++i) rest += x[i];
  return sum(sums) + rest;
}

// Writes a row's outputs to their positions in y.
void scatter_outputs(const Finisher& work, Row row, const float* outputs, float* y) {
  if (!work.whole) {
    copy_maps(row.maps, work.windows, outputs, static_cast<std::size_t>(work.windows), y + row.out, out_step(work));
    return;
  }
  for (int map = 0; map < row.maps; ++map) {
    y[row.out / work.windows + map * work.sizes.channels] =
        total(outputs + map * work.windows, work.windows) / static_cast<float>(work.windows);
  }
}

// Returns the gradients of a row's outputs: copied, with zeros behind the last window, or in dy itself.
const float* gather_output_gradients(const Finisher& work, Row row, const float* dy) {
  if (is_full(work)) return dy + row.out;
  if (row.maps < work.maps) std::memset(work.outputs, 0, static_cast<std::size_t>(work.row) * sizeof(float));
  if (!work.whole) {
    copy_maps(row.maps, work.windows, dy + row.out, out_step(work), work.outputs,
              static_cast<std::size_t>(work.windows));
    return work.outputs;
  }
  for (int map = 0; map < row.maps; ++map) {
    const float share = dy[row.out / work.windows + map * work.sizes.channels] / static_cast<float>(work.windows);
    for (int i = 0; i < work.windows; ++i) work.outputs[map * work.windows + i] = share;
  }
  return work.outputs;
}

double numbers_per_channel(const Finish& finish) {
  return static_cast<double>(finish.batch) * finish.in_h * finish.in_w;
}

float inverse_deviation(const Finish& finish, float variance) {
  const double n = numbers_per_channel(finish), biased = variance * (n - 1) / n;
  return static_cast<float>(1 / __builtin_sqrt(biased + finish.epsilon));
}

InputGradient find_input_gradient(const Finish& finish, float slope, float mean, float variance, float doffset,
                                  float dscale) {
  if (!finish.normalize) return {slope, 0.0f, 0.0f};
  const float n = static_cast<float>(numbers_per_channel(finish)),
              z_slope = -slope * inverse_deviation(finish, variance) * dscale / n;
  return {slope, z_slope, -slope * doffset / n - z_slope * mean};
}

}  // namespace

Finisher lay_out(const Finish& layer, Memory& memory) {
  Finisher work;
  work.sizes = layer;
  work.whole = layer.average && layer.pool_h == layer.in_h && layer.pool_w == layer.in_w;
  if (work.whole || layer.pool_h * layer.pool_w == 1) {
    work.sizes.in_w = layer.in_h * layer.in_w;
    work.sizes.in_h = work.sizes.pool_h = work.sizes.pool_w = 1;
  }
  work.out_h = work.sizes.in_h / work.sizes.pool_h;
  work.windows = work.out_h * (work.sizes.in_w / work.sizes.pool_w);
  work.window = work.sizes.pool_h * work.sizes.pool_w;
  work.maps = smaller(work.sizes.batch, larger(1, kWindows / work.windows));
  work.row = round_up(work.maps * work.windows, kLanes);
  const auto channels = static_cast<std::size_t>(work.sizes.channels), row = static_cast<std::size_t>(work.row);
  work.affines = memory.take<Affine>(channels);
  work.input_gradients = memory.take<InputGradient>(channels);
  work.origins = memory.take(channels);
  work.sums = memory.take<Vector>(channels);
  work.products = memory.take<Vector>(channels);
  work.outputs = memory.take(row);
  work.flat = memory.take(row * static_cast<std::size_t>(work.sizes.pool_w));
  work.parts = memory.take(row * static_cast<std::size_t>(work.window));
  work.gradients = memory.take(row * static_cast<std::size_t>(work.window));
  return work;
}

void add_moments(const Finisher& work, const float* z, int first, int count) {
  const int map = work.sizes.in_h * work.sizes.in_w;
  // Subtracting a number of the channel, which is near its mean, keeps the variance exact for channels far from 0.
  if (first == 0) {
    for (int channel = 0; channel < work.sizes.channels; ++channel) work.origins[channel] = z[channel * map];
  }
  const float* from = z + static_cast<std::size_t>(first) * work.sizes.channels * map;
  for (int member = 0; member < count; ++member) {
    for (int channel = 0; channel < work.sizes.channels; ++channel, from += map) {
      const float origin = work.origins[channel];
      Vector sums = work.sums[channel], squares = work.products[channel];
      int i = 0;
      for (; i + kLanes <= map; i += kLanes) {
        const Vector value = load(from + i) - origin;
        sums += value;
        squares += value * value;
      }
      for (; i < map; ++i) {
        const float value = from[i] - origin;
        sums[0] += value;
        squares[0] += value * value;
      }
      work.sums[channel] = sums;
      work.products[channel] = squares;
    }
  }
}

void finish_moments(const Finisher& work, float* mean, float* variance) {
  const double n = numbers_per_channel(work.sizes);
  for (int channel = 0; channel < work.sizes.channels; ++channel) {
    const double moved = sum(work.sums[channel]) / n, square = sum(work.products[channel]) / n - moved * moved;
    mean[channel] = static_cast<float>(moved + work.origins[channel]);
    variance[channel] = static_cast<float>((square > 0 ? square : 0) * n / (n > 1 ? n - 1 : 1));
  }
}

void set_affines(const Finisher& work, const float* scale, const float* offset, const float* mean,
                 const float* variance) {
  for (int c = 0; c < work.sizes.channels; ++c) {
    const float slope = work.sizes.normalize ? scale[c] * inverse_deviation(work.sizes, variance[c]) : 1.0f;
    work.affines[c] = {slope, offset[c] - (work.sizes.normalize ? mean[c] * slope : 0.0f)};
  }
}

void pool(const Finisher& work, const float* z, int first, int count, float* y) {
  for_each_row(work, first, count, [&](Row row) {
    float* outputs = is_full(work) ? y + row.out : work.outputs;
    const float* parts = split_windows(work, row, z);
    with_activation(work.sizes.activation, [&](auto activation) {
      pool_row<decltype(activation)::kind>(work, work.affines[row.channel], parts, outputs);
    });
    if (!is_full(work)) scatter_outputs(work, row, outputs, y);
  });
}

void add_parameter_gradients(const Finisher& work, const float* z, const float* dy, int first, int count) {
  for_each_row(work, first, count, [&](Row row) {
    Vector sums = work.sums[row.channel], products = work.products[row.channel];
    unpool_any(work, row, split_windows(work, row, z), gather_output_gradients(work, row, dy),
               [&](int, Vector number, Vector gradient) {
                 sums += gradient;
                 products += gradient * number;
               });
    work.sums[row.channel] = sums;
    work.products[row.channel] = products;
  });
}

void finish_parameter_gradients(const Finisher& work, const float* mean, const float* variance, float* dscale,
                                float* doffset) {
  for (int c = 0; c < work.sizes.channels; ++c) {
    doffset[c] = sum(work.sums[c]);
    dscale[c] = 0.0f;
    if (work.sizes.normalize)
      dscale[c] = inverse_deviation(work.sizes, variance[c]) * (sum(work.products[c]) - mean[c] * doffset[c]);
    work.input_gradients[c] =
        find_input_gradient(work.sizes, work.affines[c].slope, mean[c], variance[c], doffset[c], dscale[c]);
  }
}

void unpool(const Finisher& work, const float* z, const float* dy, int first, int count, float* dz) {
  const std::size_t start = static_cast<std::size_t>(first) * in_step(work);
  if (work.sizes.in_h % work.sizes.pool_h != 0 || work.sizes.in_w % work.sizes.pool_w != 0) {
    // Numbers that no window covers get the two terms that come from mean and variance.
    const int map = work.sizes.in_h * work.sizes.in_w;
    const float* from = z + start;
    float* to = dz;
    for (int n = 0; n < count * work.sizes.channels; ++n, from += map, to += map) {
      const InputGradient gradient_of_z = work.input_gradients[n % work.sizes.channels];
      for (int i = 0; i < map; ++i) to[i] = gradient_of_z.z_slope * from[i] + gradient_of_z.shift;
    }
  }
  for_each_row(work, first, count, [&](Row row) {
    const InputGradient gradient_of_z = work.input_gradients[row.channel];
    const float* parts = split_windows(work, row, z);
    float* to = dz + (row.in - start);
    float* gradients = parts == work.parts ? work.gradients : to;
    unpool_any(work, row, parts, gather_output_gradients(work, row, dy), [&](int at, Vector number, Vector gradient) {
      store(gradients + at, gradient_of_z.slope * gradient + gradient_of_z.z_slope * number + gradient_of_z.shift);
    });
    if (gradients != to) merge_windows(work, row.maps, gradients, to);
  });
}

}  // namespace nas::training::NAS_LEVEL
