#include "tiles.h"

#include <cstring>

namespace nas::training::NAS_LEVEL {
namespace {

// Columns of an input row that a phase holds: from, to (exclusive) of the plane's columns, and where the first is read.
struct Columns {
  int from, to, source;
};

Columns columns(const Convolution& c, const Tile& t, int phase) {
  // Column q of the plane is column q * stride + phase - pad of the input.
  const int stride = c.stride_w, shift = phase - c.pad_left;
  const int from = shift >= 0 ? 0 : (-shift + stride - 1) / stride;
  const int to = smaller(t.width, (c.in_w - shift + stride - 1) / stride);
  return {from, larger(from, to), from * stride + shift};
}

// Calls `row` for every row of the input that a tap reads: the window, channel and row of x, and where it lies in the
// planes. Rows that are not there are zeros, and stay as they are.
template <class Row>
void for_each_row(const Convolution& c, const Tile& t, int count, Row row) {
  const int rows = t.plane / t.width;
  for (int phase_h = 0; phase_h < c.stride_h; ++phase_h) {
    for (int phase_w = 0; phase_w < c.stride_w; ++phase_w) {
      const Columns part = columns(c, t, phase_w);
      const int phase = phase_h * c.stride_w + phase_w;
      for (int channel = 0; channel < c.in_channels; ++channel) {
        for (int window = 0; window < count; ++window) {
          for (int r = 0; r < rows; ++r) {
            const int from = r * c.stride_h + phase_h - c.pad_top;
            if (from < 0 || from >= c.in_h) continue;
            const int plane = (phase * c.in_channels + channel) * t.length + window * t.plane + r * t.width;
            row(window, channel, from, plane, part);
          }
        }
      }
    }
  }
}

}  // namespace

void gather_input(const Convolution& c, const Tile& t, const float* x, int first, int count, float* planes) {
  const int map = c.in_h * c.in_w;
  const float* start = x + static_cast<std::size_t>(first) * c.in_channels * map;
  const int step = c.channels_last ? c.stride_w * c.in_channels : c.stride_w;
  for_each_row(c, t, count, [&](int window, int channel, int row, int plane, Columns part) {
    const float* from = start + static_cast<std::size_t>(window) * c.in_channels * map;
    if (c.channels_last) {
      from += (row * c.in_w + part.source) * c.in_channels + channel;
    } else {
      from += channel * map + row * c.in_w + part.source;
    }
    float* to = planes + plane + part.from;
    const int n = part.to - part.from;
    if (step == 1) {
      copy(to, from, n);
    } else {
      for (int i = 0; i < n; ++i) to[i] = from[i * step];
    }
  });
}

void scatter_input(const Convolution& c, const Tile& t, const float* planes, int first, int count, float* x) {
  const int map = c.in_h * c.in_w;
  float* start = x + static_cast<std::size_t>(first) * c.in_channels * map;
  // What no tap reads has no gradient.
  std::memset(start, 0, static_cast<std::size_t>(count) * c.in_channels * map * sizeof(float));
  for_each_row(c, t, count, [&](int window, int channel, int row, int plane, Columns part) {
    float* to = start + (static_cast<std::size_t>(window) * c.in_channels + channel) * map + row * c.in_w + part.source;
    const float* from = planes + plane + part.from;
    for (int i = 0; i < part.to - part.from; ++i) to[i * c.stride_w] = from[i];
  });
}

void gather_output(const Convolution& c, const Tile& t, const float* y, int first, int count, float* rows, int stride) {
  for (int window = 0; window < count; ++window) {
    const float* from = y + static_cast<std::size_t>(first + window) * c.out_channels * c.out_h * c.out_w;
    for (int channel = 0; channel < c.out_channels; ++channel) {
      for (int row = 0; row < c.out_h; ++row, from += c.out_w) {
        copy(rows + channel * stride + window * t.plane + row * t.width, from, c.out_w);
      }
    }
  }
}

void scatter_output(const Convolution& c, const Tile& t, const float* rows, int stride, int first, int count,
                    float* y) {
  for (int window = 0; window < count; ++window) {
    float* to = y + static_cast<std::size_t>(first + window) * c.out_channels * c.out_h * c.out_w;
    for (int channel = 0; channel < c.out_channels; ++channel) {
      for (int row = 0; row < c.out_h; ++row, to += c.out_w) {
        copy(to, rows + channel * stride + window * t.plane + row * t.width, c.out_w);
      }
    }
  }
}

}  // namespace nas::training::NAS_LEVEL
