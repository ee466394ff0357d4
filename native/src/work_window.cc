#include "work_window.h"

#include <algorithm>

#include "arithmetic.h"

namespace nas {
namespace {

// One axis of a window that slides over an input.
struct Axis {
  int64_t in, out, kernel, stride, dilation, padding;
};

Axis axis_of(const Node& node, size_t axis, int64_t kernel, int64_t stride, int64_t dilation) {
  const int64_t in = dim(*node.input(0), axis), out = dim(*node.output(), axis);
  const int64_t reach = (kernel - 1) * dilation + 1;
  const bool same = node.op->options.same_padding;
  return {in, out, kernel, stride, dilation, same ? std::max<int64_t>(0, (out - 1) * stride + reach - in) / 2 : 0};
}

// Taps of all windows that lie inside the input along one axis.
int64_t inside_taps(const Axis& a) {
  const int64_t reach = (a.kernel - 1) * a.dilation + 1;
  if (kHuge / std::max<int64_t>(1, a.out) < a.kernel) return 0;
  if (a.padding == 0 && (a.out - 1) * a.stride + reach <= a.in) return a.out * a.kernel;
  int64_t taps = 0;
  for (int64_t tap = 0; tap < std::min<int64_t>(a.kernel, 4096); ++tap) {
    const int64_t shift = tap * a.dilation - a.padding;  // of the first window; the others follow by `stride`
    const int64_t first = shift >= 0 ? 0 : ceil_div(-shift, a.stride);
    const int64_t last = a.in - 1 - shift < 0 ? -1 : std::min(a.out - 1, (a.in - 1 - shift) / a.stride);
    taps += std::max<int64_t>(0, last - first + 1);
  }
  return taps;
}

}  // namespace

Window window_of(const Node& node, int64_t kernel_h, int64_t kernel_w) {
  const Tensor &in = *node.input(0), &out = *node.output();
  const Options& o = node.op->options;
  const Axis high = axis_of(node, 1, kernel_h, o.stride_h, o.dilation_h);
  const Axis wide = axis_of(node, 2, kernel_w, o.stride_w, o.dilation_w);
  const double batches = real(dim(out, 0)), rows = real(inside_taps(high)), columns = real(inside_taps(wide));
  Window w{};
  w.height = batches * real(high.out);
  w.width = real(wide.out);
  w.pixels = real(product({dim(out, 0), high.out, wide.out}));
  w.taps = real(product({kernel_h, kernel_w}));
  w.taps_high = real(kernel_h);
  w.inside = batches * rows * columns;
  w.inside_rows = batches * rows * real(wide.out);
  w.channels_in = real(dim(in, 3));
  w.channels = real(dim(out, 3));
  w.outputs = real(out.elements);
  w.padding_w = wide.padding;
  w.padded = high.padding > 0 || wide.padding > 0;
  w.dilated_h = o.dilation_h > 1;
  w.dilated_w = o.dilation_w > 1;
  return w;
}

}  // namespace nas
