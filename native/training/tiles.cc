#include "tiles.h"

#include <cstring>

namespace nas::training::NAS_LEVEL {
namespace {

// Columns of an input row that a phase holds: from, to (exclusive) of the plane's columns, and where the first is read.
struct Columns {
  int from, to, source;
};

Columns columns_of(const Convolution& conv, const Tile& tile, int phase) {
  // Column q of the plane is column q * stride + phase - pad of the input.
  const int stride = conv.stride_w, shift = phase - conv.pad_left;
  const int from = shift >= 0 ? 0 : (-shift + stride - 1) / stride;
  const int to = smaller(tile.width, (conv.in_w - shift + stride - 1) / stride);
  return {from, larger(from, to), from * stride + shift};
}

// Calls `row` for every row of the input that a tap reads: the window, channel and row of x, and where it lies in the
// planes. Rows that are not there are zeros, and stay as they are.
template <class Row>
void for_each_row(const Convolution& conv, const Tile& tile, int count, Row row) {
  const int rows = tile.plane / tile.width;
  for (int phase_h = 0; phase_h < conv.stride_h; ++phase_h) {
    for (int phase_w = 0; phase_w < conv.stride_w; ++phase_w) {
      const Columns part = columns_of(conv, tile, phase_w);
      const int phase = phase_h * conv.stride_w + phase_w;
      for (int channel = 0; channel < conv.in_channels; ++channel) {
        for (int window = 0; window < count; ++window) {
          for (int r = 0; r < rows; ++r) {
            const int from = r * conv.stride_h + phase_h - conv.pad_top;
            if (from < 0 || from >= conv.in_h) continue;
            const int plane = (phase * conv.in_channels + channel) * tile.length + window * tile.plane + r * tile.width;
            row(window, channel, from, plane, part);
          }
        }
      }
    }
  }
}

}  // namespace

void gather_input(const Convolution& conv, const Tile& tile, const float* x, int first, int count, float* planes) {
  const int map = conv.in_h * conv.in_w;
  const float* start = x + static_cast<std::size_t>(first) * conv.in_channels * map;
  const int step = conv.channels_last ? conv.stride_w * conv.in_channels : conv.stride_w;
  for_each_row(conv, tile, count, [&](int window, int channel, int row, int plane, Columns part) {
    const float* from = start + static_cast<std::size_t>(window) * conv.in_channels * map;
    if (conv.channels_last) {
      from += (row * conv.in_w + part.source) * conv.in_channels + channel;
    } else {
      from += channel * map + row * conv.in_w + part.source;
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

void scatter_input(const Convolution& conv, const Tile& tile, const float* planes, int first, int count, float* x) {
  const int map = conv.in_h * conv.in_w;
  float* start = x + static_cast<std::size_t>(first) * conv.in_channels * map;
  // Numbers that no tap reads have no gradient.
  std::memset(start, 0, static_cast<std::size_t>(count) * conv.in_channels * map * sizeof(float));
  for_each_row(conv, tile, count, [&](int window, int channel, int row, int plane, Columns part) {
    float* to =
        start + (static_cast<std::size_t>(window) * conv.in_channels + channel) * map + row * conv.in_w + part.source;
    const float* from = planes + plane + part.from;
    for (int i = 0; i < part.to - part.from; ++i) to[i * conv.stride_w] = from[i];
  });
}

void gather_output(const Convolution& conv, const Tile& tile, const float* y, int first, int count, float* rows,
                   int stride) {
  for (int window = 0; window < count; ++window) {
    const float* from = y + static_cast<std::size_t>(first + window) * conv.out_channels * conv.out_h * conv.out_w;
    for (int channel = 0; channel < conv.out_channels; ++channel) {
      for (int row = 0; row < conv.out_h; ++row, from += conv.out_w) {
        copy(rows + channel * stride + window * tile.plane + row * tile.width, from, conv.out_w);
      }
    }
  }
}

void scatter_output(const Convolution& conv, const Tile& tile, const float* rows, int stride, int first, int count,
                    float* y) {
  for (int window = 0; window < count; ++window) {
    float* to = y + static_cast<std::size_t>(first + window) * conv.out_channels * conv.out_h * conv.out_w;
    for (int channel = 0; channel < conv.out_channels; ++channel) {
      for (int row = 0; row < conv.out_h; ++row, to += conv.out_w) {
        copy(to, rows + channel * stride + window * tile.plane + row * tile.width, conv.out_w);
      }
    }
  }
}

}  // namespace nas::training::NAS_LEVEL
