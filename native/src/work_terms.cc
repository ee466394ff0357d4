#include "work_terms.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>

#include "arithmetic.h"

namespace nas {
namespace {

double real(int64_t value) { return static_cast<double>(value); }
double blocks(double a, double b) { return std::floor(a / b); }
double rest(double a, double b) { return std::fmod(a, b); }
double started(double a, double b) { return std::ceil(a / b); }

Terms of(Path path, std::initializer_list<double> values) {
  Terms terms;
  terms.path = path;
  for (double value : values) terms.add(value);
  return terms;
}

// Taps of all windows that lie inside the input along one axis: kernels skip those in the padding.
int64_t inside_taps(int64_t in, int64_t out, int64_t kernel, int64_t stride, int64_t dilation, bool same) {
  const int64_t reach = (kernel - 1) * dilation + 1;
  const int64_t padding = same ? std::max<int64_t>(0, (out - 1) * stride + reach - in) / 2 : 0;
  if (kHuge / std::max<int64_t>(1, out) < kernel) return 0;
  if (padding == 0 && (out - 1) * stride + reach <= in) return out * kernel;
  int64_t taps = 0;
  for (int64_t tap = 0; tap < std::min<int64_t>(kernel, 4096); ++tap) {
    const int64_t shift = tap * dilation - padding;  // of the first window; the others follow by `stride`
    const int64_t first = shift >= 0 ? 0 : ceil_div(-shift, stride);
    const int64_t last = in - 1 - shift < 0 ? -1 : std::min(out - 1, (in - 1 - shift) / stride);
    taps += std::max<int64_t>(0, last - first + 1);
  }
  return taps;
}

// A sliding window: pixels of the output, taps of the window, and the pairs of pixels and taps, or rows of taps, that
// meet the input.
struct Window {
  double pixels, taps, inside, inside_rows, channels_in, channels, outputs;
};

Window window_of(const Node& node, int64_t kernel_h, int64_t kernel_w) {
  const Tensor &in = *node.input(0), &out = *node.output();
  const Options& o = node.op->options;
  Window w{};
  w.pixels = real(product({dim(out, 0), dim(out, 1), dim(out, 2)}));
  w.taps = real(product({kernel_h, kernel_w}));
  const auto rows = inside_taps(dim(in, 1), dim(out, 1), kernel_h, o.stride_h, o.dilation_h, o.same_padding);
  const auto columns = inside_taps(dim(in, 2), dim(out, 2), kernel_w, o.stride_w, o.dilation_w, o.same_padding);
  w.inside = real(dim(out, 0)) * real(rows) * real(columns);
  w.inside_rows = real(dim(out, 0)) * real(rows) * real(dim(out, 2));
  w.channels_in = real(dim(in, 3));
  w.channels = real(dim(out, 3));
  w.outputs = real(out.elements);
  return w;
}

bool optimized(const Node& node, const Machine& machine) {
  return machine.kernels == KernelSet::kCmsisNn && node.input(0)->type == Type::kInt8;
}

// The matrix products by which CMSIS-NN computes a convolution: `px` patches of `k` values, `c` filters.
Terms products(Path path, double px, double c, double k, double taps, const Machine& machine) {
  Terms terms =
      machine.vectors == Vectors::kMve
          ? of(path, {px * c * started(k, 16), px * c, px * k, px * taps, px, c, rest(px, 4) * c * started(k, 16), 1})
          : of(path, {px * c * blocks(k, 4) * 4, px * c * rest(k, 4), px * c, px * k, px * taps, px,
                      rest(px, 2) * c * k, rest(c, 2) * px * k, 1});
  terms.kind = Builtin::kConv2d;
  return terms;
}

Terms conv(const Node& node, const Machine& machine) {
  const Tensor &in = *node.input(0), &weights = *node.input(1);
  const Window w = window_of(node, dim(weights, 1), dim(weights, 2));
  const double px = w.pixels, c = w.channels, k = w.taps * w.channels_in;
  if (optimized(node, machine)) {
    const bool row = machine.vectors == Vectors::kMve && dim(in, 1) == 1 && dim(weights, 1) == 1 &&
                     node.op->options.dilation_w == 1 && node.op->options.stride_w * dim(in, 3) % 4 == 0;
    const Path path = w.taps == 1 ? Path::kPointwise : row ? Path::kRow : Path::kOnly;
    return products(path, px, c, k, w.taps, machine);
  }
  if (machine.kernels == KernelSet::kCmsisNn && in.type == Type::kInt16) {
    return of(Path::kOnly, {px * c * k, px * c, px * k, px, 1});
  }
  return of(Path::kOnly,
            {w.inside * w.channels_in * c, w.inside * c, w.inside_rows * c, px * w.taps * c, w.outputs, 1});
}

Terms depthwise(const Node& node, const Machine& machine) {
  const Tensor& weights = *node.input(1);
  const Window w = window_of(node, dim(weights, 1), dim(weights, 2));
  const double px = w.pixels, c = w.channels;
  if (!optimized(node, machine)) {
    return of(Path::kOnly, {w.inside * c, w.inside_rows * c, px * w.taps * c, w.outputs, px * w.channels_in, 1});
  }
  if (w.channels_in != c) {
    const bool as_conv = machine.vectors == Vectors::kMve && w.channels_in == 1;
    if (as_conv) return products(Path::kOnly, px, c, w.taps, w.taps, machine);
    return of(Path::kMultiplied, {w.inside * c, w.inside_rows * c, w.outputs});
  }
  if (machine.vectors == Vectors::kMve) {
    const double four = started(c, 4);
    return of(Path::kOnly, {px * four * w.taps, px * four, px * w.taps, px, px * w.taps * c, 1});
  }
  const bool three = dim(weights, 1) == 3 && dim(weights, 2) == 3;
  return of(three ? Path::kThreeByThree : Path::kOnly,
            {px * blocks(c, 4) * w.taps, px * rest(c, 4) * w.taps, w.outputs, px * w.taps, px, w.inside * c, 1});
}

Terms fully_connected(const Node& node, const Machine& machine) {
  const Tensor &weights = *node.input(1), &out = *node.output();
  const double outputs = real(out.elements), k = real(dim(weights, 1)), c = real(dim(weights, 0));
  const double rows = outputs / std::max(1.0, c);
  if (!optimized(node, machine)) {
    const bool one_scale = machine.kernels == KernelSet::kReference && weights.scales == 1;
    return of(one_scale ? Path::kOneScale : Path::kOnly, {outputs * k, outputs, 1});
  }
  // CMSIS-NN computes a dense layer with three or more axes as a 1x1 convolution.
  if (out.shape.size() > 2 && rest(k, 4) == 0) return products(Path::kPointwise, rows, c, k, 1, machine);
  if (machine.vectors != Vectors::kMve) {
    return of(Path::kOnly, {outputs * blocks(k, 4) * 4, outputs * rest(k, 4), outputs, rows, 1});
  }
  return of(Path::kOnly, {rows * blocks(c, 4) * started(k, 16), rows * rest(c, 4) * started(k, 16), rows * blocks(c, 4),
                          rows * rest(c, 4), rows, 1});
}

Terms pool(const Node& node, const Machine& machine) {
  const Window w = window_of(node, node.op->options.filter_h, node.op->options.filter_w);
  if (!optimized(node, machine)) {
    return of(Path::kOnly, {w.inside * w.channels, w.inside_rows * w.channels, w.outputs, w.pixels, 1});
  }
  const double width = machine.vectors == Vectors::kMve ? 16 : 4;
  return of(Path::kOnly, {w.inside * blocks(w.channels, width), w.inside * rest(w.channels, width), w.outputs, w.inside,
                          w.pixels, 1});
}

Terms reduce(const Node& node) {
  const Tensor &in = *node.input(0), &out = *node.output();
  const double n = real(in.elements);
  return of(Path::kOnly, {n * real(static_cast<int64_t>(in.shape.size())), n, real(out.elements), 1});
}

// The sizes before the axis in which inputs and output differ: each is one run of copied bytes for each input.
Terms concatenation(const Node& node) {
  const Tensor &in = *node.input(0), &out = *node.output();
  int64_t outer = 1;
  for (size_t i = 0; i < out.shape.size() && dim(in, i) == dim(out, i); ++i) outer = product({outer, dim(out, i)});
  const auto inputs = static_cast<int64_t>(node.op->inputs.size());
  return of(Path::kOnly, {real(product({outer, inputs})), real(out.bytes), 1});
}

Terms transpose_conv(const Node& node) {
  const Tensor &weights = *node.input(1), &in = *node.input(2), &out = *node.output();
  return of(Path::kOnly,
            {real(product({in.elements, dim(weights, 0), dim(weights, 1), dim(weights, 2)})), real(out.elements)});
}

Terms binary(const Node& node) {
  const Tensor *left = node.input(0), *right = node.input(1);
  const bool same = right != nullptr && left->shape == right->shape;
  return of(same ? Path::kOnly : Path::kBroadcast, {real(node.output()->elements), 1});
}

// A copy of the bytes, whatever their type.
Terms copy(const Node& node) {
  Terms terms = of(Path::kOnly, {real(node.output()->bytes), 1});
  terms.type = Type::kInt8;
  return terms;
}

Terms pad(const Node& node) {
  return of(Path::kOnly, {real(node.output()->elements), real(node.input(0)->elements), 1});
}

Terms softmax(const Node& node) {
  const Tensor& out = *node.output();
  const int64_t last = out.shape.empty() ? 1 : std::max(1, out.shape.back());
  return of(Path::kOnly, {real(out.elements), real(out.elements / last)});
}

Type worked_type(const Node& node) {
  const Tensor* tensor = node.input(node.op->kind == Builtin::kTransposeConv ? 2 : 0);
  return tensor == nullptr ? Type::kInt8 : tensor->type;
}

Terms loops(const Node& node, const Machine& machine) {
  const Builtin kind = node.op->kind;
  const bool weighted = kind == Builtin::kConv2d || kind == Builtin::kDepthwiseConv2d ||
                        kind == Builtin::kFullyConnected || kind == Builtin::kTransposeConv;
  if (weighted && (node.input(1) == nullptr || node.input(1)->shape.empty())) return {};
  switch (kind) {
    case Builtin::kConv2d:
      return conv(node, machine);
    case Builtin::kDepthwiseConv2d:
      return depthwise(node, machine);
    case Builtin::kFullyConnected:
      return fully_connected(node, machine);
    case Builtin::kTransposeConv:
      return node.input(2) == nullptr ? Terms{} : transpose_conv(node);
    case Builtin::kMaxPool2d:
    case Builtin::kAveragePool2d:
      return pool(node, machine);
    case Builtin::kMean:
    case Builtin::kSum:
    case Builtin::kReduceMax:
    case Builtin::kReduceMin:
      return reduce(node);
    case Builtin::kConcatenation:
      return concatenation(node);
    case Builtin::kAdd:
    case Builtin::kMul:
      return binary(node);
    case Builtin::kPad:
      return pad(node);
    case Builtin::kSoftmax:
      return softmax(node);
    default:
      return of(Path::kOnly, {real(node.output()->elements), 1});
  }
}

bool copies(Builtin kind) { return kind == Builtin::kReshape || kind == Builtin::kSqueeze; }

}  // namespace

Terms work_terms(const Node& node, const Machine& machine) {
  if (node.input(0) == nullptr || node.output() == nullptr) return {};
  Terms terms = copies(node.op->kind) ? copy(node) : loops(node, machine);
  if (!copies(node.op->kind)) terms.type = worked_type(node);
  if (terms.kind == Builtin::kCustom) terms.kind = node.op->kind;
  return terms;
}

}  // namespace nas
