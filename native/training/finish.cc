#include "finish.h"

#include <cstring>

#include "pooling.h"

namespace nas::training::NAS_LEVEL {
namespace {

// Pooling windows that are worked on together at the least, if the maps of a tile have them.
constexpr int kWindows = 64;

// A row of windows: all of a channel's in `maps` members of the batch; `in` and `out` are where its first one lies.
struct Row {
  int channel, maps;
  std::size_t in, out;
};

template <class Each>
void for_each_row(const Finisher& m, int first, int count, Each each) {
  for (int member = first; member < first + count; member += m.maps) {
    for (int channel = 0; channel < m.f.channels; ++channel) {
      const auto map = static_cast<std::size_t>(member) * m.f.channels + channel;
      const std::size_t in = map * m.f.in_h * m.f.in_w, out = map * m.windows;
      each(Row{channel, smaller(m.maps, first + count - member), in, out});
    }
  }
}

// Copies n floats for each of a row's maps, which lie `from_step` and `to_step` apart.
void copy_maps(int maps, int n, const float* from, std::size_t from_step, float* to, std::size_t to_step) {
  for (int map = 0; map < maps; ++map, from += from_step, to += to_step) {
    copy(to, from, n);
  }
}

std::size_t in_step(const Finisher& m) { return static_cast<std::size_t>(m.f.channels) * m.f.in_h * m.f.in_w; }
std::size_t out_step(const Finisher& m) { return static_cast<std::size_t>(m.f.channels) * m.windows; }

// Whether a row of outputs fills whole vectors where it lies.
bool is_full(const Finisher& m) { return !m.whole && m.maps == 1 && m.windows == m.row; }

// Calls `each` with the numbers that belong to line h of every pooling window of a map, and where they go.
template <class Each>
void for_each_line(const Finisher& m, int h, float* flat, Each each) {
  const int used = m.windows / m.out_h * m.f.pool_w;
  for (int out = 0; out < m.out_h; ++out) each((out * m.f.pool_h + h) * m.f.in_w, flat + out * used, used);
}

// Returns the parts of a row: in memory, or the row itself if that is what they are.
const float* part(const Finisher& m, Row row, const float* z) {
  const float* from = z + row.in;
  if (m.window == 1 && m.maps == 1 && m.windows == m.row) return from;
  const bool is_one_line = m.out_h == 1 && row.maps == 1;
  for (int h = 0; h < m.f.pool_h; ++h) {
    for (int map = 0; map < row.maps && !is_one_line; ++map) {
      for_each_line(m, h, m.flat + map * m.windows * m.f.pool_w,
                    [&](int at, float* flat, int n) { copy(flat, from + map * in_step(m) + at, n); });
    }
    const float* flat = is_one_line ? from + h * m.f.in_w : m.flat;
    split_row(flat, m.f.pool_w, row.maps * m.windows, m.parts + h * m.f.pool_w * m.row, m.row);
  }
  return m.parts;
}

// Puts numbers in the form of parts back to where they belong in the maps that begin at `to`.
void join(const Finisher& m, int maps, const float* parts, float* to) {
  const bool is_one_line = m.out_h == 1 && maps == 1;
  for (int h = 0; h < m.f.pool_h; ++h) {
    float* flat = is_one_line ? to + h * m.f.in_w : m.flat;
    merge_row(parts + h * m.f.pool_w * m.row, m.row, m.f.pool_w, maps * m.windows, flat);
    for (int map = 0; map < maps && !is_one_line; ++map) {
      for_each_line(m, h, m.flat + map * m.windows * m.f.pool_w,
                    [&](int at, const float* line, int n) { copy(to + map * in_step(m) + at, line, n); });
    }
  }
}

Vector positive(Vector value) { return value > 0.0f ? value : Vector{}; }

// The pooled outputs of a row.
void pool_row(const Finisher& m, Line line, const float* parts, float* y) {
  const float share = 1.0f / static_cast<float>(m.window);
  for (int i = 0; i < m.row; i += kLanes) {
    Vector total = line.slope * load(parts + i) + line.shift;
    if (m.f.average && m.f.relu) total = positive(total);
    for (int k = 1; k < m.window; ++k) {
      const Vector value = line.slope * load(parts + k * m.row + i) + line.shift;
      if (m.f.average) {
        total += m.f.relu ? positive(value) : value;
      } else {
        total = value > total ? value : total;
      }
    }
    if (m.f.average) {
      total *= share;
    } else if (m.f.relu) {
      total = positive(total);
    }
    store(y + i, total);
  }
}

// Calls `each` with the place of every vector of numbers in `parts`, the numbers, and the gradients that they have
// before ReLU and pooling; dy are those of the outputs.
template <class Each>
void unpool_row(const Finisher& m, Line line, const float* parts, const float* dy, Each each) {
  const float share = 1.0f / static_cast<float>(m.window);
  const bool is_single = m.f.average || m.window == 1, relu = m.f.relu;
  for (int i = 0; i < m.row; i += kLanes) {
    Vector left = load(dy + i);
    if (is_single) {
      left *= share;
      for (int k = 0; k < m.window; ++k) {
        const Vector number = load(parts + k * m.row + i);
        each(k * m.row + i, number, !relu ? left : line.slope * number + line.shift > 0.0f ? left : Vector{});
      }
      continue;
    }
    Vector most = line.slope * load(parts + i) + line.shift;
    for (int k = 1; k < m.window; ++k) {
      const Vector value = line.slope * load(parts + k * m.row + i) + line.shift;
      most = value > most ? value : most;
    }
    if (relu) left = most > 0.0f ? left : Vector{};
    for (int k = 0; k < m.window; ++k) {
      // The first of equal maxima takes what is left, and leaves nothing.
      const Vector number = load(parts + k * m.row + i);
      const auto is_most = line.slope * number + line.shift == most;
      each(k * m.row + i, number, is_most ? left : Vector{});
      left = is_most ? Vector{} : left;
    }
  }
}

float total(const float* x, int n) {
  Vector sums{};
  int i = 0;
  for (; i + kLanes <= n; i += kLanes) sums += load(x + i);
  float rest = 0;
  for (; i < n; ++i) rest += x[i];
  return sum(sums) + rest;
}

// Puts a row's outputs to where they belong in y.
void put(const Finisher& m, Row row, const float* outputs, float* y) {
  if (!m.whole) {
    copy_maps(row.maps, m.windows, outputs, static_cast<std::size_t>(m.windows), y + row.out, out_step(m));
    return;
  }
  for (int map = 0; map < row.maps; ++map) {
    y[row.out / m.windows + map * m.f.channels] =
        total(outputs + map * m.windows, m.windows) / static_cast<float>(m.windows);
  }
}

// Returns the gradients of a row's outputs: in memory, with zeros where the row ends, or where they are.
const float* get(const Finisher& m, Row row, const float* dy) {
  if (is_full(m)) return dy + row.out;
  if (row.maps < m.maps) std::memset(m.outputs, 0, static_cast<std::size_t>(m.row) * sizeof(float));
  if (!m.whole) {
    copy_maps(row.maps, m.windows, dy + row.out, out_step(m), m.outputs, static_cast<std::size_t>(m.windows));
    return m.outputs;
  }
  for (int map = 0; map < row.maps; ++map) {
    const float share = dy[row.out / m.windows + map * m.f.channels] / static_cast<float>(m.windows);
    for (int i = 0; i < m.windows; ++i) m.outputs[map * m.windows + i] = share;
  }
  return m.outputs;
}

double numbers(const Finish& f) { return static_cast<double>(f.batch) * f.in_h * f.in_w; }

float inverse_deviation(const Finish& f, float variance) {
  const double n = numbers(f), biased = variance * (n - 1) / n;
  return static_cast<float>(1 / __builtin_sqrt(biased + f.epsilon));
}

Back back(const Finish& f, float slope, float mean, float variance, float doffset, float dscale) {
  if (!f.normalize) return {slope, 0.0f, 0.0f};
  const float n = static_cast<float>(numbers(f)), tilt = -slope * inverse_deviation(f, variance) * dscale / n;
  return {slope, tilt, -slope * doffset / n - tilt * mean};
}

}  // namespace

Finisher lay_out(const Finish& layer, Memory& memory) {
  Finisher m;
  m.f = layer;
  m.whole = layer.average && layer.pool_h == layer.in_h && layer.pool_w == layer.in_w;
  if (m.whole || layer.pool_h * layer.pool_w == 1) {
    m.f.in_w = layer.in_h * layer.in_w;
    m.f.in_h = m.f.pool_h = m.f.pool_w = 1;
  }
  m.out_h = m.f.in_h / m.f.pool_h;
  m.windows = m.out_h * (m.f.in_w / m.f.pool_w);
  m.window = m.f.pool_h * m.f.pool_w;
  m.maps = smaller(m.f.batch, larger(1, kWindows / m.windows));
  m.row = round_up(m.maps * m.windows, kLanes);
  const auto channels = static_cast<std::size_t>(m.f.channels), row = static_cast<std::size_t>(m.row);
  m.lines = memory.take<Line>(channels);
  m.backs = memory.take<Back>(channels);
  m.origins = memory.take(channels);
  m.sums = memory.take<Vector>(channels);
  m.products = memory.take<Vector>(channels);
  m.outputs = memory.take(row);
  m.flat = memory.take(row * static_cast<std::size_t>(m.f.pool_w));
  m.parts = memory.take(row * static_cast<std::size_t>(m.window));
  m.gradients = memory.take(row * static_cast<std::size_t>(m.window));
  return m;
}

void add_moments(const Finisher& m, const float* z, int first, int count) {
  const int map = m.f.in_h * m.f.in_w;
  // Squares of numbers far from 0 would drown the variance; any number of a channel is near its mean.
  if (first == 0) {
    for (int channel = 0; channel < m.f.channels; ++channel) m.origins[channel] = z[channel * map];
  }
  const float* from = z + static_cast<std::size_t>(first) * m.f.channels * map;
  for (int member = 0; member < count; ++member) {
    for (int channel = 0; channel < m.f.channels; ++channel, from += map) {
      const float origin = m.origins[channel];
      Vector sums = m.sums[channel], squares = m.products[channel];
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
      m.sums[channel] = sums;
      m.products[channel] = squares;
    }
  }
}

void finish_moments(const Finisher& m, float* mean, float* variance) {
  const double n = numbers(m.f);
  for (int channel = 0; channel < m.f.channels; ++channel) {
    const double moved = sum(m.sums[channel]) / n, square = sum(m.products[channel]) / n - moved * moved;
    mean[channel] = static_cast<float>(moved + m.origins[channel]);
    variance[channel] = static_cast<float>((square > 0 ? square : 0) * n / (n > 1 ? n - 1 : 1));
  }
}

void draw_lines(const Finisher& m, const float* scale, const float* offset, const float* mean, const float* variance) {
  for (int c = 0; c < m.f.channels; ++c) {
    const float slope = m.f.normalize ? scale[c] * inverse_deviation(m.f, variance[c]) : 1.0f;
    m.lines[c] = {slope, offset[c] - (m.f.normalize ? mean[c] * slope : 0.0f)};
  }
}

void pool(const Finisher& m, const float* z, int first, int count, float* y) {
  for_each_row(m, first, count, [&](Row row) {
    float* outputs = is_full(m) ? y + row.out : m.outputs;
    pool_row(m, m.lines[row.channel], part(m, row, z), outputs);
    if (!is_full(m)) put(m, row, outputs, y);
  });
}

void add_slopes(const Finisher& m, const float* z, const float* dy, int first, int count) {
  for_each_row(m, first, count, [&](Row row) {
    Vector sums = m.sums[row.channel], products = m.products[row.channel];
    unpool_row(m, m.lines[row.channel], part(m, row, z), get(m, row, dy), [&](int, Vector number, Vector gradient) {
      sums += gradient;
      products += gradient * number;
    });
    m.sums[row.channel] = sums;
    m.products[row.channel] = products;
  });
}

void finish_slopes(const Finisher& m, const float* mean, const float* variance, float* dscale, float* doffset) {
  for (int c = 0; c < m.f.channels; ++c) {
    doffset[c] = sum(m.sums[c]);
    dscale[c] = 0.0f;
    if (m.f.normalize) dscale[c] = inverse_deviation(m.f, variance[c]) * (sum(m.products[c]) - mean[c] * doffset[c]);
    m.backs[c] = back(m.f, m.lines[c].slope, mean[c], variance[c], doffset[c], dscale[c]);
  }
}

void unpool(const Finisher& m, const float* z, const float* dy, int first, int count, float* dz) {
  const std::size_t start = static_cast<std::size_t>(first) * in_step(m);
  if (m.f.in_h % m.f.pool_h != 0 || m.f.in_w % m.f.pool_w != 0) {
    // What a pooling leaves over has the part of the gradient that all numbers have.
    const int map = m.f.in_h * m.f.in_w;
    const float* from = z + start;
    float* to = dz;
    for (int n = 0; n < count * m.f.channels; ++n, from += map, to += map) {
      const Back b = m.backs[n % m.f.channels];
      for (int i = 0; i < map; ++i) to[i] = b.tilt * from[i] + b.shift;
    }
  }
  for_each_row(m, first, count, [&](Row row) {
    const Back b = m.backs[row.channel];
    const float* parts = part(m, row, z);
    float* to = dz + (row.in - start);
    float* gradients = parts == m.parts ? m.gradients : to;
    unpool_row(m, m.lines[row.channel], parts, get(m, row, dy), [&](int at, Vector number, Vector gradient) {
      store(gradients + at, b.slope * gradient + b.tilt * number + b.shift);
    });
    if (gradients != to) join(m, row.maps, gradients, to);
  });
}

}  // namespace nas::training::NAS_LEVEL
